"""The addresses of organisations in the API."""

from django.urls import URLPattern, path

from marketplace.organisations.api.by_hand import IdentityView, StepsEndView, StepsView
from marketplace.organisations.api.me import MeView
from marketplace.organisations.api.organisations import OrganisationsView, OrganisationView
from marketplace.organisations.api.people import PersonView, RoleEndView, RolesView, RoleView

urlpatterns: list[URLPattern] = [
    path("me", MeView.as_view(), name="api-me"),
    path("organisations", OrganisationsView.as_view(), name="api-organisations"),
    path("organisations/<slug:number>", OrganisationView.as_view(), name="api-organisation"),
    path("organisations/<slug:number>/identity", IdentityView.as_view(), name="api-organisation-identity"),
    path("organisations/<slug:number>/approval-steps", StepsView.as_view(), name="api-approval-steps"),
    path("organisations/<slug:number>/approval-steps/end", StepsEndView.as_view(), name="api-approval-steps-end"),
    path("roles", RolesView.as_view(), name="api-roles"),
    path("roles/<int:pk>", RoleView.as_view(), name="api-role"),
    path("roles/<int:pk>/end", RoleEndView.as_view(), name="api-role-end"),
    path("people/<int:pk>", PersonView.as_view(), name="api-person"),
]
