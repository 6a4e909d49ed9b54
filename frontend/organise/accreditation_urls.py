"""Addresses where the partnership accredits providers and consultants."""

from django.urls import URLPattern, path

from frontend.organise import accreditation, consultants, providers

urlpatterns: list[URLPattern] = [
    path("accreditation", accreditation.applications, name="organise-accreditation"),
    path("documents", accreditation.documents, name="organise-documents"),
    path("documents/<int:pk>", accreditation.document, name="organise-document"),
    path("accreditation/consultants/<slug:code>", consultants.consultant, name="organise-consultant"),
    path("accreditation/providers/<slug:code>", providers.provider, name="organise-provider"),
    path("accreditation/<slug:number>", accreditation.application, name="organise-application"),
]
