"""The description of the API, and the operations that belong to no floor. Its page stands with the others, in frontend."""

from django.urls import path, re_path
from drf_spectacular.views import SpectacularJSONAPIView

from marketplace.core.api.events import EventsView
from marketplace.core.api.files import PrivateFileView
from marketplace.core.api.jobs import JobCancelView, JobFileView, JobsView, JobView
from marketplace.core.api.views import nothing_here

urlpatterns = [
    path("schema", SpectacularJSONAPIView.as_view(), name="api-schema"),
    path("events", EventsView.as_view(), name="api-events"),
    path("files/<int:pk>", PrivateFileView.as_view(), name="api-file"),
    path("jobs", JobsView.as_view(), name="api-jobs"),
    path("jobs/<uuid:number>", JobView.as_view(), name="api-job"),
    path("jobs/<uuid:number>/file", JobFileView.as_view(), name="api-job-file"),
    path("jobs/<uuid:number>/cancel", JobCancelView.as_view(), name="api-job-cancel"),
]
# Asked last of all: an address that leads nowhere is refused in the API's own form.
LAST = [re_path(r"^(?P<rest>(?s:.*))\Z", nothing_here)]  # a line end in it, too
