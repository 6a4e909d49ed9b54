"""Addresses of a provider's rates, calendar and public profile."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
