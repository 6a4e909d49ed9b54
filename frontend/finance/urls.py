"""The addresses of finance's pages."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
