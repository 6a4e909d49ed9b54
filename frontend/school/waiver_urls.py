"""Addresses of asking for a waiver."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
