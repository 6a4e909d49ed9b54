"""Addresses of cancellation policies and waivers."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
