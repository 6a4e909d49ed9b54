"""The rules of renewals: when reminders are due, uplifts, years of a term."""

import itertools
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.core.periods import Period
from subscriptions.renewals.rules.dates import Remind, reminder_due
from subscriptions.renewals.rules.pricing import months_of, over_term, uplifted
from tests.subscriptions.renewals.agreed import line

BY, TO = date(2027, 1, 7), date(2027, 4, 1)


@pytest.mark.parametrize(
    ("on", "kind"),
    [
        (date(2026, 11, 11), None),
        (date(2026, 11, 12), Remind.EIGHT_WEEKS),
        (date(2026, 12, 23), Remind.EIGHT_WEEKS),
        (date(2026, 12, 24), Remind.TWO_WEEKS),
        (BY, Remind.TWO_WEEKS),
        (date(2027, 1, 8), None),
        (date(2027, 3, 17), None),
        (date(2027, 3, 18), Remind.END),
        (date(2027, 3, 31), Remind.END),
        (TO, None),
    ],
)
def test_the_reminder_of_a_day(on: date, kind: Remind | None) -> None:
    assert reminder_due(notice_by=BY, term_to=TO, on=on) == kind


def test_without_notice_only_the_end_is_told() -> None:
    days = [TO - timedelta(days=n) for n in range(1, 200)]
    assert {reminder_due(notice_by=None, term_to=TO, on=day) for day in days} == {None, Remind.END}


def test_an_uplift_is_rounded_once_half_up() -> None:
    assert uplifted(120_000, Decimal("3.5")) == 124_200
    assert uplifted(1, Decimal(50)) == 2
    assert uplifted(100_001, Decimal(0)) == 100_001


@given(months=st.integers(1, 60), every=st.sampled_from([1, 3, 12]))
def test_the_lines_of_a_term_cover_it_once(months: int, every: int) -> None:
    term = Period.months_from(date(2027, 4, 1), months)
    found = over_term(line(), term, every, [100, 200])
    assert found[0].valid.start == term.start and found[-1].valid.end == term.end
    assert all(one.valid.end == two.valid.start for one, two in itertools.pairwise(found))
    assert all(months_of(one.base) == every for one in found)
    assert [one.base_pence for one in found] == [100, *[200] * (len(found) - 1)]


def test_a_period_of_days_has_no_months() -> None:
    assert months_of(Period(date(2026, 4, 1), date(2027, 4, 2))) is None
    assert months_of(Period(date(2026, 4, 1), date(2027, 4, 1))) == 12
