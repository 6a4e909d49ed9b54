"""Addresses of the service desk."""

from django.urls import URLPattern, path

from frontend.organise import desk_hours, desk_performance, service_desk

urlpatterns: list[URLPattern] = [
    path("service-desk", service_desk.tickets, name="organise-tickets"),
    path("service-desk-hours", desk_hours.hours, name="organise-desk-hours"),
    path("promises-kept", desk_performance.performance, name="organise-ticket-performance"),
    path("service-desk/<slug:number>", service_desk.ticket, name="organise-ticket"),
]
