"""Addresses of a buyer, see the pages beside."""

from django.urls import URLPattern, path

from frontend.school import which_level

BUYER = "<buyer:kind>/<slug:code>"
urlpatterns: list[URLPattern] = [
    path(f"{BUYER}/which-level", which_level.which_level, name="school-which-level"),
]
