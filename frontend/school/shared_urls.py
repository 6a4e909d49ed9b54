"""Addresses of what a buyer contributes and shares."""

from django.urls import URLPattern, path

from frontend.school import sharing

BUYER = "<buyer:kind>/<slug:code>"

urlpatterns: list[URLPattern] = [
    path(f"{BUYER}/sharing", sharing.sharing, name="school-sharing"),
    path(f"{BUYER}/sharing/<slug:cost>", sharing.shared_cost, name="school-shared-cost"),
]
