"""Addresses of a school's resources and licences."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
