"""The addresses of the catalogue in the API."""

from django.urls import URLPattern, path

from catalogue.api.offers import OffersView, OfferView

urlpatterns: list[URLPattern] = [
    path("offers", OffersView.as_view(), name="api-offers"),
    path("offers/<slug:code>", OfferView.as_view(), name="api-offer"),
]
