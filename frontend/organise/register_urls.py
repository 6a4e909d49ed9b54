"""Addresses of registers, evaluations and certificates."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
