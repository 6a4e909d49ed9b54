"""A retainer in its first month, and a booking that two schools share, in the demonstration."""

from datetime import date
from decimal import Decimal
from typing import Any

from frontend.demonstration.directory import Directory
from frontend.demonstration.visits import CONSULTANT, SCHOOL
from marketplace.core.actors import Actor
from marketplace.organisations.models import Organisation
from marketplace.trading.engagements.services.agreeing import NewShare, agree_booking, is_member
from marketplace.trading.engagements.services.retainer_periods import open_periods
from marketplace.trading.engagements.services.retaining import agree_retainer, offer_retainer
from providers.models import Consultant
from providers.queries import rate_for, standing_on

RETAINED, OFFERED, SHARED = (
    "Reading support, a day a month",
    "Leadership coaching each month",
    "Writing moderated together",
)


def add_retainers(directory: Directory, *, today: date, actor: Actor) -> None:
    """One that runs and one that waits for both sides; nothing where the consultant may not be booked today."""
    related = Consultant.objects.select_related("provider__organisation", "home_school")
    dana = related.filter(code=CONSULTANT).first()
    school = directory.find(SCHOOL)
    if dana is None or not standing_on(dana, today).accredited:
        return
    given: dict[str, Any] = {
        "school": school, "consultant": dana, "unit": "day", "quantity": Decimal(1), "every": "month",
        "valid_from": today, "on": today, "actor": directory.signed["organiser"],
    }  # fmt: skip
    runs = offer_retainer(
        title=RETAINED, fee_pence=42_000, earned_pence=35_700, periods=6, unused="next", owed="visit", **given
    )
    agree_retainer(retainer=runs, on=today, actor=directory.signed["buyer"], purchase_order="LS-2310")
    agree_retainer(retainer=runs, on=today, actor=directory.signed["ridgeway"])
    open_periods(on=today, actor=actor)
    offer_retainer(
        title=OFFERED, fee_pence=40_000, earned_pence=34_000, periods=3, unused="lapse", owed="period", **given
    )  # fmt: skip
    if rate_for(dana, "day", today, is_member(school, today)) is None:
        return
    other = Organisation.objects.filter(kind=school.kind).exclude(pk=school.pk).order_by("name")[0]
    agree_booking(
        school=school, consultant=dana, title=SHARED, unit="day", quantity=Decimal(2), dates=[], on=today,
        shares=[NewShare(school, Decimal(2)), NewShare(other, Decimal(1))], actor=directory.signed["organiser"],
    )  # fmt: skip
