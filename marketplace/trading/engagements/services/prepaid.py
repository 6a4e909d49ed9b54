"""Bookings that do not wait for their visits to be paid: charged when agreed, or taken from a subscription's included days.

What was paid in advance is deferred income until it is used: each agreed visit uses its part (``use_prepaid``). Included
days are kept for a date when it is planned, used when its visit is agreed, and come back when the date is cancelled.
"""

from collections.abc import Sequence
from datetime import date
from decimal import ROUND_CEILING, Decimal

from django.db import transaction

from invoicing.receivables.models import Charge
from invoicing.recognition.models import Deferral
from invoicing.services import use_deferred
from marketplace.core.actors import Actor
from marketplace.core.errors import DomainError
from marketplace.core.money import round_half_up, share_out
from marketplace.organisations.models import Organisation
from marketplace.trading.engagements.models import Engagement, EngagementDate
from marketplace.trading.engagements.services.one_charge import charge_sum
from marketplace.trading.engagements.visit_models import Visit, VisitCharge
from subscriptions.models import AllowanceUse
from subscriptions.services import consume_places, release_included, reserve_places


class NotIncluded(DomainError):
    """Included days are counted in half days; what is booked is not."""

    code = "not_included"


def prepaid_key(booking: Engagement, position: int = 0) -> str:
    """The source of what a school pays in advance for a booking."""
    share = f":share:{position}" if position else ""
    return f"engagement:{booking.number}:prepaid{share}"


@transaction.atomic
def charge_in_advance(*, engagement: Engagement, on: date, actor: Actor) -> list[Charge]:
    """Charges the whole booking when it is agreed: each school its share of quantity × price, once.

    It is deferred income until visits use it; mileage is charged with the visit. Called again it changes nothing.
    """
    whole = round_half_up(engagement.quantity * engagement.sell_pence)
    shares = list(engagement.shares.select_related("school").order_by("position"))
    bearers: Sequence[tuple[int, Organisation, str]] = [
        (one.position, one.school, one.purchase_order or engagement.purchase_order) for one in shares
    ] or [(0, engagement.school, engagement.purchase_order)]
    weights = [one.weight for one in shares] or [Decimal(1)]
    return [
        charge_sum(
            source_key=prepaid_key(engagement, position),
            school=school,
            invoice_to=engagement.invoice_to,
            pence=pence,
            description=f"{engagement.title}, paid in advance",
            cfr_code=engagement.cfr_code,
            purchase_order=order,
            label=engagement.number,
            recognition=Charge.Recognition.ON_USE,
            on=on,
            actor=actor,
        )
        for (position, school, order), pence in zip(bearers, share_out(whole, weights), strict=True)
        if pence
    ]


@transaction.atomic
def use_prepaid(*, on: date, actor: Actor, most: int = 500) -> int:
    """Turns what agreed visits used of money paid in advance into income, where its invoice was issued. Returns how many.

    Each use once; what is not invoiced yet waits for its invoice.
    """
    waiting = VisitCharge.objects.select_related("visit__date__engagement").filter(used=False).order_by("pk")
    rows = list(waiting.select_for_update(of=("self",), skip_locked=True)[:most])
    keys = {row.pk: prepaid_key(row.visit.date.engagement, row.position) for row in rows}
    invoiced = set(Deferral.objects.filter(source_key__in=keys.values()).values_list("source_key", flat=True))
    done = [row for row in rows if keys[row.pk] in invoiced]
    for row in done:
        use_deferred(
            charge_source_key=keys[row.pk], source_key=row.source_key, pence=row.net_pence, on=on, actor=actor
        )  # fmt: skip
    VisitCharge.objects.filter(pk__in=[row.pk for row in done]).update(used=True)
    return len(done)


_HALF_DAYS = {"day": 2, "half_day": 1}


def half_days(quantity: Decimal, unit: str) -> int:
    """How many half days of an allowance a date takes, a part of one counting whole. Raises NotIncluded for hours."""
    if unit not in _HALF_DAYS:
        raise NotIncluded("Included days pay for days and half days. Choose one of these, or another way of paying.")
    return int((quantity * _HALF_DAYS[unit]).to_integral_value(ROUND_CEILING))


def included_key(date_: EngagementDate) -> str:
    """The source under which included days are kept for a date."""
    return f"engagement:{date_.engagement.number}:date:{date_.ordinal}"


def reserve_included(*, date_: EngagementDate, on: date, actor: Actor) -> AllowanceUse | None:
    """Keeps the included days of a date, in the caller's transaction; None where the booking is paid otherwise.

    Raises AllowanceUsedUp where fewer are left.
    """
    booking = date_.engagement
    if booking.allowance_id is None:
        return None
    return reserve_places(
        source_key=included_key(date_),
        allowance_id=booking.allowance_id,
        places=half_days(date_.quantity, booking.unit),
        label=f"{booking.title}, {booking.number}",
        on=on,
        person_id=actor.person_id,
    )


def consume_included(*, visit: Visit, quantity: Decimal, on: date, actor: Actor) -> None:
    """The visit's included days stay used; where less was agreed than was planned, the rest comes back."""
    date_ = visit.date
    kept = reserve_included(date_=date_, on=on, actor=actor)
    if kept is None:
        return
    spare = kept.places - kept.released - half_days(quantity, date_.engagement.unit)
    if spare > 0:
        release_included(source_key=included_key(date_), places=spare, on=on, person_id=actor.person_id)
    consume_places(source_key=included_key(date_), on=on)


def release_date(*, date_: EngagementDate, on: date, actor: Actor) -> int:
    """The included days of a cancelled date come back. Returns how many half days."""
    return release_included(source_key=included_key(date_), on=on, person_id=actor.person_id)
