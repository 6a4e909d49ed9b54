"""Where every address leads, and which pages stand for what cannot be shown."""

from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [
    path("account/", include("allauth.urls")),
    path("", include("frontend.urls")),
]

handler400 = "frontend.failures.bad_request"
handler403 = "frontend.failures.permission_denied"
handler404 = "frontend.failures.page_not_found"
handler500 = "frontend.failures.server_error"
