"""Verbs of the catalogue: offers, their prices and quotes, course dates and their places, search words."""

from catalogue.services.offers import add_offer, publish_offer, withdraw_offer
from catalogue.services.places import PlacesGone, places_refusal, release_places, take_places
from catalogue.services.prices import PriceOverlaps, add_price, end_price, pin_price
from catalogue.services.quotes import price_row_on, quote_for
from catalogue.services.runs import MeetingTimes, add_run
from catalogue.services.words import refresh_search_words

__all__ = [
    "MeetingTimes",
    "PlacesGone",
    "PriceOverlaps",
    "add_offer",
    "add_price",
    "add_run",
    "end_price",
    "pin_price",
    "places_refusal",
    "price_row_on",
    "publish_offer",
    "quote_for",
    "refresh_search_words",
    "release_places",
    "take_places",
    "withdraw_offer",
]
