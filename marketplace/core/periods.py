"""Half-open periods of dates: ``[start, end)``."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta


def add_months(day: date, months: int) -> date:
    """The same day ``months`` later, or the month's last day where it has none: 31 August + 6 → 28 February."""
    index = day.year * 12 + day.month - 1 + months
    year, month = divmod(index, 12)
    return date(year, month + 1, min(day.day, days_in_month(year, month + 1)))


def days_in_month(year: int, month: int) -> int:
    first_of_next = date(year + month // 12, month % 12 + 1, 1)
    return (first_of_next - timedelta(days=1)).day


@dataclass(frozen=True, order=True)
class Period:
    """Dates from ``start`` up to but not including ``end``. Refuses to be empty; touching is not overlapping."""

    start: date
    end: date

    def __post_init__(self) -> None:
        if self.end <= self.start:
            raise ValueError(f"A period must end after it starts: {self.start} to {self.end}")

    @classmethod
    def months_from(cls, start: date, months: int) -> "Period":
        return cls(start, add_months(start, months))

    @property
    def days(self) -> int:
        return (self.end - self.start).days

    @property
    def last_day(self) -> date:
        return self.end - timedelta(days=1)

    def __contains__(self, day: date) -> bool:
        return self.start <= day < self.end

    def overlaps(self, other: "Period") -> bool:
        return self.start < other.end and other.start < self.end

    def months(self) -> Iterator["Period"]:
        """Whole months from the start; the last one is cut at the end."""
        step = 0
        while (begin := add_months(self.start, step)) < self.end:
            step += 1
            yield Period(begin, min(add_months(self.start, step), self.end))
