"""Addresses of the organisers' pages about resources."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
