"""What a line costs when its agreement is renewed at last year's price, with or without an uplift. No database."""

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from marketplace.core.money import round_half_up
from marketplace.core.periods import Period, add_months
from subscriptions.agreements.rules.forms import LineTerms

MOST_UPLIFT = Decimal(50)


def uplifted(pence: int, percent: Decimal) -> int:
    """The price raised by so many per cent, rounded once, half up: 120,000 by 3.5 is 124,200."""
    return round_half_up(pence * (100 + percent) / 100)


def months_of(base: Period) -> int | None:
    """How many whole months a priced period has; None where it is counted in days."""
    months = (base.end.year - base.start.year) * 12 + base.end.month - base.start.month
    return months if months > 0 and add_months(base.start, months) == base.end else None


def over_term(line: LineTerms, term: Period, months: int, prices: Sequence[int]) -> list[LineTerms]:
    """The line over a new term: one for each priced period of so many months, the last one cut at the end.

    The first costs ``prices[0]`` and so on; where there are more periods than prices, the last price holds.
    """
    found: list[LineTerms] = []
    start = term.start
    while start < term.end:
        base = Period.months_from(term.start, months * (len(found) + 1))
        base = Period(start, base.end)
        pence = prices[min(len(found), len(prices) - 1)]
        valid = Period(start, min(base.end, term.end))
        found.append(replace(line, base=base, base_pence=pence, valid=valid, bill_on=None, charge_stem=""))
        start = base.end
    return found
