"""At what times of a day a consultant comes, by unit; pure, so that the choice offered and the date made are one thing."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from marketplace.core.wording import LONDON
from marketplace.core.working_days import is_working_day

HALF = Decimal("0.5")


@dataclass(frozen=True)
class Part:
    """A part of a day with its usual times in England, and how many of a booking's units it takes."""

    code: str
    words: str
    starts: time
    ends: time
    quantity: Decimal

    def on(self, day: date) -> tuple[datetime, datetime]:
        """Its beginning and end on a day."""
        return datetime.combine(day, self.starts, LONDON), datetime.combine(day, self.ends, LONDON)


def _day(one: Decimal, half: Decimal | None) -> list[Part]:
    whole = [Part("day", "whole day, 9am to 3:30pm", time(9), time(15, 30), one)]
    if half is None:
        return whole
    return [
        *whole,
        Part("morning", "morning, 9am to midday", time(9), time(12), half),
        Part("afternoon", "afternoon, 12:30pm to 3:30pm", time(12, 30), time(15, 30), half),
    ]


_PARTS: dict[str, list[Part]] = {
    "day": _day(Decimal(1), HALF),
    "half_day": _day(Decimal(2), Decimal(1)),
    "twilight": [Part("twilight", "twilight, 3:45pm to 5:15pm", time(15, 45), time(17, 15), Decimal(1))],
    "hour": [
        Part(f"hour-{hour}", f"{hour}:00 to {hour + 1}:00", time(hour), time(hour + 1), Decimal(1))
        for hour in range(9, 16)
    ],
}


def parts_for(unit: str, left: Decimal) -> list[Part]:
    """The parts of a day that a booking of that unit may take with so much left."""
    return [part for part in _PARTS[unit] if part.quantity <= left]


def free_times(
    *, parts: Sequence[Part], taken: Iterable[tuple[datetime, datetime]], first: date, days: int, most: int
) -> list[tuple[date, Part]]:
    """The first ``most`` parts of working days from ``first`` on, within ``days`` days, that touch nothing taken."""
    busy, found = list(taken), []
    for number in range(days):
        day = first + timedelta(days=number)
        if not is_working_day(day):
            continue
        for part in parts:
            starts, ends = part.on(day)
            if all(ends <= begin or starts >= end for begin, end in busy):
                found.append((day, part))
                if len(found) == most:
                    return found
    return found
