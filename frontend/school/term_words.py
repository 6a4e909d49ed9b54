"""How a service is agreed for a term, in a school's words: how long, each year's price, notice, and the terms accepted."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from frontend.formats import long_date, period, plural
from invoicing.vat.treatment import VatTreatment
from marketplace.core.money import Money, TaxedAmount
from subscriptions.models import TermsDocument
from subscriptions.queries import terms_by_code
from subscriptions.slas.rules.terms import TermPlan


@dataclass(frozen=True)
class TermWords:
    """For ``term_box`` of school/_term.html. ``years`` is empty where there is one year only."""

    sentences: list[str]
    years: list[dict[str, Any]]
    whole: TaxedAmount


def term_words(plan: TermPlan | None, vat: VatTreatment) -> TermWords | None:
    """What the buyer agrees to beyond the first invoice; None where it is delivered once."""
    if plan is None:
        return None
    years = [
        {"text": f"Year {number}, {period(year.valid.start, year.valid.end)}", "pence": year.pence}
        for number, year in enumerate(plan.years, start=1)
    ]
    return TermWords(
        sentences=[_length(plan), *_price(plan), *_ending(plan)],
        years=years if len(years) > 1 else [],
        whole=TaxedAmount.at(Money(plan.pence), vat.rate),
    )


def _length(plan: TermPlan) -> str:
    term = period(plan.term.start, plan.term.end)
    if len(plan.years) == 1:
        return f"Agreed for {term}."
    whole = sum(year.whole for year in plan.years)
    part = "" if plan.first.whole else "a part-year and "
    return f"Agreed for {part}{plural(whole, 'year')}: {term}."


def _price(plan: TermPlan) -> list[str]:
    if len(plan.years) == 1:
        return []
    if plan.frozen:
        return ["The price stays the same in every year. Each later year is invoiced when it begins."]
    rise = f"{plan.rules.uplift.normalize():f}%"
    frozen = plan.rules.frozen_years
    since = "each year" if frozen == 1 else f"each year after {frozen} years"
    return [f"The price rises by {rise} {since}. Each later year is invoiced when it begins."]


def _ending(plan: TermPlan) -> list[str]:
    if plan.rules.renewal == "none":
        return ["It ends with its term; nothing is invoiced after that."]
    if not plan.rules.notice_weeks:
        return []
    last = long_date(plan.term.end - timedelta(weeks=plan.rules.notice_weeks))
    how = "it renews by itself" if plan.rules.renewal == "automatic" else "so that it ends with its term"
    words = (
        f"Give notice by {last}, or {how}." if plan.rules.renewal == "automatic" else f"Give notice by {last} {how}."
    )
    return [words]


def documents_of(plans: Iterable[TermPlan | None], on: date) -> list[TermsDocument]:
    """The versions of terms of service that hold for what is agreed on a day; no query where nothing is."""
    codes = {plan.rules.document for plan in plans if plan is not None}
    return sorted(terms_by_code(codes, on).values(), key=lambda one: one.code) if codes else []
