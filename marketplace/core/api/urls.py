"""The description of the API and its page, both served from here: nothing is fetched from elsewhere."""

from django.urls import path
from drf_spectacular.views import SpectacularJSONAPIView, SpectacularSwaggerSplitView
from rest_framework.renderers import TemplateHTMLRenderer

from marketplace.core.api.views import nothing_here


class DocsView(SpectacularSwaggerSplitView):
    """The API to read and to try out, in a browser."""

    renderer_classes = [TemplateHTMLRenderer]


urlpatterns = [
    path("schema", SpectacularJSONAPIView.as_view(), name="api-schema"),
    path("docs", DocsView.as_view(url_name="api-schema"), name="api-docs"),
]
# Asked last of all: an address that leads nowhere is refused in the API's own form.
LAST = [path("<path:rest>", nothing_here)]
