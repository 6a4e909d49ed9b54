"""Half-open periods of dates, whole months, and the ends of months."""

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.core.periods import Period, add_months, days_in_month

DAYS = st.dates(min_value=date(1990, 1, 1), max_value=date(2090, 1, 1))


@pytest.mark.parametrize(
    ("day", "months", "later"),
    [
        (date(2026, 8, 31), 1, date(2026, 9, 30)),
        (date(2026, 8, 31), 6, date(2027, 2, 28)),
        (date(2027, 8, 31), 6, date(2028, 2, 29)),
        (date(2028, 2, 29), 12, date(2029, 2, 28)),
        (date(2028, 2, 29), 48, date(2032, 2, 29)),
        (date(2026, 12, 15), 1, date(2027, 1, 15)),
        (date(2026, 1, 31), -2, date(2025, 11, 30)),
        (date(2026, 4, 1), 0, date(2026, 4, 1)),
    ],
)
def test_months_are_added_and_cut_at_the_month_s_end(day: date, months: int, later: date) -> None:
    assert add_months(day, months) == later


def test_february_of_leap_and_common_years() -> None:
    assert [days_in_month(year, 2) for year in (2027, 2028, 2100)] == [28, 29, 28]
    assert days_in_month(2026, 12) == 31


@pytest.mark.parametrize("end", [date(2026, 4, 1), date(2026, 3, 31)])
def test_an_empty_or_backward_period_cannot_exist(end: date) -> None:
    with pytest.raises(ValueError, match="must end after it starts"):
        Period(date(2026, 4, 1), end)


def test_the_start_belongs_to_a_period_and_the_end_does_not() -> None:
    year = Period.months_from(date(2026, 4, 1), 12)
    assert year == Period(date(2026, 4, 1), date(2027, 4, 1))
    assert (year.days, year.last_day) == (365, date(2027, 3, 31))
    assert date(2026, 4, 1) in year and date(2027, 3, 31) in year
    assert date(2027, 4, 1) not in year and date(2026, 3, 31) not in year


def test_touching_is_not_overlapping() -> None:
    spring, summer = Period(date(2026, 1, 1), date(2026, 4, 1)), Period(date(2026, 4, 1), date(2026, 9, 1))
    assert not spring.overlaps(summer) and not summer.overlaps(spring)
    assert spring.overlaps(Period(date(2026, 3, 31), date(2026, 4, 2)))


def test_months_from_31_august_do_not_drift() -> None:
    months = list(Period(date(2026, 8, 31), date(2026, 12, 15)).months())
    assert [month.start for month in months] == [
        date(2026, 8, 31),
        date(2026, 9, 30),
        date(2026, 10, 31),
        date(2026, 11, 30),
    ]
    assert months[-1].end == date(2026, 12, 15)


@given(start=DAYS, days=st.integers(min_value=1, max_value=1200))
def test_the_months_of_a_period_cover_each_of_its_days_once(start: date, days: int) -> None:
    period = Period(start, start + timedelta(days=days))
    months = list(period.months())
    assert months[0].start == period.start and months[-1].end == period.end
    assert all(a.end == b.start for a, b in pairwise(months))
    assert sum(month.days for month in months) == days
