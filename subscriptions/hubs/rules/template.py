"""From a call's terms to the parts of a contract: how much hangs on which term's outputs and on which year's outcomes. Pure.

The whole value is split once into three sums, in this order: ``outputs`` of it, ``outcomes`` of it, and the rest, which is
paid on time. Each is then split by largest remainder: what hangs on outputs, and the rest, over the terms by their
months; what hangs on outcomes over the years by their months, and within a year by weight. So all parts add up to the value.

| £1,000.00 × 36 months, 70% on outputs, 30% on outcomes 50/30/20, cut off in December, April and August | |
|---|---|
| each of nine terms of four months | £2,800.00 |
| each of three years | £1,800.00, £1,080.00, £720.00 |
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

from marketplace.core.errors import WrongInput
from marketplace.core.money import Money, round_half_up
from marketplace.core.periods import Period, add_months, days_in_month
from marketplace.core.wording import period_words

SCHOOL_TERMS = {9: "Autumn", 1: "Spring", 5: "Summer"}
PARTIAL = ("whole", "proportional", "steps")


@dataclass(frozen=True)
class Wanted:
    """One thing that is to be shown; figures in its unit. ``weight`` is its share among those of its kind."""

    code: str
    name: str
    weight: Decimal = Decimal(1)
    definition: str = ""
    unit: str = ""
    baseline: Decimal | None = None
    target: Decimal | None = None
    tolerance: Decimal = Decimal(0)
    partial: str = "whole"
    steps: tuple[tuple[Decimal, Decimal], ...] = ()
    evidence_types: tuple[str, ...] = ()
    counts: str = ""


@dataclass(frozen=True)
class Template:
    """``outputs`` and ``outcomes`` are shares of the value, together at most 1; what is left is paid on time.

    A statement is cut off at the end of each of ``cut_off_months`` and paid on ``pay_day`` of the month after. Outcomes are
    claimed from the first of ``review_month`` of each year. ``due_days`` is how long after a term its outputs may be claimed.
    """

    outputs: Decimal
    outcomes: Decimal
    output_measures: tuple[Wanted, ...] = (Wanted("outputs", "Outputs"),)
    outcome_measures: tuple[Wanted, ...] = ()
    cut_off_months: tuple[int, ...] = (12, 4, 8)
    pay_day: int = 25
    review_month: int = 7
    due_days: int = 14
    decide_days: int = 10


@dataclass(frozen=True)
class Part:
    """One amount of the contract. ``kind`` is output, outcome or nothing; ``wanted`` is what it hangs on."""

    code: str
    name: str
    kind: str
    pence: int
    service: Period
    claimed_from: date
    due_on: date
    wanted: Wanted | None = None


@dataclass(frozen=True)
class PayDay:
    """One statement: from when, cut off on which last day, paid when (before weekends are looked at)."""

    service_from: date
    cut_off: date
    pay_on: date


@dataclass(frozen=True)
class Plan:
    """All that a contract under a template needs; the parts add up to ``value``."""

    value: Money
    parts: tuple[Part, ...]
    pay_days: tuple[PayDay, ...]
    reviews: tuple[date, ...]


def check(template: Template) -> None:
    """Refuses a template that cannot be worked with, in a sentence that says what to mend."""
    share = template.outputs + template.outcomes
    if template.outputs < 0 or template.outcomes < 0 or not 0 < share <= 1:
        raise WrongInput("What hangs on outputs and on outcomes must be more than 0% and at most 100% together")
    if template.outputs and not template.output_measures:
        raise WrongInput("Say which outputs are to be shown, or let nothing hang on outputs")
    if template.outcomes and not template.outcome_measures:
        raise WrongInput("Say which outcomes are to be shown, or let nothing hang on outcomes")
    for wanted in (template.output_measures, template.outcome_measures):
        if len({one.code for one in wanted}) != len(wanted):
            raise WrongInput("Two measures have the same name. Give each its own.")
        if any(one.weight <= 0 for one in wanted):
            raise WrongInput("Each weight must be more than 0")
        if any(one.partial != "whole" and one.target is None for one in wanted):
            raise WrongInput("A measure that pays in part needs a target")
    months = template.cut_off_months
    if not months or len(set(months)) != len(months) or not set(months) <= set(range(1, 13)):
        raise WrongInput("Choose at least one month at whose end a statement is cut off")
    if not 1 <= template.pay_day <= 28 or not 1 <= template.review_month <= 12:
        raise WrongInput("Payment day must be from 1 to 28, and the month of the review from 1 to 12")


def plan(template: Template, term: Period, value: Money) -> Plan:
    """What a contract of that term and value is made of. The term begins and ends with a month (WrongInput otherwise)."""
    check(template)
    if term.start.day != 1 or term.end.day != 1:
        raise WrongInput("The term must begin on the first day of a month and end on the last day of one")
    terms, years = list(_terms(template, term)), list(_years(term))
    outputs = round_half_up(value.pence * template.outputs)
    outcomes = round_half_up(value.pence * (template.outputs + template.outcomes)) - outputs
    parts = [
        *_by_term(template, terms, outputs, last=term.last_day),
        *_by_year(template, years, outcomes),
        *_on_time(terms, value.pence - outputs - outcomes),
    ]
    pay_days = tuple(PayDay(one.start, one.last_day, _day_after(one, template.pay_day)) for one in terms)
    reviews = tuple(_review(template, year)[1] for year in years)
    return Plan(value, tuple(one for one in parts if one.pence), pay_days, reviews)


def _terms(template: Template, term: Period) -> Iterator[Period]:
    """The whole term cut at the end of each month in which a statement is cut off."""
    start = term.start
    for month in term.months():
        if month.start.month in template.cut_off_months or month.end == term.end:
            yield Period(start, month.end)
            start = month.end


def _years(term: Period) -> Iterator[Period]:
    start = term.start
    while start < term.end:
        end = min(add_months(start, 12), term.end)
        yield Period(start, end)
        start = end


def _months(periods: Iterable[Period]) -> list[int]:
    return [len(list(one.months())) for one in periods]


def _by_term(template: Template, terms: Sequence[Period], pence: int, *, last: date) -> Iterator[Part]:
    """What hangs on outputs: each term's sum, split by weight over what is to be shown in it."""
    wanted = template.output_measures
    if not pence:
        return
    for one, whole in zip(terms, Money(pence).split(_months(terms)), strict=True):
        due = min(one.last_day + timedelta(days=template.due_days), last)
        for thing, part in zip(wanted, whole.split([each.weight for each in wanted]), strict=True):
            name = f"{term_words(one)} {thing.name[0].lower()}{thing.name[1:]}"
            yield Part(f"{_slug(one)}-{thing.code}"[:40], name, "output", part.pence, one, one.start, due, thing)


def _by_year(template: Template, years: Sequence[Period], pence: int) -> Iterator[Part]:
    wanted = template.outcome_measures
    if not pence:
        return
    for at, (one, whole) in enumerate(zip(years, Money(pence).split(_months(years)), strict=True), start=1):
        claimed_from, due = _review(template, one)
        for thing, part in zip(wanted, whole.split([each.weight for each in wanted]), strict=True):
            yield Part(
                f"year-{at}-{thing.code}"[:40], f"{thing.name}, year {at}", "outcome", part.pence, one, claimed_from,
                due, thing,
            )  # fmt: skip


def _on_time(terms: Sequence[Period], pence: int) -> Iterator[Part]:
    if not pence:
        return
    for one, part in zip(terms, Money(pence).split(_months(terms)), strict=True):
        name = f"{term_words(one)} service part"
        yield Part(f"{_slug(one)}-service", name, "nothing", part.pence, one, one.start, one.last_day)


def _review(template: Template, year: Period) -> tuple[date, date]:
    """The first and the last day of the year's month of review; of its last month where it has none."""
    found = [one for one in year.months() if one.start.month == template.review_month]
    month = found[-1] if found else list(year.months())[-1]
    return month.start, month.last_day


def _day_after(term: Period, day: int) -> date:
    return term.end.replace(day=min(day, days_in_month(term.end.year, term.end.month)))


def term_words(term: Period) -> str:
    """ "Autumn 2026" for a school's term of four months, else its days."""
    if term.start.month in SCHOOL_TERMS and len(list(term.months())) == 4:
        return f"{SCHOOL_TERMS[term.start.month]} {term.start.year}"
    return period_words(term.start, term.end)


def _slug(term: Period) -> str:
    return term_words(term).lower().replace(" ", "-") if len(list(term.months())) == 4 and term.start.month in SCHOOL_TERMS else f"{term.start:%Y-%m}"  # fmt: skip


# As it is kept with a call: plain JSON, figures as words.


def kept(template: Template) -> dict[str, Any]:
    """The template as a call keeps it."""
    return {
        "outputs": str(template.outputs), "outcomes": str(template.outcomes),
        "cut_off_months": list(template.cut_off_months), "pay_day": template.pay_day,
        "review_month": template.review_month, "due_days": template.due_days, "decide_days": template.decide_days,
        "output_measures": [_kept(one) for one in template.output_measures],
        "outcome_measures": [_kept(one) for one in template.outcome_measures],
    }  # fmt: skip


def read(terms: Mapping[str, Any]) -> Template:
    """A template from what was kept; WrongInput where something is missing or no figure."""
    try:
        return Template(
            outputs=Decimal(terms["outputs"]), outcomes=Decimal(terms["outcomes"]),
            output_measures=tuple(_read(one) for one in terms["output_measures"]),
            outcome_measures=tuple(_read(one) for one in terms["outcome_measures"]),
            cut_off_months=tuple(terms["cut_off_months"]), pay_day=terms["pay_day"],
            review_month=terms["review_month"], due_days=terms["due_days"], decide_days=terms["decide_days"],
        )  # fmt: skip
    except (KeyError, InvalidOperation) as error:
        raise WrongInput("The terms of this call are not whole. Enter them again.") from error


def _kept(wanted: Wanted) -> dict[str, Any]:
    def words(figure: Decimal | None) -> str | None:
        return None if figure is None else str(figure)

    return {
        "code": wanted.code, "name": wanted.name, "weight": str(wanted.weight), "definition": wanted.definition,
        "unit": wanted.unit, "baseline": words(wanted.baseline), "target": words(wanted.target),
        "tolerance": str(wanted.tolerance), "partial": wanted.partial,
        "steps": [[str(a), str(b)] for a, b in wanted.steps], "evidence_types": list(wanted.evidence_types),
        "counts": wanted.counts,
    }  # fmt: skip


def _read(one: Mapping[str, Any]) -> Wanted:
    def figure(words: str | None) -> Decimal | None:
        return None if words is None else Decimal(words)

    return Wanted(
        code=one["code"], name=one["name"], weight=Decimal(one["weight"]), definition=one["definition"],
        unit=one["unit"], baseline=figure(one["baseline"]), target=figure(one["target"]),
        tolerance=Decimal(one["tolerance"]), partial=one["partial"],
        steps=tuple((Decimal(a), Decimal(b)) for a, b in one["steps"]), evidence_types=tuple(one["evidence_types"]),
        counts=one["counts"],
    )  # fmt: skip
