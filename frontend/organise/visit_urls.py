"""Addresses where the partnership watches over visits, reviews and secondments."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
