"""Where every address leads, and which pages stand for what cannot be shown."""

from django.urls import URLPattern, URLResolver, include, path

from marketplace.core.api.urls import LAST

# Each package describes its own operations; they share one address and one description.
API: list[URLPattern | URLResolver] = [
    path("", include("marketplace.core.api.urls")),
    path("", include("marketplace.organisations.api.urls")),
    path("", include("marketplace.messaging.api.urls")),
    path("", include("invoicing.api.urls")),
    path("", include("providers.api.urls")),
    path("", include("catalogue.api.urls")),
    path("", include("subscriptions.api.urls")),
    path("", include("marketplace.trading.api.urls")),
    *LAST,
]

urlpatterns: list[URLPattern | URLResolver] = [
    path("api/v1/", include(API)),
    path("account/", include("allauth.urls")),
    path("", include("frontend.urls")),
]

handler400 = "frontend.failures.bad_request"
handler403 = "frontend.failures.permission_denied"
handler404 = "frontend.failures.page_not_found"
handler500 = "frontend.failures.server_error"
