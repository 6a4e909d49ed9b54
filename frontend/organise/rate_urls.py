"""Addresses where the partnership agrees rates and tests expertise."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
