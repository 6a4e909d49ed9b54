"""Sentences that several of a school's pages share: the steps of a price, what cancelling costs."""

from datetime import date
from typing import Any

from catalogue.lengths import length_of
from catalogue.models import CourseRun, Offer
from catalogue.rules.cancellation import Basis, Length, ladder, late_is_absent, not_attended, substitution_until
from catalogue.rules.quotes import Quote
from frontend.formats import long_date
from frontend.policy_words import rung_words


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
    length = length_of(run)
    moved = run.free_cancelling_until
    rungs = ladder(offer.cancellation, run.starts_on, mode=run.mode, free_until=moved)
    lines = [f"{rung_words(rung, length)}." for rung in rungs if rung.last is None or rung.last >= on]
    return [*lines, _substitution(offer, run), *_without_price(offer, run, length)]


def _substitution(offer: Offer, run: CourseRun) -> str:
    last = substitution_until(offer.cancellation, run.starts_at)
    until = "" if last == run.starts_on else f" until {long_date(last)}"
    return f"Send someone else at no cost{until}."


def _without_price(offer: Offer, run: CourseRun, length: Length) -> list[str]:
    """What places without a price cost where nobody comes, and whether lateness counts as that."""
    fees = {
        basis: not_attended(offer.cancellation, mode=run.mode, basis=basis, length=length)
        for basis in (Basis.FREE, Basis.INCLUDED)
    }
    lines = []
    if fees[Basis.FREE] and fees[Basis.FREE] == fees[Basis.INCLUDED]:
        lines.append(f"A free or included place costs {fees[Basis.FREE]} before VAT if nobody comes.")
    else:
        lines += [f"A free place costs {fees[Basis.FREE]} before VAT if nobody comes."] if fees[Basis.FREE] else []
        if fees[Basis.INCLUDED]:
            lines.append(f"An included place stays used and costs {fees[Basis.INCLUDED]} before VAT if nobody comes.")
    return lines + (["Who arrives late counts as not having come."] if late_is_absent(offer.cancellation) else [])
