"""Addresses of the organisers' pages about networks."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
