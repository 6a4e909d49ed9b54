"""How dates and periods read, on a page, in a letter and on paper alike. Pure; periods are half-open."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

LONDON = ZoneInfo("Europe/London")
MINUS = "−"
MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip


def london_day(day: date) -> date:
    """The date itself, or the day in London of a moment with a time zone."""
    if isinstance(day, datetime):
        return (day.astimezone(LONDON) if day.tzinfo else day).date()
    return day


def long_date(day: date) -> str:
    """ "1 September 2026": for sentences. A moment in time is read in London."""
    local = london_day(day)
    return f"{local.day} {MONTHS[local.month - 1]} {local.year}"


def short_date(day: date) -> str:
    """ "1 Sep 2026": for tables. A moment in time is read in London."""
    local = london_day(day)
    return f"{local.day} {MONTHS[local.month - 1][:3]} {local.year}"


def month_words(day: date) -> str:
    """ "September 2026"."""
    return f"{MONTHS[day.month - 1]} {day.year}"


def period_words(start: date, end: date) -> str:
    """The half-open period ``[start, end)`` by its first and last day.

    Whole months read "April 2026 to March 2027", anything else "1 September 2026 to 14 May 2027", one month or one
    day alone once. Refuses a period that is empty.
    """
    start, end = london_day(start), london_day(end)
    if end <= start:
        raise ValueError(f"A period must end after it starts: {start} to {end}.")
    last = end - timedelta(days=1)
    words = month_words if start.day == 1 and end.day == 1 else long_date
    first, final = words(start), words(last)
    return first if first == final else f"{first} to {final}"
