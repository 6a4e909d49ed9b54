"""Sentences that several of a school's pages share: the steps of a price, what cancelling costs."""

from datetime import date
from decimal import Decimal
from typing import Any

from catalogue.models import CourseRun, Offer
from catalogue.rules.cancellation import Rung, ladder
from catalogue.rules.quotes import Quote
from frontend.formats import long_date


def steps_of(quote: Quote) -> list[dict[str, Any]]:
    """The working of a price for the list of steps, with VAT as the last one before the total."""
    steps = [*quote.steps, quote.vat_step]
    return [{"text": step.text, "pence": step.pence} for step in steps]


def cancelling_words(offer: Offer, run: CourseRun | None, on: date) -> list[str]:
    """What changing one's mind costs, by date where one is chosen: "Free until 17 March 2027"."""
    if offer.kind != Offer.Kind.COURSE:
        return []
    if run is None:
        return ["Send someone else at no cost."]
    rungs = [rung for rung in ladder(offer.cancellation, run.starts_on) if rung.last is None or rung.last >= on]
    return [f"{rung_words(rung)}." for rung in rungs] + ["Send someone else at no cost."]


def rung_words(rung: Rung) -> str:
    """ "Free until 17 March 2027"; "From 18 March 2027 the full price stays owed"."""
    if rung.percent == 0:
        return f"Free until {long_date(rung.last)}" if rung.last else "Free"
    owed = "the full price stays owed" if rung.percent == Decimal(100) else f"{percent(rung.percent)} stays owed"
    since = f"From {long_date(rung.first)} " if rung.first else ""
    until = f" until {long_date(rung.last)}" if rung.last else ""
    return f"{since}{owed}{until}"


def percent(figure: Decimal) -> str:
    return f"{figure.normalize():f}%"
