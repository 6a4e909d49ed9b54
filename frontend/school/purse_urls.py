"""Addresses of a cluster's purse, and what a subscription's included things are used for."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
