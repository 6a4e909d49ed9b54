"""Addresses of the waiting lists."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
