"""Addresses of a provider's accreditation, documents and consultants."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
