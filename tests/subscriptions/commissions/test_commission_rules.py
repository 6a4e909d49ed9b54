"""The rules of council contracts, by their tables: statutory weeks, forecasts, small numbers, quarters, blocks."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.core.money import Money
from marketplace.core.periods import Period
from subscriptions.commissions.rules.blocks import LineTerms, financial_years, may_fund, wrong_lines
from subscriptions.commissions.rules.forecasting import finding, forecast, unspent
from subscriptions.commissions.rules.indicators import Case, Counts, percentage, standing, within_weeks
from subscriptions.commissions.rules.quarters import quarterly
from subscriptions.commissions.rules.suppressing import cells, part_words

SEPTEMBER = date(2026, 9, 1)
YEAR = Period(date(2026, 4, 1), date(2027, 4, 1))


@pytest.mark.parametrize(
    ("case", "on", "counts"),
    [
        (Case(SEPTEMBER, date(2027, 1, 19)), date(2027, 1, 31), Counts(1, 1)),
        (Case(SEPTEMBER, date(2027, 1, 20)), date(2027, 1, 31), Counts(0, 1)),
        (Case(SEPTEMBER), date(2027, 1, 19), Counts(0, 0)),
        (Case(SEPTEMBER), date(2027, 1, 20), Counts(0, 1)),
        (Case(SEPTEMBER, date(2027, 1, 20), excepted=True), date(2027, 1, 31), Counts(0, 0, 1)),
        (Case(SEPTEMBER, date(2026, 12, 1)), date(2026, 12, 1), Counts(1, 1)),
        (Case(SEPTEMBER, date(2026, 12, 1)), date(2026, 11, 30), Counts(0, 0)),
    ],
)
def test_a_case_counts_when_it_is_finished_or_its_weeks_are_over(case, on, counts):
    assert within_weeks([case], weeks=20, on=on) == counts


def test_a_percentage_within_statutory_weeks_leaves_allowed_exceptions_out():
    late, in_time = Case(SEPTEMBER, date(2027, 2, 1)), Case(SEPTEMBER, date(2027, 1, 4))
    cases = [in_time] * 7 + [late] * 2 + [Case(SEPTEMBER, date(2027, 2, 1), excepted=True)] * 3
    found = within_weeks(cases, weeks=20, on=date(2027, 3, 31))
    assert (found, found.value) == (Counts(7, 9, 3), Decimal("77.7778"))


def test_nothing_counted_is_no_percentage_and_more_than_all_is_refused():
    assert percentage(0, 0) is None
    with pytest.raises(ValueError, match="3 of 2 is no part"):
        percentage(3, 2)


@pytest.mark.parametrize(
    ("value", "lower", "on", "state"),
    [
        ("90", False, SEPTEMBER, "on target"),
        ("89.9999", False, SEPTEMBER, "behind"),
        ("89.9999", False, date(2026, 9, 2), "missed"),
        ("90.0001", True, SEPTEMBER, "behind"),
        ("90", True, date(2027, 1, 1), "on target"),
        (None, False, date(2027, 1, 1), "no reading"),
    ],
)
def test_a_reading_stands_at_its_target_or_behind_it(value, lower, on, state):
    reading = Decimal(value) if value else None
    assert standing(reading, Decimal(90), lower_is_better=lower, due_on=SEPTEMBER, on=on) == state


@pytest.mark.parametrize(
    ("drawn", "on", "pence"),
    [
        (27, date(2026, 9, 27), 18_100_00),  # 180 of 365 days: 54.75 of 100 at £400
        (80, date(2026, 9, 27), 0),
        (0, date(2026, 9, 27), 40_000_00),
        (5, date(2026, 4, 20), None),
        (60, date(2027, 3, 31), 16_000_00),
        (60, date(2028, 3, 31), 16_000_00),
    ],
)
def test_what_will_be_unspent_if_schools_go_on_as_they_did(drawn, on, pence):
    said = forecast(allocation=Decimal(100), drawn=Decimal(drawn), price_pence=400_00, term=YEAR, on=on)
    assert said.unspent_pence == pence


def test_the_finding_says_how_much_is_left_and_how_many_schools_are_eligible():
    assert finding(18_400_00, 6) == "£18,400 will be unspent; these six schools are eligible"
    assert finding(18_400_49, 1) == "£18,400 will be unspent; this one school is eligible"
    assert finding(18_400_00, 12) == "£18,400 will be unspent; these 12 schools are eligible"
    assert finding(18_400_00, 0) == "£18,400 will be unspent; every eligible school has drawn something"
    assert finding(0, 6) == "Everything will be spent if schools go on as they do"
    assert finding(None, 6) == "Too early to say what will be spent"
    assert unspent([]) is None


@pytest.mark.parametrize(
    ("part", "whole", "words"),
    [
        (12, 40, "12 of 40"),
        (3, 40, "Fewer than 5 of 40"),
        (37, 40, "All but fewer than 5 of 40"),
        (3, 4, "Fewer than 5"),
        (0, 40, "0 of 40"),
        (40, 40, "40 of 40"),
        (0, 0, "0 of 0"),
    ],
)
def test_fewer_than_five_are_not_published_nor_what_gives_them_away(part, whole, words):
    assert part_words(part, whole) == words


def test_one_suppressed_cell_takes_the_next_smallest_with_it():
    assert cells([2, 30, 9]) == [None, 30, None]
    assert cells([2, 3, 30]) == [None, None, 30]
    assert cells([1, 2, 30]) == [None, None, None]
    assert cells([8, 30]) == [8, 30]
    assert cells([2]) == [None]
    assert cells([0, 2, 30, 9]) == [0, None, 30, None], "a nought is about nobody"
    assert cells([0, 2, 3]) == [0, None, None]
    assert cells([0, 0]) == [0, 0]


@given(st.lists(st.integers(0, 60), min_size=2, max_size=8))
def test_no_suppressed_cell_can_be_worked_out_from_the_sum(counts):
    shown = cells(counts)
    hidden = [count for count, one in zip(counts, shown, strict=True) if one is None]
    assert all(one is None for count, one in zip(counts, shown, strict=True) if 0 < count < 5)
    assert len(hidden) != 1
    assert not hidden or sum(hidden) >= 5 or len(hidden) == len(counts)


@pytest.mark.parametrize(
    ("pounds", "share", "first"),
    [("300000", "0.05", (71_250_00, 3_750_00)), ("200000", "0.05", (47_500_00, 2_500_00)), ("100000.10", "0.03", (24_250_03, 750_00))],
)  # fmt: skip
def test_a_quarter_is_paid_on_time_and_a_part_of_it_is_at_risk(pounds, share, first):
    quarters = quarterly(start=date(2025, 4, 1), years=[Money.parse(pounds)], at_risk=Decimal(share))
    assert (quarters[0].sure_pence, quarters[0].risk_pence) == first
    assert sum(one.sure_pence + one.risk_pence for one in quarters) == Money.parse(pounds).pence
    assert [one.cut_off for one in quarters] == [
        date(2025, 6, 30), date(2025, 9, 30), date(2025, 12, 31), date(2026, 3, 31),
    ]  # fmt: skip


def test_de_delegated_money_is_for_maintained_schools_alone():
    assert may_fund("dedelegated", "maintained")
    assert not may_fund("dedelegated", "academy")
    assert may_fund("high_needs", "academy")


def test_lines_come_to_the_contracts_value_in_years_that_it_has():
    term = Period(date(2026, 9, 1), date(2027, 9, 1))
    first, second = financial_years(term)
    assert (first, second) == (date(2026, 4, 1), date(2027, 4, 1))
    good = [LineTerms(first, "council", 60_00), LineTerms(second, "central", 40_00)]
    assert wrong_lines(good, value_pence=100_00, term=term) == ""
    assert "come to £60.00, the contract's value is £100.00" in wrong_lines(good[:1], value_pence=100_00, term=term)
    assert "no days in the financial year from 1 April 2028" in wrong_lines(
        [LineTerms(date(2028, 4, 1), "council", 100_00)], value_pence=100_00, term=term
    )
    assert "twice in the same year" in wrong_lines(good[:1] * 2, value_pence=120_00, term=term)
