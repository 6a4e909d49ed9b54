"""Hours of a day in London."""

from datetime import date, datetime

from tests.shop import LONDON


def at(day: date, hour: int) -> datetime:
    return datetime(day.year, day.month, day.day, hour, tzinfo=LONDON)
