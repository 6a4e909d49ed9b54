"""Addresses of finance about terms of service."""

from django.urls import URLPattern, path

from frontend import agreement_terms

urlpatterns: list[URLPattern] = [
    path("agreements/<slug:number>/terms", agreement_terms.paper_terms, name="finance-agreement-terms"),
]
