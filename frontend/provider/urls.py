"""Addresses of a provider's own pages."""

from django.urls import URLPattern, path

from frontend.provider import offers

urlpatterns: list[URLPattern] = [
    path("<slug:provider>/offers", offers.offers, name="provider-offers"),
    path("<slug:provider>/offers/new", offers.new, name="provider-offer-new"),
    path("<slug:provider>/offers/<slug:code>", offers.offer, name="provider-offer"),
    path("<slug:provider>/offers/<slug:code>/change/<slug:part>", offers.part, name="provider-offer-part"),
]
