"""Parts of a priced period add up to its price, whatever they are."""

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.core.periods import Period, add_months
from subscriptions.agreements.rules.forms import Billing, Every, Prorate, Timing
from subscriptions.agreements.rules.schedule import plan
from subscriptions.agreements.rules.sharing import share
from tests.subscriptions.agreements.terms import SCHOOL_YEAR, YEAR, line

days = st.integers(0, 364)


@pytest.mark.parametrize(
    ("pence", "base", "start", "how", "expected"),
    [
        (360_000, YEAR, date(2026, 9, 1), Prorate.MONTHS, 210_000),
        (360_000, YEAR, date(2026, 9, 1), Prorate.DAYS, 209_096),
        (200_000, SCHOOL_YEAR, date(2027, 2, 1), Prorate.MONTHS, 116_667),
        (120_000, SCHOOL_YEAR, date(2027, 2, 1), Prorate.MONTHS, 70_000),
        (360_000, YEAR, date(2026, 9, 15), Prorate.MONTHS, 210_000),
        (360_000, YEAR, date(2026, 9, 1), Prorate.FULL, 360_000),
    ],
)
def test_a_late_joiner_pays_for_what_is_left(
    pence: int, base: Period, start: date, how: Prorate, expected: int
) -> None:
    assert share(pence, base, Period(start, base.end), how) == expected


@given(pence=st.integers(0, 10**8), cuts=st.sets(st.integers(1, 364), max_size=6), by_days=st.booleans())
def test_parts_add_up_to_the_price(pence: int, cuts: set[int], by_days: bool) -> None:
    how = Prorate.DAYS if by_days else Prorate.MONTHS
    edges = [YEAR.start, *(YEAR.start + timedelta(days=cut) for cut in sorted(cuts)), YEAR.end]
    parts = [Period(a, b) for a, b in pairwise(edges)]
    shares = [share(pence, YEAR, part, how, fresh=not index) for index, part in enumerate(parts)]
    assert sum(shares) == pence
    assert min(shares) >= 0


@given(
    pence=st.integers(0, 10**8),
    start=days,
    every=st.sampled_from(list(Every)),
    timing=st.sampled_from(list(Timing)),
    how=st.sampled_from(list(Prorate)),
)
def test_a_plan_covers_every_day_once_and_adds_up(
    pence: int, start: int, every: Every, timing: Timing, how: Prorate
) -> None:
    valid = Period(YEAR.start + timedelta(days=start), YEAR.end)
    due = plan(line(pence, valid=valid), Billing(every, timing, how))
    assert [one.period.start for one in due] == [valid.start, *(one.period.end for one in due[:-1])]
    assert due[-1].period.end == valid.end
    assert sum(one.pence for one in due) == share(pence, YEAR, valid, how)
    assert all(one.bill_on == (one.period.start if timing == Timing.ADVANCE else one.period.end) for one in due)


def test_termly_payments_begin_with_the_terms() -> None:
    due = plan(line(90_000, SCHOOL_YEAR), Billing(Every.TERM))
    assert [one.period.start for one in due] == [date(2026, 9, 1), date(2027, 1, 1), date(2027, 4, 1)]
    assert [one.pence for one in due] == [30_000, 22_500, 37_500]


def test_monthly_payments_of_a_term_that_begins_on_the_31st() -> None:
    base = Period.months_from(date(2026, 8, 31), 12)
    due = plan(line(12_000, base), Billing(Every.MONTH))
    assert [one.pence for one in due] == [1_000] * 12
    assert due[6].period.start == add_months(date(2026, 8, 31), 6) == date(2027, 2, 28)
