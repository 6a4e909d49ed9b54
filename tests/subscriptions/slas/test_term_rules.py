"""What a term costs, year by year: part-years, prices that stay or rise, and what an order keeps of it."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.core.periods import Period
from subscriptions.agreements.rules.forms import Prorate
from subscriptions.slas.rules.terms import PartYear, TermPlan, TermRules, as_json, part_words, plan_of, read_json

SEPTEMBER, APRIL = date(2026, 9, 1), date(2026, 4, 1)


def plan(*, years: int = 1, pence: int = 360_000, first: date = SEPTEMBER, **rules: object) -> TermPlan:
    given_rules = TermRules(**{"year_starts": "04-01", **rules})  # type: ignore[arg-type]
    return plan_of(given_rules, first_day=first, years=years, year_pence=pence)


@pytest.mark.parametrize(
    ("rules", "years", "pence"),
    [
        ({}, 1, [210_000]),
        ({"prorate": Prorate.DAYS}, 1, [209_096]),
        ({"prorate": Prorate.FULL}, 1, [360_000]),
        ({"part_year": PartYear.BEFORE}, 1, [210_000, 360_000]),
        ({"uplift": Decimal(4)}, 3, [210_000, 374_400, 389_376]),
        ({"uplift": Decimal(4), "frozen_years": 2}, 3, [210_000, 360_000, 374_400]),
        ({"uplift": Decimal(4), "part_year": PartYear.BEFORE}, 2, [210_000, 360_000, 374_400]),
        ({"year_starts": ""}, 2, [360_000, 360_000]),
        ({"first": APRIL}, 2, [360_000, 360_000]),
        ({"first": date(2027, 3, 31)}, 1, [30_000]),
        ({"months": 15, "year_starts": "04-01"}, 1, [360_000]),
    ],
)
def test_each_year_costs_what_was_agreed(rules: dict[str, object], years: int, pence: list[int]) -> None:
    assert [year.pence for year in plan(years=years, **rules).years] == pence  # type: ignore[arg-type]


def test_a_transitional_part_year_leads_to_the_schools_own_year() -> None:
    found = plan(years=2, part_year=PartYear.BEFORE)
    assert [year.valid for year in found.years] == [
        Period(SEPTEMBER, date(2027, 4, 1)), Period(date(2027, 4, 1), date(2028, 4, 1)),
        Period(date(2028, 4, 1), date(2029, 4, 1)),
    ]  # fmt: skip
    assert found.years[0].base == Period(APRIL, date(2027, 4, 1))
    # 7/12 of the one year and 5/12 of the next make a whole one
    assert found.first.pence + plan(first=date(2026, 11, 1)).first.pence == 360_000


@pytest.mark.parametrize(
    ("prorate", "words"),
    [
        (Prorate.MONTHS, "Only 7 of 12 months, to 31 March 2027"),
        (Prorate.DAYS, "Only 212 of 365 days, to 31 March 2027"),
        (Prorate.FULL, "The full year is charged, however late one joins"),
    ],
)
def test_a_part_year_says_why_it_costs_less(prorate: Prorate, words: str) -> None:
    assert part_words(plan(prorate=prorate)) == words
    assert part_words(plan(prorate=prorate, first=APRIL)) == ""


RULES = st.builds(
    TermRules,
    year_starts=st.sampled_from(["", "04-01", "09-01"]),
    part_year=st.sampled_from(PartYear),
    prorate=st.sampled_from(Prorate),
    uplift=st.decimals(0, 25, places=2),
    frozen_years=st.integers(1, 3),
)
DAYS = st.dates(date(2025, 1, 1), date(2029, 12, 31)).filter(lambda day: (day.month, day.day) != (2, 29))


@given(rules=RULES, first=DAYS, years=st.integers(1, 5), pence=st.integers(0, 10_000_000))
def test_every_day_of_the_term_is_priced_once_and_the_order_keeps_it(
    rules: TermRules, first: date, years: int, pence: int
) -> None:
    found = plan_of(rules, first_day=first, years=years, year_pence=pence)
    assert found.years[0].valid.start == first
    for before, after in zip(found.years, found.years[1:], strict=False):
        assert before.valid.end == after.valid.start and after.whole
        assert before.base_pence <= after.base_pence
    assert 0 <= found.first.pence <= pence
    assert len(found.years) in (years, years + 1)
    kept = read_json(as_json(found), first)
    assert kept.years == found.years
