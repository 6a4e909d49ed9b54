"""The addresses of trading in the API."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
