"""Addresses of payment batches, payee accounts and held payments."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
