"""Addresses of a member's networks."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
