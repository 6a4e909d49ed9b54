"""Addresses where the partnership accredits providers and consultants."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
