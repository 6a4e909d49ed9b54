"""What an indicator comes to, and whether it is where it should be. Pure: percentages are exact to four decimals, half up.

Within statutory weeks: a case counts once it is finished, or once its weeks are over without being finished. It is within when
it was finished on or before the same weekday that many weeks after its start. A case with an allowed exception counts
neither above nor below the line. (An education, health and care plan is due within 20 weeks of the request, save for the
exceptions of the Special Educational Needs and Disability Regulations 2014, reg. 13.)

| started | finished | weeks | exception | on | counts | within |
|---|---|---|---|---|---|---|
| 1 Sep 2026 | 19 Jan 2027 | 20 | no | 31 Jan 2027 | yes | yes |
| 1 Sep 2026 | 20 Jan 2027 | 20 | no | 31 Jan 2027 | yes | no |
| 1 Sep 2026 | not yet | 20 | no | 19 Jan 2027 | no | |
| 1 Sep 2026 | not yet | 20 | no | 20 Jan 2027 | yes | no |
| 1 Sep 2026 | 20 Jan 2027 | 20 | yes | 31 Jan 2027 | no, excepted | |
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal

PLACES = Decimal("0.0001")


@dataclass(frozen=True)
class Case:
    """One case by its dates alone; whose it is, nobody is told."""

    started: date
    finished: date | None = None
    excepted: bool = False


@dataclass(frozen=True)
class Counts:
    """``part`` of ``whole`` cases are within their weeks; ``excepted`` others had an allowed exception."""

    part: int
    whole: int
    excepted: int = 0

    @property
    def value(self) -> Decimal | None:
        return percentage(self.part, self.whole)


def percentage(part: int, whole: int) -> Decimal | None:
    """So many of a hundred: 7 of 9 is 77.7778. None where there is nothing to count. Refuses more than the whole."""
    if not 0 <= part <= whole:
        raise ValueError(f"{part} of {whole} is no part")
    if whole == 0:
        return None
    return (Decimal(part) * 100 / whole).quantize(PLACES, rounding=ROUND_HALF_UP)


def within_weeks(cases: Iterable[Case], *, weeks: int, on: date) -> Counts:
    """The cases as they stand at the end of a day, by the table above."""
    part = whole = excepted = 0
    for case in cases:
        last = case.started + timedelta(weeks=weeks)
        finished = case.finished if case.finished is not None and case.finished <= on else None
        if finished is None and on <= last:
            continue
        if case.excepted:
            excepted += 1
            continue
        whole += 1
        part += finished is not None and finished <= last
    return Counts(part, whole, excepted)


def reached(value: Decimal, target: Decimal, *, lower_is_better: bool = False) -> bool:
    """Whether a reading is at its target, or on the right side of it."""
    return value <= target if lower_is_better else value >= target


def standing(value: Decimal | None, target: Decimal, *, lower_is_better: bool = False, due_on: date, on: date) -> str:
    """``on target``, ``behind`` (its day is to come), ``missed`` (its day is over), or ``no reading``."""
    if value is None:
        return "no reading"
    if reached(value, target, lower_is_better=lower_is_better):
        return "on target"
    return "missed" if on > due_on else "behind"
