"""Price lists and the catalogue's sheets in the world of the access matrix."""

from datetime import date
from typing import Any

from catalogue.models import Offer


def price_keys(offer: Offer) -> dict[str, Any]:
    """A row of the offer's price list, and a sheet."""
    return {"price_row": offer.prices.earliest("pk").pk, "sheet": "offers"}


def price_bodies(today: date) -> dict[str, dict[str, Any]]:
    """What each operation about prices is asked to do."""
    return {
        "POST /offers/{code}/prices": {
            "price_class": "any", "valid_from": today.isoformat(), "rule": {"rate": "95", "per": "quantity"},
        },
        "POST /offers/{code}/prices/{id}/end": {"valid_to": date(2090, 1, 1).isoformat()},
        "POST /price-calculations": {"rule": {"flat": "12"}},
    }  # fmt: skip
