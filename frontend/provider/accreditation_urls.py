"""Addresses of a provider's accreditation, documents and consultants."""

from django.urls import URLPattern, path

from frontend.provider import accreditation, applications, consultants

_ONE = "<slug:provider>/accreditation"

urlpatterns: list[URLPattern] = [
    path("<slug:provider>/consultants/add", consultants.add, name="provider-consultant-add"),
    path("<slug:provider>/consultants/<slug:code>", consultants.consultant, name="provider-consultant"),
    path("<slug:provider>/consultants/<slug:code>/end", consultants.end, name="provider-consultant-end"),
    path(_ONE, accreditation.accreditation, name="provider-accreditation"),
    path(f"{_ONE}/send", accreditation.send, name="provider-evidence-new"),
    path(f"{_ONE}/apply", applications.apply, name="provider-apply"),
    path(f"{_ONE}/<slug:number>", applications.application, name="provider-application"),
    path(f"{_ONE}/<slug:number>/referee/<int:position>", applications.referee, name="provider-referee"),
]
