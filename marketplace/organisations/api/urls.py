"""The addresses of organisations in the API."""

from django.urls import URLPattern, path

from marketplace.organisations.api.me import MeView
from marketplace.organisations.api.organisations import OrganisationsView, OrganisationView

urlpatterns: list[URLPattern] = [
    path("me", MeView.as_view(), name="api-me"),
    path("organisations", OrganisationsView.as_view(), name="api-organisations"),
    path("organisations/<slug:number>", OrganisationView.as_view(), name="api-organisation"),
]
