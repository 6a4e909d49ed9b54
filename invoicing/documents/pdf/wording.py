"""How amounts, dates, quantities and VAT treatments read on paper. Pure; the same words as on the pages."""

from datetime import date, timedelta
from decimal import Decimal

from marketplace.core.money import Money
from marketplace.core.wording import MINUS, long_date, period_words, short_date

__all__ = ["long_date", "money", "quantity", "service_dates", "short_date", "vat_note", "vat_words"]

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


def service_dates(start: date | None, end: date | None) -> str:
    """The half-open period ``[start, end)`` in words; "" when there is none.

    With only a start: "from 1 September 2026"; only an end: "to 14 May 2027". Refuses an empty period.
    """
    if start is None or end is None:
        if start:
            return f"from {long_date(start)}"
        return f"to {long_date(end - timedelta(days=1))}" if end else ""
    return period_words(start, end)


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
