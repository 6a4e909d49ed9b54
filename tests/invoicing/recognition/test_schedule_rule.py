"""When an invoiced line becomes income, and what a credit takes back of it: rules alone."""

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from invoicing.recognition.rules import (
    AT_ONCE,
    ON_DATE,
    ON_USE,
    ON_VERIFICATION,
    OVER_TIME,
    Part,
    deferred,
    runs_out_on,
    schedule,
    take_back,
)
from marketplace.core.periods import Period, days_in_month

APRIL, YEAR_END = date(2026, 4, 1), date(2027, 4, 1)
DAYS = st.dates(date(2024, 1, 1), date(2028, 12, 31))


def test_a_year_of_761_pounds_is_eight_months_of_63_42_and_four_of_63_41():
    parts = schedule(OVER_TIME, 76100, APRIL, YEAR_END, APRIL)
    assert [pence for _, pence in parts] == [6342] * 8 + [6341] * 4
    assert parts[0][0] == date(2026, 4, 30) and parts[10][0] == date(2027, 2, 28) and parts[-1][0] == date(2027, 3, 31)


def test_a_service_of_broken_months_is_shared_by_days():
    # 15 and 31 of 46 days: 32.608… → 32.61 and 67.391… → 67.39
    parts = schedule(OVER_TIME, 10000, date(2026, 4, 16), date(2026, 6, 1), date(2026, 4, 16))
    assert parts == [(date(2026, 4, 30), 3261), (date(2026, 5, 31), 6739)]


def test_the_last_part_is_dated_the_last_day_of_service():
    parts = schedule(OVER_TIME, 3000, APRIL, date(2026, 6, 11), APRIL)
    assert [on for on, _ in parts] == [date(2026, 4, 30), date(2026, 5, 31), date(2026, 6, 10)]
    assert [pence for _, pence in parts] == [1268, 1310, 422]  # 30, 31 and 10 of 71 days: 1267.6, 1309.9, 422.5


def test_a_course_is_income_on_its_last_day():
    assert schedule(ON_DATE, 14000, date(2027, 3, 24), date(2027, 3, 26), APRIL) == [(date(2027, 3, 25), 14000)]


@pytest.mark.parametrize(
    ("pattern", "service", "issued_on", "is_deferred"),
    [
        (AT_ONCE, (APRIL, YEAR_END), APRIL, False),
        (OVER_TIME, (APRIL, YEAR_END), date(2027, 3, 30), True),
        (OVER_TIME, (APRIL, YEAR_END), date(2027, 3, 31), False),
        (OVER_TIME, (None, None), APRIL, False),
        (ON_DATE, (date(2027, 3, 24), date(2027, 3, 25)), date(2027, 3, 23), True),
        (ON_DATE, (date(2027, 3, 24), date(2027, 3, 25)), date(2027, 3, 24), False),
        (ON_DATE, (None, None), APRIL, False),
        (ON_USE, (None, None), APRIL, True),
        (ON_USE, (APRIL, YEAR_END), date(2027, 3, 31), False),
        (ON_VERIFICATION, (APRIL, YEAR_END), date(2028, 3, 31), True),
    ],
)
def test_what_is_delivered_by_the_day_of_its_invoice_is_not_deferred(pattern, service, issued_on, is_deferred):
    assert deferred(pattern, *service, issued_on) is is_deferred
    if not is_deferred:
        assert schedule(pattern, 100, *service, issued_on) == []


def test_what_is_told_has_no_schedule_and_only_use_runs_out():
    assert schedule(ON_USE, 100, APRIL, YEAR_END, APRIL) == schedule(ON_VERIFICATION, 100, APRIL, YEAR_END, APRIL) == []
    assert runs_out_on(ON_USE, YEAR_END) == date(2027, 3, 31)
    assert (
        runs_out_on(ON_USE, None) is runs_out_on(ON_VERIFICATION, YEAR_END) is runs_out_on(OVER_TIME, YEAR_END) is None
    )


@settings(max_examples=300, derandomize=True)
@given(start=DAYS, days=st.integers(1, 900), pence=st.integers(1, 10_000_000), ahead=st.integers(0, 900))
def test_parts_add_up_and_stand_at_the_ends_of_months(start, days, pence, ahead):
    end = start + timedelta(days=days)
    issued_on = start - timedelta(days=30) + timedelta(days=ahead)
    parts = schedule(OVER_TIME, pence, start, end, issued_on)
    if not deferred(OVER_TIME, start, end, issued_on):
        assert parts == []
        return
    assert sum(share for _, share in parts) == pence and all(share > 0 for _, share in parts)
    assert [on for on, _ in parts] == sorted({on for on, _ in parts})
    last = end - timedelta(days=1)
    for on, _ in parts:
        assert start <= on <= last
        assert on == last or on.day == days_in_month(on.year, on.month)


def _year(pence: int = 36000) -> list[Part]:
    shares = schedule(OVER_TIME, pence, APRIL, YEAR_END, APRIL)
    return [Part(i, Period(on.replace(day=1), on + timedelta(days=1)), share) for i, (on, share) in enumerate(shares)]


def test_a_credit_by_dates_takes_exactly_its_months():
    taken = take_back(_year(), 21000, Period(date(2026, 9, 1), YEAR_END))
    assert [(part.id, pence) for part, pence in taken] == [(month, 3000) for month in range(5, 12)]


def test_a_lower_price_is_spread_over_all_months():
    taken = take_back(_year(), 1000)
    assert [pence for _, pence in taken] == [84, 84, 84, 84, *[83] * 8]  # 83.33 each, four pennies to the earliest


def test_half_a_month_gives_half_of_it_first_and_then_the_rest():
    half = Period(date(2026, 4, 1), date(2026, 4, 16))
    assert [(part.id, pence) for part, pence in take_back(_year(), 1500, half)] == [(0, 1500)]
    assert [(part.id, pence) for part, pence in take_back(_year(), 2500, half)] == [(0, 2500)]


def test_what_the_months_do_not_hold_comes_from_the_others():
    taken = take_back(_year(), 3011, Period(date(2026, 4, 1), date(2026, 5, 1)))
    assert [pence for _, pence in taken] == [3000, *[1] * 11]


def test_more_than_is_left_is_refused():
    with pytest.raises(ValueError, match="36001 pence cannot be taken back from 36000"):
        take_back(_year(), 36001)


@settings(max_examples=400, derandomize=True)
@given(data=st.data(), pence=st.integers(12, 5_000_000))
def test_credits_in_any_order_leave_no_part_negative_and_add_up(data, pence):
    parts = _year(pence)
    left = pence
    for _ in range(data.draw(st.integers(1, 6))):
        if not left:
            break
        credit = data.draw(st.integers(1, left))
        start = data.draw(st.dates(date(2026, 3, 1), date(2027, 4, 30)))
        service = data.draw(
            st.sampled_from([None, Period(start, start + timedelta(days=data.draw(st.integers(1, 200))))])
        )
        taken = {part.id: share for part, share in take_back(parts, credit, service)}
        assert sum(taken.values()) == credit
        assert all(share > 0 for share in taken.values())
        parts = [part._replace(left=part.left - taken.get(part.id, 0)) for part in parts]
        assert all(part.left >= 0 for part in parts)
        left -= credit
    assert sum(part.left for part in parts) == left
