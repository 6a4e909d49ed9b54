"""Addresses of visits: writing them up, and what came of them."""

from django.urls import URLPattern, path

from frontend.provider import visits

urlpatterns: list[URLPattern] = [
    path("visits", visits.visits, name="visits"),
    path("visits/<slug:number>/<int:ordinal>", visits.visit, name="visit"),
]
