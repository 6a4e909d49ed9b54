"""Addresses of the organisers' pages about resources."""

from django.urls import URLPattern, path

from frontend.organise import resources

urlpatterns: list[URLPattern] = [
    path("resources", resources.resources, name="organise-resources"),
    path("resources/<slug:code>", resources.resource, name="organise-resource"),
]
