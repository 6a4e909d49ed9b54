"""Rates as they are made by an agreement, ended by the next, and pinned by what is priced with them."""

from collections.abc import Sequence
from datetime import date

from django.db.models import F, Q
from django.db.models.functions import Coalesce, Greatest

from marketplace.core.errors import DomainError
from marketplace.core.wording import long_date
from providers.profiles.models import Consultant
from providers.rates.models import MileageRate, Rate, RateStep
from providers.rates.rules.terms import RateTerms, price_list
from providers.rates.rules.travel import FIRST_PENCE_A_MILE

MILEAGE_SINCE = date(2011, 4, 6)


class RateInUse(DomainError):
    """A rate that would have to end was used on or after that day. ``used_on`` says when."""

    code = "rate_in_use"


class RateEnded(DomainError):
    """The rate does not hold on the day for which it was to be used."""

    code = "rate_ended"


def seed_mileage() -> None:
    """The rate of a mile where none is kept yet; others are added with their days."""
    if not MileageRate.objects.exists():
        MileageRate.objects.create(valid_from=MILEAGE_SINCE, pence=FIRST_PENCE_A_MILE)


def mileage_on(on: date) -> int:
    """Pence for a mile on a day; nought where no rate holds."""
    holds = Q(valid_to__isnull=True) | Q(valid_to__gt=on)
    return MileageRate.objects.filter(holds, valid_from__lte=on).values_list("pence", flat=True).first() or 0


def make_rates(*, consultant: Consultant, step: RateStep, terms: RateTerms) -> list[Rate]:
    """The price list of what was agreed as rates from the step's first day on, in the caller's transaction.

    Every rate of the consultant ends that day, also of units that are offered no longer. Raises RateInUse where one was
    used on or after it.
    """
    _end_earlier(consultant, step.valid_from)
    if terms.by_mile:
        seed_mileage()
    mile = mileage_on(step.valid_from) if terms.by_mile else 0
    rates = [
        Rate(
            consultant=consultant,
            step=step,
            unit=line.unit,
            audience=line.audience,
            sell_pence=line.terms.sell_pence,
            buy_pence=line.terms.buy_pence,
            brokerage=terms.brokerage,
            share=terms.share,
            fixed_pence=line.terms.margin_pence if terms.brokerage == Rate.Brokerage.FIXED else 0,
            mileage_pence=mile,
            valid_from=step.valid_from,
        )
        for line in price_list(terms)
    ]
    return Rate.objects.bulk_create(rates)


def _end_earlier(consultant: Consultant, on: date) -> None:
    """Ends what holds on the day, and drops what would begin later and was never used."""
    after = Rate.objects.filter(consultant=consultant).filter(Q(valid_to__isnull=True) | Q(valid_to__gt=on))
    rates = list(after.select_for_update().order_by("pk"))
    _refuse_used(consultant, rates, on)
    Rate.objects.filter(pk__in=[one.pk for one in rates if one.valid_from >= on]).delete()
    Rate.objects.filter(pk__in=[one.pk for one in rates if one.valid_from < on]).update(valid_to=on)


def _refuse_used(consultant: Consultant, rates: Sequence[Rate], on: date) -> None:
    used = max((one.last_used_on for one in rates if one.last_used_on is not None), default=None)
    late = used if used is not None and used >= on else None
    # A used rate that begins on or after the day is used then, too: its days lie within its own.
    if late is not None:
        raise RateInUse(
            f"A booking of {consultant.name} on {long_date(late)} was priced by the present rates, so new ones cannot"
            f" begin on {long_date(on)}. Propose a later first day.",
            used_on=late.isoformat(),
        )


def pin_rate(rate: Rate, on: date) -> None:
    """Freezes a rate because something on that day was priced by it; a second call is harmless.

    ``used_on`` is set once, ``last_used_on`` moves forward only. Raises RateEnded where the rate does not hold on the day
    (any more): whoever prices asks for the rate again.
    """
    holds = Q(valid_to__isnull=True) | Q(valid_to__gt=on)
    pinned = Rate.objects.filter(holds, pk=rate.pk, valid_from__lte=on).update(
        used_on=Coalesce(F("used_on"), on), last_used_on=Greatest(Coalesce(F("last_used_on"), on), on)
    )
    if pinned != 1:
        raise RateEnded(
            f"The rate does not hold on {long_date(on)} any more. Nothing was booked. Look at the present price."
        )
    rate.refresh_from_db()
