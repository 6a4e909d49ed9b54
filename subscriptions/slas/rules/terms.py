"""What a service costs over its whole term: the first part-year, then each year at its agreed price.

| £3,600.00 a year from April, agreed from 1 September | years agreed | charged |
|---|---|---|
| by months | 1 | 7/12: £2,100.00 |
| by days | 1 | 212/365: £2,090.96 |
| by months, the part-year before the years agreed | 1 | £2,100.00, then £3,600.00 |
| by months, 4% more each year | 3 | £2,100.00, then £3,744.00, £3,893.76 |

Each year is rounded half up to a penny once, from the first year's price and never from another year's.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any

from marketplace.core.money import round_half_up
from marketplace.core.periods import Period, add_months
from subscriptions.agreements.rules.forms import CreditRule, Prorate
from subscriptions.agreements.rules.sharing import share

MONTHS_OF_A_YEAR = 12
MOST_YEARS = 7
DOCUMENT = "services"
"""The code of the terms that apply where an offer names no others."""


class PartYear(StrEnum):
    """How a part-year up to the customer's own year counts."""

    FIRST = "first"
    BEFORE = "before"

    @property
    def words(self) -> str:
        return {
            "first": "It is the first of the years agreed",
            "before": "It comes before the years agreed",
        }[self.value]


@dataclass(frozen=True)
class TermRules:
    """How an offer is agreed for a term. Without any said, a term begins on its first day and binds to nothing further.

    ``years`` are those that a buyer may choose (empty: any). ``year_starts`` ("MM-DD") is where the buyer's own year
    begins; empty, a year begins with the service. The price stays for ``frozen_years`` and then rises by ``uplift`` per
    cent a year.
    """

    months: int = MONTHS_OF_A_YEAR
    years: tuple[int, ...] = ()
    year_starts: str = ""
    part_year: PartYear = PartYear.FIRST
    prorate: Prorate = Prorate.MONTHS
    uplift: Decimal = Decimal(0)
    frozen_years: int = 1
    notice_weeks: int = 0
    renewal: str = "ask"
    credit: CreditRule = CreditRule.MONTHS
    document: str = DOCUMENT


@dataclass(frozen=True)
class TermYear:
    """One year of a term: ``base_pence`` buys ``base``, of which ``valid`` is agreed for ``pence`` before VAT."""

    base: Period
    valid: Period
    base_pence: int
    pence: int

    @property
    def whole(self) -> bool:
        return self.base == self.valid


@dataclass(frozen=True)
class TermPlan:
    """A whole term, year by year. Its first year is charged with the order, each later one when it begins."""

    rules: TermRules
    years: tuple[TermYear, ...]

    @property
    def term(self) -> Period:
        return Period(self.years[0].valid.start, self.years[-1].valid.end)

    @property
    def first(self) -> TermYear:
        return self.years[0]

    @property
    def pence(self) -> int:
        """Before VAT, over the whole term."""
        return sum(year.pence for year in self.years)

    @property
    def frozen(self) -> bool:
        """Whether every year is at one price."""
        return len({year.base_pence for year in self.years}) == 1


def starts_in(rules: TermRules, first_day: date) -> date | None:
    """The first day of the customer's own year in which ``first_day`` lies; None where a year begins with the service."""
    if not rules.year_starts or rules.months != MONTHS_OF_A_YEAR:
        return None
    month, day = int(rules.year_starts[:2]), int(rules.year_starts[3:])
    starts = date(first_day.year, month, day)
    return starts if starts <= first_day else date(first_day.year - 1, month, day)


def plan_of(rules: TermRules, *, first_day: date, years: int, year_pence: int) -> TermPlan:
    """The term of so many years from a day on, where one year costs ``year_pence`` before VAT today."""
    starts = starts_in(rules, first_day) or first_day
    apart = starts != first_day and rules.part_year == PartYear.BEFORE
    found = []
    for index in range(years + apart):
        base = Period(add_months(starts, rules.months * index), add_months(starts, rules.months * (index + 1)))
        pence = price_of_year(rules, year_pence, max(0, index - apart))
        valid = Period(max(base.start, first_day), base.end)
        found.append(TermYear(base, valid, pence, share(pence, base, valid, rules.prorate)))
    return TermPlan(rules, tuple(found))


def price_of_year(rules: TermRules, year_pence: int, index: int) -> int:
    """What a whole year costs, counted from 0, with the agreed uplift."""
    raised = index - rules.frozen_years + 1
    if raised <= 0 or not rules.uplift:
        return year_pence
    return round_half_up(year_pence * (1 + rules.uplift / 100) ** raised)


def part_words(plan: TermPlan) -> str:
    """Of the first part-year, why it costs less than a year; nothing where it is a whole one."""
    first, base = plan.first, plan.first.base
    if first.whole:
        return ""
    if plan.rules.prorate == Prorate.FULL:
        return "The full year is charged, however late one joins"
    if plan.rules.prorate == Prorate.DAYS:
        return f"Only {first.valid.days:,} of {base.days:,} days, to {_day(first.valid)}"
    months = share(1_000 * MONTHS_OF_A_YEAR, base, first.valid, Prorate.MONTHS) // 1_000
    return f"Only {months} of {MONTHS_OF_A_YEAR} months, to {_day(first.valid)}"


def _day(period: Period) -> str:
    return f"{period.last_day:%-d %B %Y}"


def as_json(plan: TermPlan) -> dict[str, Any]:
    """What an order line keeps of its term, so that what was agreed stays when the offer's terms change."""
    rules = plan.rules
    return {
        "months": rules.months, "starts": rules.year_starts, "part": str(rules.part_year), "prorate": str(rules.prorate),
        "uplift": str(rules.uplift), "frozen": rules.frozen_years, "notice": rules.notice_weeks,
        "renewal": rules.renewal, "credit": str(rules.credit), "document": rules.document,
        "years": _years_asked(plan), "year_pence": plan.first.base_pence,
    }  # fmt: skip


def _years_asked(plan: TermPlan) -> int:
    apart = not plan.first.whole and plan.rules.part_year == PartYear.BEFORE
    return len(plan.years) - 1 if apart else len(plan.years)


def read_json(kept: dict[str, Any], first_day: date) -> TermPlan:
    """The term that an order line kept, from its first day on."""
    rules = TermRules(
        months=kept["months"], year_starts=kept["starts"], part_year=PartYear(kept["part"]),
        prorate=Prorate(kept["prorate"]), uplift=Decimal(kept["uplift"]), frozen_years=kept["frozen"],
        notice_weeks=kept["notice"], renewal=kept["renewal"], credit=CreditRule(kept["credit"]),
        document=kept["document"],
    )  # fmt: skip
    return plan_of(rules, first_day=first_day, years=kept["years"], year_pence=kept["year_pence"])


def years_words(years: Sequence[int]) -> str:
    """ "1, 3 or 5 years"."""
    words = [str(year) for year in years]
    last = words[-1] if len(words) == 1 else f"{', '.join(words[:-1])} or {words[-1]}"
    return f"{last} year" if words == ["1"] else f"{last} years"
