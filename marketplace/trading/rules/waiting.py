"""The order of a waiting list, and until when places are offered: pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from marketplace.core.wording import LONDON
from marketplace.core.working_days import is_working_day


@dataclass(frozen=True)
class OfferRule:
    """An offer stands until ``hour`` on the ``working_days``-th working day after it was made, and never for less than
    ``least_hours`` before the course begins: then no offer is made and the places are open to everybody."""

    working_days: int
    hour: int
    least_hours: int


@dataclass(frozen=True)
class Waits:
    """One entry that waits. Who wants places ``together`` is offered all of them or none."""

    pk: int
    seats: int
    together: bool

    def fitting(self, free: int) -> int:
        """How many of the free places it would be offered."""
        if self.together:
            return self.seats if self.seats <= free else 0
        return min(self.seats, free)


@dataclass(frozen=True)
class PlannedOffer:
    """``places`` of the ``free`` ones go to entry ``pk``; those ``passed_over`` asked before and wanted more together."""

    pk: int
    places: int
    free: int
    passed_over: tuple[int, ...]


def plan_offers(waiting: Sequence[Waits], free: int) -> list[PlannedOffer]:
    """Who is offered the free places, in the order of asking.

    An entry that wants more together than are free is passed over and keeps its position: the places would otherwise
    stay empty until enough came free. What nobody on the list can use stays open to everybody.
    """
    plans: list[PlannedOffer] = []
    passed: list[int] = []
    for entry in waiting:
        if free <= 0:
            break
        places = entry.fitting(free)
        if places:
            plans.append(PlannedOffer(entry.pk, places, free, tuple(passed)))
            free -= places
        else:
            passed.append(entry.pk)
    return plans


def offered_until(*, on: date, starts_at: datetime, rule: OfferRule) -> datetime | None:
    """The moment at which an offer made on a day ends; None where too little time is left before the course.

    The day may nearly be over when the offer is made, so hours count from its end.
    """
    day, days = on, rule.working_days
    while days > 0:
        day += timedelta(days=1)
        days -= is_working_day(day)
    day_ends = datetime.combine(on + timedelta(days=1), time(0), LONDON)
    until = min(datetime.combine(day, time(rule.hour), LONDON), starts_at)
    return until if until - day_ends >= timedelta(hours=rule.least_hours) else None


def ordinal(number: int) -> str:
    """ "1st", "2nd", "11th"."""
    ending = "th" if number % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{ending}"


def position_sentence(position: int, count: int) -> str:
    """ "You are 2nd of 5."."""
    return "You are the only one on this list." if count == 1 else f"You are {ordinal(position)} of {count}."
