"""Addresses of asking for a waiver."""

from django.urls import URLPattern, path

from frontend.school import waiver

urlpatterns: list[URLPattern] = [
    path("<buyer:kind>/<slug:code>/bookings/<int:pk>/waiver", waiver.waiver, name="school-waiver"),
]
