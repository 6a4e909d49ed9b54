"""Addresses of a school's places: waiting, moving, names."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
