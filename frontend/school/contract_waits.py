"""Notice dates of a school's contracts with others: what waits on home, and what stands in one's own calendar."""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.utils import timezone

from frontend.buying import Buyer, buyers_of
from frontend.formats import long_date, money
from frontend.notices.readers import absolute
from marketplace.core.actors import BUYING, Actor
from marketplace.core.icalendar import Occasion
from subscriptions.models import OutsideContract
from subscriptions.queries import notices_within

SOON_DAYS, CALENDAR_DAYS = 60, 730
_FROM, _LONG = time(9), timedelta(minutes=30)


def notice_waits(actor: Actor, own: Mapping[int, Buyer], on: date) -> list[dict[str, Any]]:
    """ "Notice by 12 December 2026: Cleaning, £14,200.00 a year", of the next 60 days, while nobody has decided."""
    return [
        {
            "text": f"Notice by {long_date(one.notice_by)}: {one.title}, {money(one.year_pence)} a year",
            "href": own[one.organisation_id].url("school-contract", number=one.number),
            "since": one.notice_by,
            "next": _next(one),
            "organisation": one.organisation_id,
        }
        for one in notices_within(actor, own, on, SOON_DAYS)
        if one.notice_by
    ]


def _next(one: OutsideContract) -> str:
    if one.renewal == OutsideContract.Renewal.AUTOMATIC:
        return f"With {one.supplier}. Without notice it goes on by itself."
    return f"With {one.supplier}. Note there what you decide."


def notice_occasions(actor: Actor, on: date) -> list[Occasion]:
    """The notice dates of everybody for whom the actor buys today, half an hour at 9am of the last day."""
    if not actor.has(*BUYING):
        return []
    own = {buyer.organisation.pk: buyer for buyer in buyers_of(actor)}
    return [
        _occasion(one, own[one.organisation_id], one.notice_by)
        for one in notices_within(actor, own, on, CALENDAR_DAYS)
        if one.notice_by
    ]


def _occasion(one: OutsideContract, buyer: Buyer, day: date) -> Occasion:
    starts = timezone.make_aware(datetime.combine(day, _FROM))
    return Occasion(
        uid=f"{one.number}-notice@{urlsplit(settings.SITE_URL).hostname or 'localhost'}",
        starts_at=starts,
        ends_at=starts + _LONG,
        title=f"Last day for notice: {one.title}",
        text=f"{buyer.name}. The contract's page says what it costs and who looks after it.",
        url=absolute(buyer.url("school-contract", number=one.number)),
    )
