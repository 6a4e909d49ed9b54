"""How amounts, dates, quantities and VAT treatments read on paper. Pure; the same words as on the pages."""

from datetime import date, timedelta
from decimal import Decimal

from marketplace.core.money import Money

MINUS = "−"
_MONTHS = [
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
]
_TREATMENTS = {
    "E": "Exempt",
    "O": "Outside the scope",
    "AE": "Reverse charge",
}
# Value Added Tax Regulations 1995 (SI 1995/2518) reg. 14: a reverse-charged invoice says who accounts for the VAT.
REVERSE_CHARGE = "Reverse charge: the customer accounts for the VAT to HM Revenue & Customs"


def money(pence: int) -> str:
    """123450 → "£1,234.50", -1975 → "−£19.75" with a true minus. Refuses anything but whole pence."""
    return str(Money(pence))


def long_date(day: date) -> str:
    """ "1 September 2026"."""
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"


def short_date(day: date) -> str:
    """ "1 Sep 2026": for tables."""
    return f"{day.day} {_MONTHS[day.month - 1][:3]} {day.year}"


def service_dates(start: date | None, end: date | None) -> str:
    """The half-open period ``[start, end)`` by its first and last day; "" when there is none.

    Whole months read "April 2026 to March 2027", anything else "1 September 2026 to 14 May 2027", one day
    alone "1 September 2026". With only a start: "from 1 September 2026"; only an end: "to 14 May 2027".
    Refuses a period that ends before it starts.
    """
    if start is None or end is None:
        if start:
            return f"from {long_date(start)}"
        return f"to {long_date(end - timedelta(days=1))}" if end else ""
    if end <= start:
        raise ValueError(f"A period must end after it starts: {start} to {end}.")
    last = end - timedelta(days=1)
    if start.day == 1 and end.day == 1:
        first, final = _month(start), _month(last)
    else:
        first, final = long_date(start), long_date(last)
    return first if first == final else f"{first} to {final}"


def quantity(number: Decimal) -> str:
    """ "1", "0.5", "1,250" with a true minus: no zeros that say nothing."""
    text = f"{abs(number):,f}"
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return f"{MINUS}{text}" if number < 0 else text


def vat_words(category: str, rate: Decimal) -> str:
    """The EN 16931 category in a school's words; ``rate`` is a fraction. Refuses an unknown category.

    | category | reads |
    |---|---|
    | S, 0.20 | 20% |
    | Z | 0% zero rated |
    | E | Exempt |
    | O | Outside the scope |
    | AE | Reverse charge |
    """
    if category == "S":
        return f"{quantity(rate * 100)}%"
    if category == "Z":
        return "0% zero rated"
    if category not in _TREATMENTS:
        raise ValueError(f"Unknown VAT category {category!r}.")
    return _TREATMENTS[category]


def vat_note(category: str, rate: Decimal, reason: str) -> str:
    """Why a line bears no VAT, as the note beneath the lines says it; "" where nothing needs saying."""
    if category == "S":
        return ""
    label = {"Z": "Zero rated"}.get(category, vat_words(category, rate))
    if category == "AE":
        return REVERSE_CHARGE if not reason else f"{REVERSE_CHARGE}. {_sentence(reason)}"
    if not reason:
        return label
    said = reason.casefold().removeprefix("vat ").startswith(label.casefold())
    return _sentence(reason) if said else f"{label}: {reason}"


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]


def _month(day: date) -> str:
    return f"{_MONTHS[day.month - 1]} {day.year}"
