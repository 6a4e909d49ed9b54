"""The periods of a retainer and until when their days may be taken. No database, no clock. Periods are half-open."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from itertools import pairwise

from marketplace.core.periods import Period, add_months
from subscriptions.agreements.rules.forms import TERM_STARTS

TERM_DAYS = tuple((int(day[:2]), int(day[3:])) for day in sorted(TERM_STARTS))


def begins_a_term(day: date) -> bool:
    """Whether a termly payment begins on the day: 1 September, 1 January or 1 April."""
    return (day.month, day.day) in TERM_DAYS


def periods_of(first: date, *, termly: bool, count: int) -> list[Period]:
    """``count`` terms from a day on which one begins, or as many months from any day (31 January: then 28 February)."""
    if not termly:
        edges = [add_months(first, number) for number in range(count + 1)]
    else:
        edges = [first]
        while len(edges) <= count:
            edges.append(next_term(edges[-1]))
    return [Period(start, end) for start, end in pairwise(edges)]


def next_term(day: date) -> date:
    """The first day of the term after the one in which the day lies."""
    coming = [date(year, *start) for year in (day.year, day.year + 1) for start in TERM_DAYS]
    return min(start for start in coming if start > day)


def usable_to(periods: Sequence[Period], index: int, *, unused: str) -> date:
    """The first day on which days of the period at ``index`` may not be taken any more.

    | unused | days of autumn, where the retainer is for autumn, spring and summer |
    |---|---|
    | lapse | until autumn ends |
    | next | until spring ends |
    | end | until summer ends |
    """
    last = {"lapse": index, "next": min(index + 1, len(periods) - 1), "end": len(periods) - 1}[unused]
    return periods[last].end


def unit_price(fee_pence: int, quantity: Decimal) -> int | None:
    """What one unit of a period costs; None where the fee does not come to whole pence for each."""
    each = Decimal(fee_pence) / quantity
    return int(each) if each == each.to_integral_value() else None
