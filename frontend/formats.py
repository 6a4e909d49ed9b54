"""How money, dates and states read on every page, e-mail and document: one function each, pure.

Amounts are integer pence and periods are half-open dates ``[start, end)``, as they are stored; what comes out
is what a school reads. Every function refuses what it cannot say truly (a float, an empty period, an unknown
state).
"""

from datetime import date, datetime, time, timedelta
from decimal import ROUND_HALF_UP, Decimal
from zoneinfo import ZoneInfo

LONDON = ZoneInfo("Europe/London")
MINUS = "−"
MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)


def money(pence: int) -> str:
    """Pence as pounds with two decimals: 123450 → "£1,234.50", -1975 → "−£19.75" with a true minus."""
    whole = _pence(pence)
    pounds, rest = divmod(abs(whole), 100)
    return f"{MINUS if whole < 0 else ''}£{pounds:,}.{rest:02d}"


def money_whole(pence: int) -> str:
    """Pence as whole pounds, rounded half up; for charts and forecasts only: 1840050 → "£18,401"."""
    whole = _pence(pence)
    pounds = (abs(whole) + 50) // 100
    return f"{MINUS if whole < 0 and pounds else ''}£{pounds:,}"


def _pence(value: object) -> int:
    """The amount in pence; refuses a float, a bool or text, which would hide a mistake in the caller."""
    whole = getattr(value, "pence", value)
    if isinstance(whole, bool) or not isinstance(whole, int):
        raise TypeError(f"An amount must be whole pence, not {value!r}.")
    return whole


def long_date(day: date) -> str:
    """ "1 September 2026": for sentences. A moment in time is read in London."""
    local = _london_day(day)
    return f"{local.day} {MONTHS[local.month - 1]} {local.year}"


def short_date(day: date) -> str:
    """ "1 Sep 2026": for tables. A moment in time is read in London."""
    local = _london_day(day)
    return f"{local.day} {MONTHS[local.month - 1][:3]} {local.year}"


def clock(moment: time | datetime) -> str:
    """ "10:30am", "5pm", "midday", "midnight". A moment with a time zone is read in London."""
    if isinstance(moment, datetime):
        moment = (moment.astimezone(LONDON) if moment.tzinfo else moment).time()
    if moment.minute == 0 and moment.hour in (0, 12):
        return "midday" if moment.hour else "midnight"
    hour = moment.hour % 12 or 12
    minutes = f":{moment.minute:02d}" if moment.minute else ""
    return f"{hour}{minutes}{'am' if moment.hour < 12 else 'pm'}"


def _london_day(day: date) -> date:
    if isinstance(day, datetime):
        return (day.astimezone(LONDON) if day.tzinfo else day).date()
    return day


def period(start: date, end: date) -> str:
    """The half-open period ``[start, end)`` by its first and last day.

    Whole months read "April 2026 to March 2027" (one alone "April 2026"), anything else
    "1 September 2026 to 14 May 2027" (one day alone "1 September 2026"). Refuses an empty period.
    """
    if end <= start:
        raise ValueError(f"A period must end after it starts: {start} to {end}.")
    last = end - timedelta(days=1)
    if start.day == 1 and end.day == 1:
        first, final = _month(start), _month(last)
    else:
        first, final = long_date(start), long_date(last)
    return first if first == final else f"{first} to {final}"


def _month(day: date) -> str:
    return f"{MONTHS[day.month - 1]} {day.year}"


def percent_change(now: int, before: int) -> str:
    """The change from ``before`` to ``now`` with one decimal, half up: "+4.2%", "−3.0%", "0.0%".

    Without a figure to compare with (``before`` is 0) it says "new", or "0.0%" when there is still nothing.
    """
    if before == 0:
        return "new" if now else "0.0%"
    change = Decimal(_pence(now) - _pence(before)) * 100 / abs(Decimal(before))
    rounded = change.quantize(Decimal("0.1"), rounding=ROUND_HALF_UP)
    sign = "+" if rounded > 0 else MINUS if rounded < 0 else ""
    return f"{sign}{abs(rounded):,}%"


def plural(count: int, one: str, many: str | None = None) -> str:
    """The count with its noun: plural(1, "place") → "1 place", plural(1200, "place") → "1,200 places"."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"


# The only place where a state gets its word and colour. The colour says who acts: yellow you, blue someone
# else, orange stopped or asked about, red late or refused, green settled, purple given back, grey not begun
# or over.
STATES: dict[str, tuple[str, str]] = {
    "draft": ("Draft", "grey"),
    "pending": ("To invoice", "blue"),
    "held": ("Held", "orange"),
    "ready": ("Ready", "yellow"),
    "issued": ("Issued", "blue"),
    "open": ("Open", "blue"),
    "part paid": ("Part paid", "blue"),
    "paid": ("Paid", "green"),
    "overdue": ("Overdue", "red"),
    "credited": ("Credited", "purple"),
    "cancelled": ("Cancelled", "grey"),
    "confirmed": ("Confirmed", "green"),
    "waiting": ("Waiting", "blue"),
    "in query": ("In query", "orange"),
    "unmatched": ("Not matched", "yellow"),
    "matched": ("Matched", "green"),
    "suggested": ("Suggested", "yellow"),
    "unidentified": ("Unidentified", "yellow"),
    "ignored": ("Left out", "grey"),
    "closed": ("Closed", "grey"),
    "withdrawn": ("Withdrawn", "grey"),
    "published": ("Published", "green"),
}


class UnknownState(LookupError):
    """A page asked for the tag of a state that has no word yet: add it to ``STATES``."""


def state_tag(state: str) -> dict[str, str]:
    """The word and colour of a state, however spelt ("part_paid", "PART_PAID"). Refuses an unknown one."""
    key = str(state).replace("_", " ").lower()
    if key not in STATES:
        raise UnknownState(f"No word and colour for the state {state!r}. Add it to frontend.formats.STATES.")
    word, colour = STATES[key]
    return {"text": word, "classes": f"govuk-tag--{colour}"}
