"""Addresses of visits: writing them up, and what came of them."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
