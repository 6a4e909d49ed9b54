"""Addresses of visits as a school sees them."""

from django.urls import URLPattern, path

from frontend.school import visits

BUYER = "<buyer:kind>/<slug:code>"

urlpatterns: list[URLPattern] = [
    path(f"{BUYER}/visits", visits.visits, name="school-visits"),
    path(f"{BUYER}/visits/<slug:number>/<int:ordinal>", visits.visit, name="school-visit"),
]
