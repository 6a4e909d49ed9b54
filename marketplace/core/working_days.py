"""England's working days: Monday to Friday without bank holidays (the ``holidays`` library's list for England)."""

from datetime import date, timedelta
from functools import lru_cache

import holidays


@lru_cache(maxsize=64)
def _bank_holidays(year: int) -> frozenset[date]:
    return frozenset(holidays.country_holidays("GB", subdiv="ENG", years=year))


def is_bank_holiday(day: date) -> bool:
    return day in _bank_holidays(day.year)


def is_working_day(day: date) -> bool:
    return day.weekday() < 5 and not is_bank_holiday(day)


def previous_working_day(day: date) -> date:
    """``day`` itself when it is a working day, otherwise the working day before it."""
    while not is_working_day(day):
        day -= timedelta(days=1)
    return day


def working_days_before(event: date, count: int) -> date:
    """The day that lies ``count`` working days before ``event``; the event's own day does not count."""
    day = event
    while count > 0:
        day -= timedelta(days=1)
        if is_working_day(day):
            count -= 1
    return day


def working_days_after(event: date, count: int) -> date:
    """The day that lies ``count`` working days after ``event``; the event's own day does not count."""
    day = event
    while count > 0:
        day += timedelta(days=1)
        if is_working_day(day):
            count -= 1
    return day


def working_days_between(first: date, event: date) -> int:
    """Working days after ``first`` and before ``event``: neither end counts."""
    day, count = first + timedelta(days=1), 0
    while day < event:
        count += is_working_day(day)
        day += timedelta(days=1)
    return count
