"""What an offer's page says to help choosing: rating, favourite, comparing, and what to look at next and why."""

from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

from catalogue.listing import next_dates
from catalogue.models import Offer
from catalogue.queries_of_finding import favourite_ids, rating_of, recommended
from frontend.buying import Buyer
from frontend.formats import short_date


def choosing_of(request: HttpRequest, offer: Offer, buyer: Buyer | None, on: date) -> dict[str, Any]:
    """For ``choosing`` of school/_choosing.html. A handful of queries, however much is sold."""
    found = recommended(offer, on=on)
    runs = next_dates(offers=found.offers, after=timezone.now())
    compare = buyer.url("school-compare") if buyer else reverse("find-compare")
    return {
        "offer": offer,
        "rating": rating_of(offer).words,
        "is_favourite": bool(favourite_ids(request.actor, [offer])),  # type: ignore[attr-defined]
        "compare_url": f"{compare}?{urlencode({'offer': offer.code})}",
        "here": request.get_full_path(),
        "next": [
            {
                "title": one.title,
                "href": _page(one, buyer),
                "why": found.reasons[one.pk],
                "next": short_date(runs[one.pk].starts_at) if one.pk in runs else "",
            }
            for one in found.offers
        ],
    }


def _page(offer: Offer, buyer: Buyer | None) -> str:
    keys = {"offer": offer.code}
    return buyer.url("school-offer", **keys) if buyer else reverse("find-offer", kwargs=keys)
