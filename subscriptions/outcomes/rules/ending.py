"""What an early end leaves of each amount.

| amount | whose days | what becomes of it |
|---|---|---|
| planned or sent back, to be shown | end by the last day | may still be claimed until it is due |
| planned or sent back, to be shown | reach beyond the last day | cancelled |
| paid on time | end by the last day | paid on its statement |
| paid on time | begin after the last day | cancelled |
| paid on time | in both | its days up to the end, by day: pence × days / days of the whole, half up |
| claimed | – | decided as before |
| verified | – | stays payable |
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from fractions import Fraction

from marketplace.core.periods import Period

OPEN_STATES = ("planned", "rejected")


class Fate(StrEnum):
    STAYS = "stays"
    CUT = "cut"
    CANCELLED = "cancelled"


@dataclass(frozen=True)
class Left:
    """What is left of an amount: ``exact`` pence before rounding, 0 where it is cancelled."""

    fate: Fate
    exact: Fraction


def left_of(*, pence: int, service: Period, gated: bool, state: str, last_day: date) -> Left:
    """What a contract's end after ``last_day`` leaves of one amount that is not on a frozen statement."""
    if state not in OPEN_STATES or service.last_day <= last_day:
        return Left(Fate.STAYS, Fraction(pence))
    if gated or service.start > last_day:
        return Left(Fate.CANCELLED, Fraction(0))
    return Left(Fate.CUT, Fraction(pence * ((last_day - service.start).days + 1), service.days))
