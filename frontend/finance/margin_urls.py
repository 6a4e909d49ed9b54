"""Addresses of what is kept of consultant bookings."""

from django.urls import URLPattern, path

from frontend.finance import margins

urlpatterns: list[URLPattern] = [
    path("margins", margins.margins, name="finance-margins"),
    path("margins/<slug:number>", margins.margin, name="finance-margin"),
]
