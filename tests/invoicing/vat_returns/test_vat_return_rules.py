"""The boxes and the dates of a VAT return, by worked tables."""

from datetime import date

import pytest

from invoicing.vat_returns.rules import (
    Sums,
    boxes,
    due_on,
    end_of,
    key_of,
    must_be_told,
    owed,
    period_problem,
    period_words,
)

AUGUST, NOVEMBER = date(2026, 8, 1), date(2026, 11, 1)


@pytest.mark.parametrize(
    ("sums", "amounts", "net"),
    [
        (Sums(20_01, 5_00, 1_234_99, 567_01), [20_01, 0, 20_01, 5_00, 15_01, 1_234, 567, 0, 0], 15_01),
        (Sums(5_00, 20_01, 99, 0), [5_00, 0, 5_00, 20_01, 15_01, 0, 0, 0, 0], -15_01),
        (Sums(-3_00, -1_00, -1_999_99, -1), [-3_00, 0, -3_00, -1_00, 2_00, -1_999, 0, 0, 0], -2_00),
        (Sums(0, 0, 0, 0), [0] * 9, 0),
    ],
)
def test_the_nine_boxes(sums, amounts, net):
    assert [box.amount for box in boxes(sums)] == amounts
    assert [box.number for box in boxes(sums)] == list(range(1, 10))
    assert owed(sums) == net


@pytest.mark.parametrize(
    ("end", "due"),
    [
        (NOVEMBER, date(2026, 12, 7)),
        (date(2027, 1, 1), date(2027, 2, 7)),
        (date(2026, 3, 1), date(2026, 4, 7)),
    ],
)
def test_it_is_due_a_month_and_seven_days_after_its_period(end, due):
    assert due_on(end) == due


def test_a_return_is_called_by_its_last_month():
    assert key_of(NOVEMBER) == "2026-10" and end_of("2026-10") == NOVEMBER
    assert end_of("2026-12") == date(2027, 1, 1)
    assert [end_of(text) for text in ("2026-13", "2026-1", "26-10", "2026-10-01", "", "२०२६-10")] == [None] * 6


def test_periods_in_words():
    assert period_words(AUGUST, NOVEMBER) == "August to October 2026"
    assert period_words(date(2026, 10, 1), NOVEMBER) == "October 2026"
    assert period_words(date(2026, 12, 1), date(2027, 3, 1)) == "December 2026 to February 2027"


def test_which_period_may_be_next():
    assert period_problem(AUGUST, NOVEMBER, taken_to=None) == ""
    assert period_problem(AUGUST, NOVEMBER, taken_to=AUGUST) == ""
    assert "begins on 1 July 2026" in period_problem(AUGUST, NOVEMBER, taken_to=date(2026, 7, 1))
    assert "whole months" in period_problem(NOVEMBER, AUGUST, taken_to=None)
    assert "whole months" in period_problem(date(2026, 8, 2), NOVEMBER, taken_to=None)
    assert period_problem(AUGUST, date(2027, 8, 1), taken_to=None) == ""
    assert "at most 12" in period_problem(AUGUST, date(2027, 9, 1), taken_to=None)


@pytest.mark.parametrize(
    ("corrections", "sales_net", "told"),
    [
        (10_000_00, 0, False),
        (10_000_01, 900_000_00, True),
        (10_000_01, 1_000_001_00, False),
        (-10_000_01, 900_000_00, True),
        (50_000_00, 5_000_000_00, False),
        (50_000_01, 9_000_000_00, True),
    ],
)
def test_large_errors_are_told_separately(corrections, sales_net, told):
    assert must_be_told(corrections=corrections, sales_net=sales_net) is told
