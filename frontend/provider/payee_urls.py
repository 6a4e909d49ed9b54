"""Addresses of the bank account into which a provider is paid."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
