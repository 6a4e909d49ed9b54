"""How a subscription may be paid, and over which year it runs. No database, no clock."""

from datetime import date

from marketplace.core.errors import WrongInput
from marketplace.core.periods import Period, add_months
from subscriptions.agreements.rules.forms import Billing, Every, Prorate, Timing

BILLINGS = [(f"{every}:{timing}", f"{every.words}, {timing.words.lower()}") for every in Every for timing in Timing]
"""Every way to pay: its code and its words ("year:advance", "Once a year, in advance")."""


def billing_of(code: str, prorate: Prorate) -> Billing:
    """The terms of payment of that code. Refuses one that there is not."""
    if code not in dict(BILLINGS):
        raise WrongInput(f"Payment must be one of: {', '.join(words for _, words in BILLINGS)}")
    every, timing = code.split(":")
    return Billing(every=Every(every), timing=Timing(timing), prorate=prorate)


def billing_words(code: str) -> str:
    return dict(BILLINGS).get(code, code)


def check_year_from(text: str) -> str:
    """ "09-01" or WrongInput; 29 February begins no year."""
    try:
        day = date(2027, int(text[:2]), int(text[3:]))
    except ValueError:
        day = None
    if day is None or f"{day:%m-%d}" != text:
        raise WrongInput("The year must begin on a day like 09-01, month first")
    return text


def year_with(day: date, year_from: str) -> Period:
    """The year of a subscription in which the day lies."""
    start = date(day.year, int(year_from[:2]), int(year_from[3:]))
    if start > day:
        start = start.replace(year=day.year - 1)
    return Period(start, add_months(start, 12))
