"""Visits in the world of the access matrix: each school's own consultant visited it today, and the record is with it."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from marketplace.core.actors import Actor
from marketplace.organisations.models import Organisation
from marketplace.trading.engagements.services.agreeing import NewDate, agree_booking
from marketplace.trading.engagements.services.visits import write_up
from providers.models import Consultant, Rate
from providers.queries import standing_on
from tests.providers.calendar.times import at
from tests.providers.making import accredited


def visited(*, school: Organisation, consultant: str, today: date, actor: Actor) -> dict[str, Any]:
    """A booking for today, written up. ``consultant`` is the code of somebody with a rate from today on."""
    found = Consultant.objects.select_related("provider__organisation").get(code=consultant)
    if not standing_on(found, today).accredited:
        month = timedelta(days=30)
        accredited(found, today - month, today + 12 * month)
    booking = agree_booking(
        school=school, consultant=found, title="Reading", unit="day", quantity=Decimal(1), on=today, actor=actor,
        rate=Rate.objects.filter(consultant=found, unit="day", valid_from__lte=today).earliest("pk"),
        dates=[NewDate(at(today, 20), at(today, 21), Decimal(1))],
    )  # fmt: skip
    write_up(date=booking.dates.get(), done="Read together", next_steps="", miles=0, on=today, actor=actor)
    return {"visit_booking": booking.number, "visit_ordinal": 1}


def visit_bodies() -> dict[str, dict[str, Any]]:
    """What each write of the API about it is asked to do."""
    return {
        "POST /visits/{number}/{ordinal}/record": {"done": "Read together"},
        "POST /visits/{number}/{ordinal}/agreement": {},
        "POST /visits/{number}/{ordinal}/query": {"reason": "It was shorter"},
        "POST /visits/{number}/{ordinal}/answer": {"answer": "It was not"},
    }
