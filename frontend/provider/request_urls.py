"""Addresses of the requests that schools made of a provider, and its bookings."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
