"""Addresses of the organisers' desk: course dates."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
