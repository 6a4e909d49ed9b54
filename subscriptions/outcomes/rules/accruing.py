"""The cost expected at a month's end for what is done and not owed yet. Pure; pence.

| amount | expected |
|---|---|
| verified, on a statement that is open still | all that was verified |
| planned, claimed or sent back | the months (or days) of its service that are over, of the whole |
| not met, cancelled, or on a frozen statement | nothing |

Whole calendar months count equally, other services by their days, as income that is earned over time does. £2,800.00 for
September to December: £700.00 at the end of September, £2,100.00 at the end of November.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction

from marketplace.core.periods import Period
from subscriptions.outcomes.rules.stating import rounded

DONE, UNDER_WAY = "eligible", ("planned", "submitted", "rejected")


@dataclass(frozen=True, slots=True)
class Amount:
    """An amount as it stands at the month's end; ``pence`` is the most it pays, ``earned`` what was verified."""

    state: str
    pence: int
    earned: int
    service: Period


def expected(amounts: Iterable[Amount], month_end: date) -> int:
    """What all the amounts are expected to cost up to that day, in pence, rounded once."""
    whole = Fraction(0)
    for one in amounts:
        if one.state == DONE:
            whole += one.earned
        elif one.state in UNDER_WAY:
            whole += one.pence * share_over(one.service, month_end)
    return rounded(whole / 100)


def share_over(service: Period, day: date) -> Fraction:
    """Which share of a service is over at the end of a day."""
    end = min(day + timedelta(days=1), service.end)
    if end <= service.start:
        return Fraction(0)
    if service.start.day == 1 and service.end.day == 1 and end.day == 1:
        return Fraction(_months(service.start, end), _months(service.start, service.end))
    return Fraction((end - service.start).days, service.days)


def _months(start: date, end: date) -> int:
    return (end.year - start.year) * 12 + end.month - start.month
