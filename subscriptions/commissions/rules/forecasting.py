"""What of a package will be left unspent at its end if schools go on drawing as they did. Pure; pence before VAT.

The pace is what was drawn over the days so far; it goes on to the last day, but never beyond what is left. In the first 30
days nothing can be said. Half up, once, to whole pence.

| allocation | drawn | unit | days gone of all | comes to | unspent |
|---|---|---|---|---|---|
| 100 | 27 | £400 | 180 of 365 | 27 + 27.75 | £18,100.00 |
| 100 | 80 | £400 | 180 of 365 | all 100 | £0.00 |
| 100 | 0 | £400 | 180 of 365 | 0 | £40,000.00 |
| 100 | 5 | £400 | 20 of 365 | not known | |
| 100 | 60 | £400 | 365 of 365 | 60 | £16,000.00 |
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Protocol

from marketplace.core.money import round_half_up
from marketplace.core.periods import Period

TOO_EARLY_DAYS = 30
MANY = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")


class Named(Protocol):
    """An eligible school."""

    @property
    def name(self) -> str: ...


@dataclass(frozen=True)
class Forecast:
    """``unspent_pence`` before VAT at the end, or None where it is too early to say."""

    unspent_pence: int | None
    expected_units: Decimal | None = None


def forecast(*, allocation: Decimal, drawn: Decimal, price_pence: int, term: Period, on: date) -> Forecast:
    """By the table above; ``on`` is the last day that is counted. Before the term and in its first days: not known."""
    gone = min((on - term.start).days + 1, term.days)
    if gone < TOO_EARLY_DAYS and gone < term.days:
        return Forecast(None)
    expected = min(Fraction(allocation), Fraction(drawn) * term.days / gone)
    left = (Fraction(allocation) - expected) * price_pence
    units = Decimal(expected.numerator) / Decimal(expected.denominator)
    return Forecast(round_half_up(Decimal(left.numerator) / Decimal(left.denominator)), units)


def unspent(forecasts: Iterable[Forecast]) -> int | None:
    """All of them together; None where nothing can be said of any."""
    known = [one.unspent_pence for one in forecasts if one.unspent_pence is not None]
    return sum(known) if known else None


def finding(pence: int | None, eligible: int) -> str:
    """ "£18,400 will be unspent; these six schools are eligible". Whole pounds, as forecasts read."""
    if pence is None:
        return "Too early to say what will be spent"
    if pence < 50:
        return "Everything will be spent if schools go on as they do"
    pounds = f"£{(pence + 50) // 100:,}"
    if not eligible:
        return f"{pounds} will be unspent; every eligible school has drawn something"
    count = MANY[eligible] if eligible < len(MANY) else f"{eligible:,}"
    return (
        f"{pounds} will be unspent; {'this one school is' if eligible == 1 else f'these {count} schools are'} eligible"
    )
