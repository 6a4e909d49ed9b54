"""Into which periods a line is charged, and when."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from marketplace.core.money import share_out
from marketplace.core.periods import Period
from subscriptions.agreements.rules.forms import Billing, Every, LineTerms, Prorate, Timing
from subscriptions.agreements.rules.sharing import share


@dataclass(frozen=True)
class Due:
    """Days that are charged together: so many pence, on the day ``bill_on``."""

    period: Period
    pence: int
    bill_on: date


def _breaks(base: Period, valid: Period, billing: Billing) -> Iterator[date]:
    """Days within ``valid`` on which a new period begins."""
    if billing.every == Every.MONTH:
        yield from (month.start for month in base.months())
    if billing.every == Every.TERM:
        for year in range(valid.start.year, valid.end.year + 1):
            yield from (date(year, int(day[:2]), int(day[3:])) for day in billing.term_starts)


def parts_of(base: Period, valid: Period, billing: Billing) -> list[Period]:
    """The periods of a line that runs over ``valid``, in their order; together they are ``valid``."""
    inside = {day for day in _breaks(base, valid, billing) if valid.start < day < valid.end}
    edges = [valid.start, *sorted(inside), valid.end]
    return [Period(start, end) for start, end in pairwise(edges)]


def plan(line: LineTerms, billing: Billing, *, fresh: bool = True) -> list[Due]:
    """What is charged for the line and when; the pence add up to the line's share of its base.

    A full year is shared equally over its payments; the first penny goes to the first ones.
    """
    parts = parts_of(line.base, line.valid, billing)
    if billing.prorate == Prorate.FULL:
        whole = share(line.base_pence, line.base, line.valid, Prorate.FULL, fresh=fresh)
        pence = share_out(whole, [1] * len(parts))
    else:
        pence = [
            share(line.base_pence, line.base, part, billing.prorate, fresh=fresh and not index)
            for index, part in enumerate(parts)
        ]
    due = [
        Due(part, amount, part.start if billing.timing == Timing.ADVANCE else part.end)
        for part, amount in zip(parts, pence, strict=True)
    ]
    if line.bill_on is not None:
        due[0] = Due(due[0].period, due[0].pence, line.bill_on)
    return due
