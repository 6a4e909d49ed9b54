"""Addresses of a buyer's help with services."""

from django.urls import URLPattern, path

from frontend.school import help as helping

BUYER = "<buyer:kind>/<slug:code>"

urlpatterns: list[URLPattern] = [
    path(f"{BUYER}/help", helping.tickets, name="school-help"),
    path(f"{BUYER}/help/new", helping.ask, name="school-help-new"),
    path(f"{BUYER}/help/<slug:number>", helping.ticket, name="school-ticket"),
]
