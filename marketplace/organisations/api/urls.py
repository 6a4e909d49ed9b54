"""The addresses of organisations in the API."""

from django.urls import URLPattern, path

from marketplace.organisations.api.me import MeView

urlpatterns: list[URLPattern] = [
    path("me", MeView.as_view(), name="api-me"),
]
