"""Addresses of the organisers' pages about offers."""

from django.urls import URLPattern, path

from frontend.organise import offers

urlpatterns: list[URLPattern] = [
    path("offers", offers.offers, name="organise-offers"),
    path("offers/new", offers.new, name="organise-offer-new"),
    path("offers/<slug:code>", offers.offer, name="organise-offer"),
    path("offers/<slug:code>/change/<slug:part>", offers.part, name="organise-offer-part"),
    path("offers/<slug:code>/versions/<int:number>", offers.version, name="organise-offer-version"),
]
