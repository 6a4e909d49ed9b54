"""Addresses of comparing, the calendar and what a person keeps."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
