"""Addresses where the partnership watches over visits, reviews and secondments."""

from django.urls import URLPattern, path

from frontend.organise import visits

urlpatterns: list[URLPattern] = [
    path("visits", visits.visits, name="organise-visits"),
    path("visits/<slug:number>/<int:ordinal>", visits.visit, name="organise-visit"),
]
