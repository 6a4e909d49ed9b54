"""The addresses of the catalogue in the API."""

from django.urls import URLPattern, path

from catalogue.api.finding import CalendarView, FavouritesView, FavouriteView, SearchesView, SearchView
from catalogue.api.offers import OffersView, OfferView
from catalogue.api.own_offers import (
    ChangesView,
    OfferWithdrawalView,
    OwnOffersView,
    OwnOfferView,
    PublicationView,
    SubmissionView,
    VersionsView,
)
from catalogue.api.presenters import PresentersView
from catalogue.api.prices import CalculationsView, PriceEndView, PricesView

urlpatterns: list[URLPattern] = [
    path("offers", OffersView.as_view(), name="api-offers"),
    path("offers/<slug:code>", OfferView.as_view(), name="api-offer"),
    path("presenters", PresentersView.as_view(), name="api-presenters"),
    path("own-offers", OwnOffersView.as_view(), name="api-own-offers"),
    path("own-offers/<slug:code>", OwnOfferView.as_view(), name="api-own-offer"),
    path("own-offers/<slug:code>/submission", SubmissionView.as_view(), name="api-own-offer-submission"),
    path("own-offers/<slug:code>/versions", VersionsView.as_view(), name="api-own-offer-versions"),
    path("own-offers/<slug:code>/changes", ChangesView.as_view(), name="api-own-offer-changes"),
    path("own-offers/<slug:code>/publication", PublicationView.as_view(), name="api-own-offer-publication"),
    path("own-offers/<slug:code>/withdrawal", OfferWithdrawalView.as_view(), name="api-own-offer-withdrawal"),
    path("offers/<slug:code>/prices", PricesView.as_view(), name="api-prices"),
    path("offers/<slug:code>/prices/<int:id>/end", PriceEndView.as_view(), name="api-price-end"),
    path("price-calculations", CalculationsView.as_view(), name="api-price-calculations"),
    path("calendar", CalendarView.as_view(), name="api-calendar"),
    path("favourites", FavouritesView.as_view(), name="api-favourites"),
    path("favourites/<slug:code>", FavouriteView.as_view(), name="api-favourite"),
    path("saved-searches", SearchesView.as_view(), name="api-saved-searches"),
    path("saved-searches/<int:id>", SearchView.as_view(), name="api-saved-search"),
]
