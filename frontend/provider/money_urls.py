"""Addresses of what a provider is owed, was paid, and invoices."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
