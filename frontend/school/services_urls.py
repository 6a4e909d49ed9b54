"""Addresses of what a school has agreed for a term."""

from django.urls import URLPattern, path

from frontend.school import renewals, service, service_changes, services

AT = "<buyer:kind>/<slug:code>"

urlpatterns: list[URLPattern] = [
    path(f"{AT}/services", services.services, name="school-services"),
    path(f"{AT}/services/<slug:number>", service.service, name="school-service"),
    path(f"{AT}/services/<slug:number>/accept", service.accept_service, name="school-service-accept"),
    path(f"{AT}/services/<slug:number>/decline", service.decline_service, name="school-service-decline"),
    path(f"{AT}/services/<slug:number>/change/<slug:do>", service_changes.change_service, name="school-service-change"),
    path(f"{AT}/renewals/<int:year>", renewals.renewals, name="school-renewals"),
]
