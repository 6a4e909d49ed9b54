"""Addresses of the price lists, the calculator and the catalogue's spreadsheet."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
