"""Addresses of visits as a school sees them."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
