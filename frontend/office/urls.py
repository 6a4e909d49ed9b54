"""The addresses of the administrator's pages."""

from django.urls import path

from frontend.office import adding, organisation, organisations

_ONE = "organisations/<slug:number>"

urlpatterns = [
    path("organisations", organisations.organisations, name="organisations"),
    path("organisations/add", adding.add, name="office-organisation-add"),
    path(_ONE, organisation.organisation, name="office-organisation"),
    path(f"{_ONE}/identity", adding.change, name="office-organisation-change"),
    path(f"{_ONE}/scheme", organisation.add_step, name="office-scheme"),
    path(f"{_ONE}/scheme/end", organisation.end_step, name="office-scheme-end"),
    path(f"{_ONE}/provider", organisation.make_provider, name="office-make-provider"),
    path("organisations/<slug:urn>/billing-class", organisations.decide, name="organisation-decide"),
]
