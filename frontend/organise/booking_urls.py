"""Addresses where the partnership watches over consultant bookings."""

from django.urls import URLPattern, path

from frontend.organise import consultant_bookings

urlpatterns: list[URLPattern] = [
    path("consultant-bookings", consultant_bookings.bookings, name="organise-consultant-bookings"),
]
