"""How full a course date is, what it must reach, and until when moving it lets people go free: pure rules.

A date pays its way once the places sold at its price cover what it costs: costs 1,130.00 at 140.00 a place need 9 places,
the smallest whole number of which the price is at least the cost.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from marketplace.core.working_days import is_working_day

FREE_WORKING_DAYS = 5


class Standing(StrEnum):
    """Where a course date stands on a day."""

    TENTATIVE = "tentative"
    CONFIRMED = "confirmed"
    CANCELLED = "cancelled"
    HELD = "held"
    DONE = "done"


@dataclass(frozen=True)
class Fill:
    """Places taken of those there are, the least that must be taken (0: none), and how many wait for one."""

    taken: int
    capacity: int
    minimum: int = 0
    waiting: int = 0

    @property
    def missing(self) -> int:
        """How many more must book for it to take place."""
        return max(0, self.minimum - self.taken)

    @property
    def left(self) -> int:
        return self.capacity - self.taken

    @property
    def words(self) -> str:
        """ "8 of 20, minimum 10, 3 waiting": what is 0 is left out."""
        parts = [f"{self.taken} of {self.capacity}"]
        parts += [f"minimum {self.minimum}"] if self.minimum else []
        parts += [f"{self.waiting} waiting"] if self.waiting else []
        return ", ".join(parts)


def standing(*, cancelled: bool, tentative: bool, last_day: date, register_open: bool, on: date) -> Standing:
    """Cancelled for ever; else once its last day is over held, and done when every register is closed."""
    if cancelled:
        return Standing.CANCELLED
    if last_day < on:
        return Standing.HELD if register_open else Standing.DONE
    return Standing.TENTATIVE if tentative else Standing.CONFIRMED


def cost_of(costs: Iterable[tuple[int, bool]], days: int) -> int:
    """The pence that (pence, for each day) costs come to over so many days."""
    return sum(pence * (days if by_day else 1) for pence, by_day in costs)


def break_even(cost_pence: int, price_pence: int) -> int | None:
    """From how many places on the price covers the cost; None where no price is known."""
    return -(-cost_pence // price_pence) if price_pence > 0 else None


def free_until(moved_on: date, first_day: date) -> date:
    """Who does not like the new day may cancel free for five working days after the move, never beyond the course itself."""
    day, left = moved_on, FREE_WORKING_DAYS
    while left:
        day += timedelta(days=1)
        left -= is_working_day(day)
    return min(day, first_day)


def joining_step(days_before: Iterable[int], first_day: date, on: date) -> int | None:
    """Which sending of a plan is due on a day: the latest whose day has come. None before the first and after the course
    has begun."""
    if on > first_day:
        return None
    return min((days for days in days_before if first_day - timedelta(days=days) <= on), default=None)
