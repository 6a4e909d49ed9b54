"""Addresses of the requests that schools made of a provider, and its bookings."""

from django.urls import URLPattern, path

from frontend.provider import requests, retainers

urlpatterns: list[URLPattern] = [
    path("<slug:provider>/requests", requests.requests, name="provider-requests"),
    path("<slug:provider>/requests/<int:pk>", requests.request_page, name="provider-request"),
    path("<slug:provider>/retainers", retainers.retainers, name="provider-retainers"),
    path("<slug:provider>/retainers/<slug:number>", retainers.retainer, name="provider-retainer"),
    path("<slug:provider>/bookings", requests.bookings, name="provider-bookings"),
    path("<slug:provider>/bookings/<slug:number>", requests.booking, name="provider-booking"),
    path(
        "<slug:provider>/bookings/<slug:number>/dates/<int:ordinal>", requests.cannot_come, name="provider-booking-date"
    ),
]
