"""A contract's parts from a few words: sums to the penny, days, and what is refused."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as some

from subscriptions.outcomes.rules.drawing_up import MONTHS, NotPossible, Outcome, Plan, draw_up
from subscriptions.outcomes.rules.heads_variation import HeadsBand, HeadsPoint, HeadsPrices

HUB = Plan(
    first_day=date(2026, 9, 1), months=36, value_pence=36_000_00, every="term", on_time=Decimal(0),
    on_outputs=Decimal(70), on_outcomes=Decimal(30),
    outcomes=[Outcome("Reading", Decimal(50)), Outcome("Attendance", Decimal(30)), Outcome("Staying", Decimal(20))],
    yearly=True, outcomes_due=date(2027, 7, 31),
)  # fmt: skip
COUNCIL = Plan(
    first_day=date(2025, 4, 1), months=36, value_pence=900_000_00, every="quarter", on_time=Decimal(95),
    on_outputs=Decimal(0), on_outcomes=Decimal(5), outcomes=[Outcome("Answered within weeks", Decimal(1))],
)  # fmt: skip


def test_a_hub_is_paid_by_term_on_outputs_and_by_year_on_outcomes():
    parts = draw_up(HUB)
    outputs = [one for one in parts.paid if one.code.endswith("-output")]
    assert [one.pence for one in outputs] == [2_800_00] * 9
    first_year = [
        (one.code, one.pence, one.claimed_from, one.due_on) for one in parts.paid if one.code.startswith("y1")
    ]
    assert first_year == [
        ("y1-outcome1", 1_800_00, date(2027, 7, 1), date(2027, 7, 31)),
        ("y1-outcome2", 1_080_00, date(2027, 7, 1), date(2027, 7, 31)),
        ("y1-outcome3", 720_00, date(2027, 7, 1), date(2027, 7, 31)),
    ]
    days = [(one.cut_off, one.pay_on) for one in parts.statements[:3]]
    assert days == [
        (date(2026, 12, 31), date(2027, 1, 25)),
        (date(2027, 4, 30), date(2027, 5, 25)),
        (date(2027, 8, 31), date(2027, 9, 25)),
    ]
    assert sum(one.pence for one in parts.paid) == HUB.value_pence
    assert {one.code for one in parts.shown} == {one.shown for one in parts.paid}


def test_a_council_pays_most_on_time_and_some_at_risk_each_quarter():
    parts = draw_up(COUNCIL)
    assert [one.pence for one in parts.paid] == [71_250_00, 3_750_00] * 12
    assert [one.shown for one in parts.paid[:2]] == ["", "p1-outcome1"]
    assert (parts.statements[0].cut_off, parts.statements[-1].cut_off) == (date(2025, 6, 30), date(2028, 3, 31))
    assert parts.paid[1].due_on == date(2025, 7, 30)


@pytest.mark.parametrize(
    ("plan", "says"),
    [
        (replace(HUB, on_outputs=Decimal(71)), "must come to 100%"),
        (replace(HUB, on_time=Decimal(-10), on_outputs=Decimal(80)), "must come to 100%"),
        (replace(HUB, months=34), "whole periods of 4 months"),
        (replace(HUB, months=0), "Months must be 1 to 120"),
        (replace(HUB, months=124), "Months must be 1 to 120"),
        (replace(HUB, months=28), "Outcomes of a year need whole years"),
        (replace(HUB, outcomes_due=None), "a day in the first of them"),
        (replace(HUB, outcomes_due=date(2027, 9, 1)), "a day in the first of them"),
        (replace(HUB, outcomes=[]), "Enter at least one outcome"),
        (replace(HUB, outcomes=[Outcome("Reading", Decimal(0))]), "weight must be more than 0"),
        (replace(HUB, first_day=date(2026, 8, 31)), "the 1st to the 28th"),
        (replace(HUB, first_day=date(9999, 9, 1)), "from 1990 to 2200"),
        (replace(HUB, pay_day=31), "day of payment must be 1 to 28"),
        (replace(HUB, every="week"), "Choose how often it pays"),
        (replace(HUB, value_pence=100), "Value must be enough"),
    ],
)
def test_what_does_not_go_together_is_refused(plan, says):
    with pytest.raises(NotPossible, match=says):
        draw_up(plan)


@given(
    value=some.integers(5_000_00, 10_000_000_00), every=some.sampled_from(sorted(MONTHS)), years=some.integers(1, 5),
    shares=some.lists(some.integers(1, 98), min_size=2, max_size=2).filter(lambda two: sum(two) < 100),
    weights=some.lists(some.integers(1, 9), min_size=1, max_size=5), yearly=some.booleans(),
)  # fmt: skip
def test_the_amounts_are_the_value_to_the_penny(value, every, years, shares, weights, yearly):
    plan = replace(
        HUB, value_pence=value, every=every, months=12 * years, on_time=Decimal(shares[0]),
        on_outputs=Decimal(shares[1]), on_outcomes=Decimal(100 - sum(shares)), yearly=yearly,
        outcomes=[Outcome(f"Outcome {at}", Decimal(weight)) for at, weight in enumerate(weights)],
    )  # fmt: skip
    parts = draw_up(plan)
    assert sum(one.pence for one in parts.paid) == value
    assert all(one.pence > 0 for one in parts.paid)
    assert len({one.code for one in parts.paid}) == len(parts.paid)
    between = zip(parts.statements, parts.statements[1:], strict=False)
    assert all((later.service_from - earlier.cut_off).days == 1 for earlier, later in between)


HEADS = Plan(
    first_day=date(2026, 9, 1), months=12, value_pence=20_000_00, every="half", on_time=Decimal(10),
    on_outputs=Decimal(0), on_outcomes=Decimal(0), outcomes=[], heads_target=40, set_up_pence=100_00,
    heads=HeadsPrices(
        (HeadsBand(30, 120_00, Decimal("0.25")), HeadsBand(60, 90_00)),
        (HeadsPoint("m1", "Started", Decimal("0.4")), HeadsPoint("m2", "Done", Decimal("0.6"))),
    ),
)  # fmt: skip


def test_by_heads_the_amounts_are_the_part_that_is_not_for_heads():
    parts = draw_up(HEADS)
    assert [one.pence for one in parts.paid] == [1_000_00, 1_000_00]
    alone = draw_up(replace(HEADS, on_time=Decimal(0)))
    assert (alone.paid, alone.shown, len(alone.statements)) == ([], [], 2)


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"on_time": Decimal(100)}, "Leave a part of the 100%"),
        ({"heads": HeadsPrices(HEADS.heads.bands)}, "at least one band and one milestone"),
        ({"heads": HeadsPrices((), HEADS.heads.points)}, "at least one band and one milestone"),
        ({"heads": HeadsPrices(HEADS.heads.bands, HEADS.heads.points[:1])}, "exactly 100%"),
        ({"heads_target": 0}, "for how many heads"),
        ({"set_up_pence": 900_00}, "must be less than what heads pay on time"),
        ({"value_pence": 800_00}, "more than is left of the value"),
    ],
)
def test_heads_that_do_not_go_together_are_refused(changed, says):
    with pytest.raises(NotPossible, match=says):
        draw_up(replace(HEADS, **changed))
