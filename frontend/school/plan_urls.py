"""Addresses of a buyer's subscription level."""

from django.urls import URLPattern, path

from frontend.school import plans

BUYER = "<buyer:kind>/<slug:code>"

urlpatterns: list[URLPattern] = [
    path(f"{BUYER}/subscription", plans.subscription, name="school-subscription"),
    path(f"{BUYER}/subscription/<slug:level>", plans.level, name="school-subscription-level"),
]
