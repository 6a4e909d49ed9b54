"""How urgent a ticket is, and what is promised for it where nothing else was agreed or set."""

from dataclasses import dataclass
from datetime import time
from decimal import Decimal
from enum import StrEnum

from subscriptions.desk.rules.clock import Hours

HOUR = 60


class Priority(StrEnum):
    """How urgent it is, as the school says."""

    P1 = "P1"
    P2 = "P2"
    P3 = "P3"
    P4 = "P4"

    @property
    def words(self) -> str:
        return {
            "P1": "Nobody can work",
            "P2": "Some people cannot work",
            "P3": "We can work, but are hindered",
            "P4": "A question or a wish",
        }[self.value]


@dataclass(frozen=True)
class Promise:
    """An answer and a mend within so many working minutes; missed, ``credit_percent`` of a month's price comes back."""

    priority: Priority
    response_minutes: int
    fix_minutes: int
    credit_percent: Decimal = Decimal(0)


# Nothing comes back by default: a credit is agreed with the service.
DEFAULT_PROMISES = {
    Priority.P1: Promise(Priority.P1, 1 * HOUR, 8 * HOUR),
    Priority.P2: Promise(Priority.P2, 4 * HOUR, 16 * HOUR),
    Priority.P3: Promise(Priority.P3, 8 * HOUR, 40 * HOUR),
    Priority.P4: Promise(Priority.P4, 16 * HOUR, 80 * HOUR),
}
DEFAULT_HOURS = Hours(frozenset(range(5)), time(8, 30), time(16, 30))
DEFAULT_CAP_PERCENT = Decimal(30)
REOPEN_DAYS = 10
"""Working days in which a ticket that was resolved may be opened again."""


def hours_words(minutes: int) -> str:
    """Working minutes in words: "1 working hour", "90 working minutes", "31 working hours and 15 minutes"."""
    hours, left = divmod(minutes, HOUR)
    if left and hours < 2:
        return f"{minutes} working minute{'' if minutes == 1 else 's'}"
    words = f"{hours:,} working hour{'' if hours == 1 else 's'}"
    return f"{words} and {left} minute{'' if left == 1 else 's'}" if left else words
