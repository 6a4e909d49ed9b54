"""Addresses of the organisers' pages about offers."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
