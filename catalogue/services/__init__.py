"""Verbs of the catalogue: offers, their prices and quotes, course dates and their places, search words."""

from catalogue.services.budget_codes import seed_budget_codes
from catalogue.services.offers import add_offer, change_offer, drop_changes, start_offer
from catalogue.services.places import PlacesGone, places_refusal, release_places, take_places
from catalogue.services.presenting import name_presenters
from catalogue.services.prices import PriceOverlaps, add_price, end_price, pin_price
from catalogue.services.publishing import ask_for_changes, publish_offer, submit_offer, withdraw_offer
from catalogue.services.quotes import Quoting, price_row_on, quote_for
from catalogue.services.quotes_many import QuotingMany
from catalogue.services.ratings import claim_statistic, record_bought_together, record_rating
from catalogue.services.resources import ResourceRefused, add_resource_file, end_resource_file, set_up_resource
from catalogue.services.run_copies import copy_run, free_code
from catalogue.services.running import (
    CapacityBelowTaken,
    Cost,
    RunChanged,
    RunClosed,
    RunConfirmed,
    change_places,
    confirm_run,
    set_costs,
    set_joining,
)
from catalogue.services.runs import MeetingTimes, add_run
from catalogue.services.words import refresh_search_words

__all__ = [
    "CapacityBelowTaken",
    "Cost",
    "MeetingTimes",
    "PlacesGone",
    "PriceOverlaps",
    "Quoting",
    "QuotingMany",
    "ResourceRefused",
    "RunChanged",
    "RunClosed",
    "RunConfirmed",
    "add_offer",
    "add_price",
    "add_resource_file",
    "add_run",
    "ask_for_changes",
    "change_offer",
    "change_places",
    "claim_statistic",
    "confirm_run",
    "copy_run",
    "drop_changes",
    "end_price",
    "end_resource_file",
    "free_code",
    "name_presenters",
    "pin_price",
    "places_refusal",
    "price_row_on",
    "publish_offer",
    "quote_for",
    "record_bought_together",
    "record_rating",
    "refresh_search_words",
    "release_places",
    "seed_budget_codes",
    "set_costs",
    "set_joining",
    "set_up_resource",
    "start_offer",
    "submit_offer",
    "take_places",
    "withdraw_offer",
]
