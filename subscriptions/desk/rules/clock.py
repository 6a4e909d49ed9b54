"""Working time: how much of the desk's hours lies between two moments, and when so much of it will have passed.

| Hours 8:30am to 4:30pm, Monday to Friday | opened | 4 working hours are over |
|---|---|---|
| the same day | Monday 9am | Monday 1pm |
| over the night | Monday 2:30pm | Tuesday 10:30am |
| over a bank holiday | Friday 3:30pm before Easter Monday | Tuesday 11:30am |
| waiting for the school from 10am to midday | Monday 9am | Monday 3pm |

Hours are told in London; what lies between is real time, so a day on which the clocks change has as many hours as it has.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from marketplace.core.wording import LONDON

NONE = timedelta(0)
MOST_DAYS = 1500
Closed = Callable[[date], bool]


@dataclass(frozen=True)
class Hours:
    """The desk is staffed on these weekdays (Monday is 0) from ``opens`` to ``closes``, over days ``[start, end)``."""

    weekdays: frozenset[int]
    opens: time
    closes: time
    start: date = date.min
    end: date = date.max


@dataclass(frozen=True)
class Pause:
    """The clock stands from ``start``; until ``end``, or for as long as that is not known."""

    start: datetime
    end: datetime | None = None


Span = tuple[datetime, datetime]


def working_time(
    start: datetime, end: datetime, *, hours: Sequence[Hours], closed: Closed, pauses: Sequence[Pause] = ()
) -> timedelta:
    """Working time from ``start`` to ``end`` without the pauses. Nothing where the end does not come after the start."""
    if end <= start:
        return NONE
    last = end.astimezone(LONDON).date()
    found = NONE
    for opens, closes in _open_spans(start, hours, closed, last):
        for begin, until in _without(opens, min(closes, end), pauses):
            found += until - begin
    return found


def due_at(
    start: datetime, minutes: int, *, hours: Sequence[Hours], closed: Closed, pauses: Sequence[Pause] = ()
) -> datetime | None:
    """The first moment by which so many working minutes have passed; none while the clock stands without an end.

    None also where the desk has no hours in the years after the start.
    """
    left = timedelta(minutes=minutes)
    if left <= NONE:
        return start.astimezone(UTC)
    last = start.astimezone(LONDON).date() + timedelta(days=MOST_DAYS)
    for opens, closes in _open_spans(start, hours, closed, last):
        for begin, until in _without(opens, closes, pauses):
            if until - begin >= left:
                return begin + left
            left -= until - begin
    return None


def minutes_of(span: timedelta) -> int:
    """Whole minutes, those begun not counted."""
    return span // timedelta(minutes=1)


def _open_spans(start: datetime, hours: Sequence[Hours], closed: Closed, last: date) -> Iterator[Span]:
    """When the desk is staffed from ``start`` on, day by day up to ``last``, in UTC."""
    begin = start.astimezone(UTC)
    day = start.astimezone(LONDON).date()
    while day <= last:
        one = next((each for each in hours if each.start <= day < each.end), None)
        if one is not None and day.weekday() in one.weekdays and not closed(day):
            opens, closes = _moment(day, one.opens), _moment(day, one.closes)
            if closes > max(opens, begin):
                yield max(opens, begin), closes
        day += timedelta(days=1)


def _moment(day: date, at: time) -> datetime:
    return datetime.combine(day, at, tzinfo=LONDON).astimezone(UTC)


def _without(begin: datetime, until: datetime, pauses: Sequence[Pause]) -> Iterator[Span]:
    """The parts of a span that lie in no pause."""
    if begin >= until:
        return
    for pause in sorted(pauses, key=lambda one: one.start):
        if pause.start >= until:
            break
        if pause.start > begin:
            yield begin, pause.start.astimezone(UTC)
        begin = until if pause.end is None else max(begin, pause.end.astimezone(UTC))
        if begin >= until:
            return
    yield begin, until
