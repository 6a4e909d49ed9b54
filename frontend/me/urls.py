"""Addresses of a person's own pages: courses, record, searches."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
