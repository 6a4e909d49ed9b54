"""Addresses where the partnership watches over consultant bookings."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
