"""The pure rules of hubs: how a call's money hangs on outputs and outcomes, and who comes first."""

from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.core.errors import WrongInput
from marketplace.core.money import Money
from marketplace.core.periods import Period, add_months
from subscriptions.hubs.rules.ranking import Criterion, rank, spread
from subscriptions.hubs.rules.template import Template, Wanted, kept, plan, read
from tests.subscriptions.hubs.calling import OUTCOMES, TEMPLATE, TERM


def test_three_years_at_a_thousand_a_month_hang_on_terms_and_years_as_described():
    made = plan(TEMPLATE, TERM, Money(3_600_000))
    outputs = [one for one in made.parts if one.kind == "output"]
    outcomes = [one for one in made.parts if one.kind == "outcome"]
    assert [one.pence for one in outputs] == [280_000] * 9
    assert [one.pence for one in outcomes] == [180_000, 108_000, 72_000] * 3
    assert [one.name for one in outputs[:3]] == ["Autumn 2026 outputs", "Spring 2027 outputs", "Summer 2027 outputs"]
    assert (outputs[0].code, outcomes[0].code) == ("autumn-2026-outputs", "year-1-reading")
    assert (outcomes[0].claimed_from, outcomes[0].due_on) == (date(2027, 7, 1), date(2027, 7, 31))
    assert [(one.cut_off, one.pay_on) for one in made.pay_days[:3]] == [
        (date(2026, 12, 31), date(2027, 1, 25)), (date(2027, 4, 30), date(2027, 5, 25)),
        (date(2027, 8, 31), date(2027, 9, 25)),
    ]  # fmt: skip
    assert made.reviews == (date(2027, 7, 31), date(2028, 7, 31), date(2029, 7, 31))


def test_what_hangs_wholly_on_outcomes_has_no_outputs():
    made = plan(Template(Decimal(0), Decimal(1), outcome_measures=OUTCOMES), TERM, Money(3_600_000))
    assert [one.pence for one in made.parts] == [600_000, 360_000, 240_000] * 3
    assert len(made.pay_days) == 9


def test_what_is_left_is_paid_on_time():
    made = plan(Template(Decimal("0.5"), Decimal("0.3"), outcome_measures=OUTCOMES), TERM, Money(3_600_000))
    assert sum(one.pence for one in made.parts if one.kind == "nothing") == 720_000
    assert all(one.wanted is None for one in made.parts if one.kind == "nothing")


@given(
    pence=st.integers(1, 10_000_000), months=st.integers(1, 60), start=st.integers(1, 12),
    outputs=st.integers(0, 100), outcomes=st.integers(0, 100), weights=st.lists(st.integers(1, 99), min_size=1, max_size=4),
    cuts=st.sets(st.integers(1, 12), min_size=1),
)  # fmt: skip
def test_the_parts_always_add_up_to_the_value_and_the_statements_to_the_term(
    pence, months, start, outputs, outcomes, weights, cuts
):
    if not 0 < outputs + outcomes <= 100:
        return
    first = date(2026, start, 1)
    term = Period(first, add_months(first, months))
    wanted = tuple(Wanted(f"m{at}", f"Measure {at}", weight=Decimal(weight)) for at, weight in enumerate(weights))
    template = Template(
        Decimal(outputs) / 100, Decimal(outcomes) / 100, output_measures=wanted, outcome_measures=wanted,
        cut_off_months=tuple(sorted(cuts)),
    )  # fmt: skip
    made = plan(template, term, Money(pence))
    assert sum(one.pence for one in made.parts) == pence
    assert len({one.code for one in made.parts}) == len(made.parts)
    assert all(term.start <= one.service.start and one.service.end <= term.end for one in made.parts)
    assert all(one.claimed_from <= one.due_on <= term.last_day for one in made.parts)
    assert (made.pay_days[0].service_from, made.pay_days[-1].cut_off) == (term.start, term.last_day)
    assert read(kept(template)) == template


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"outputs": Decimal("0.8")}, "at most 100%"),
        ({"outcome_measures": ()}, "Say which outcomes"),
        ({"output_measures": (Wanted("a", "A"), Wanted("a", "B"))}, "same name"),
        ({"cut_off_months": ()}, "at least one month"),
        ({"pay_day": 31}, "Payment day"),
        ({"outcome_measures": (Wanted("a", "A", partial="proportional"),)}, "needs a target"),
    ],
)
def test_a_template_that_cannot_work_is_refused(changed, says):
    values = {"outputs": Decimal("0.7"), "outcomes": Decimal("0.3"), "outcome_measures": OUTCOMES} | changed
    with pytest.raises(WrongInput, match=says):
        plan(Template(**values), TERM, Money(100))


def test_a_term_is_of_whole_months():
    with pytest.raises(WrongInput, match="first day of a month"):
        plan(TEMPLATE, Period(date(2026, 9, 2), date(2027, 9, 1)), Money(100))


CRITERIA = [Criterion(1, Decimal(50), 5), Criterion(2, Decimal(30), 5), Criterion(3, Decimal(20), 5)]


def points(*values):
    return {at: None if one is None else Fraction(one) for at, one in enumerate(values, start=1)}


def test_points_are_weighted_and_equal_totals_go_by_the_heaviest_criterion():
    found = rank(CRITERIA, {7: points(4, 5, 3), 8: points(5, 4, 2), 9: points(1, 1, 1)})
    assert [(one.key, one.total, one.place, one.tied, one.by_heaviest) for one in found] == [
        (8, 82, 1, False, True), (7, 82, 2, False, True), (9, 20, 3, False, False),
    ]  # fmt: skip


def test_what_is_equal_in_everything_shares_its_place_and_is_said_to():
    found = rank(CRITERIA, {1: points(4, 4, 4), 2: points(4, 4, 4), 3: points(3, 3, 3)})
    assert [(one.key, one.place, one.tied) for one in found] == [(1, 1, True), (2, 1, True), (3, 3, False)]


def test_without_points_for_a_criterion_there_is_no_place():
    found = rank(CRITERIA, {1: points(5, 5, None), 2: points(1, 1, 1)})
    assert [(one.key, one.place) for one in found] == [(2, 1), (1, None)]


def test_the_spread_is_shown_with_the_exact_mean():
    found = spread([2, 4, 5])
    assert (found.lowest, found.highest, found.width, found.mean) == (2, 5, 3, Fraction(11, 3))
    assert spread([]) is None


@given(st.dictionaries(st.integers(1, 50), st.tuples(*[st.integers(0, 5)] * 3), min_size=1, max_size=8))
def test_nobody_with_fewer_points_everywhere_comes_first(given_points):
    found = rank(CRITERIA, {key: points(*values) for key, values in given_points.items()})
    places = {one.key: one.place for one in found}
    for one, mine in given_points.items():
        for other, theirs in given_points.items():
            if all(a > b for a, b in zip(mine, theirs, strict=True)):
                assert places[one] < places[other]
