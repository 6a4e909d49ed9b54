"""Addresses of a school's requests to consultants and its bookings of them."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
