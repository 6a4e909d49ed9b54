"""The addresses of the administrator's pages."""

from django.urls import path

from frontend.office import organisations

urlpatterns = [
    path("organisations", organisations.organisations, name="organisations"),
    path("organisations/<slug:urn>/billing-class", organisations.decide, name="organisation-decide"),
]
