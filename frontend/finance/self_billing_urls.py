"""Addresses of self-billing agreements and providers' invoices."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
