"""Addresses of clusters' purses."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
