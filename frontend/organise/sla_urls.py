"""Addresses of the organisers' pages about how services are agreed."""

from django.urls import URLPattern, path

from frontend.organise import service_terms, terms_documents

urlpatterns: list[URLPattern] = [
    path("offers/<slug:code>/terms", service_terms.service_terms, name="organise-service-terms"),
    path("terms-of-service", terms_documents.documents, name="organise-terms-of-service"),
    path("terms-of-service/<slug:code>", terms_documents.document, name="organise-terms-document"),
]
