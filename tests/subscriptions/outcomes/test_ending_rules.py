"""What an early end leaves of an amount, by its state, its days and what it hangs on."""

from datetime import date
from fractions import Fraction

import pytest

from marketplace.core.periods import Period
from subscriptions.outcomes.rules.ending import Fate, left_of

BEFORE = Period(date(2026, 9, 1), date(2027, 1, 1))
ACROSS = Period(date(2027, 1, 1), date(2027, 4, 1))
AFTER = Period(date(2027, 4, 1), date(2027, 7, 1))
LAST = date(2027, 1, 31)


@pytest.mark.parametrize(
    ("service", "gated", "fate", "exact"),
    [
        (BEFORE, False, Fate.STAYS, 9_000_00),
        (BEFORE, True, Fate.STAYS, 9_000_00),
        (ACROSS, False, Fate.CUT, Fraction(9_000_00 * 31, 90)),
        (ACROSS, True, Fate.CANCELLED, 0),
        (AFTER, False, Fate.CANCELLED, 0),
        (AFTER, True, Fate.CANCELLED, 0),
        (Period(date(2026, 9, 1), date(2027, 2, 1)), False, Fate.STAYS, 9_000_00),
        (Period(date(2027, 1, 31), date(2027, 2, 2)), False, Fate.CUT, 4_500_00),
        (Period(date(2027, 2, 1), date(2027, 3, 1)), False, Fate.CANCELLED, 0),
    ],
)
@pytest.mark.parametrize("state", ["planned", "rejected"])
def test_what_is_left_of_it(service, gated, fate, exact, state):
    left = left_of(pence=9_000_00, service=service, gated=gated, state=state, last_day=LAST)
    assert (left.fate, left.exact) == (fate, exact)


@pytest.mark.parametrize("state", ["submitted", "eligible", "payable", "paid", "not_met", "clawed_back", "cancelled"])
@pytest.mark.parametrize("service", [BEFORE, ACROSS, AFTER])
def test_what_was_claimed_or_decided_stays_as_it_is(state, service):
    assert left_of(pence=1, service=service, gated=True, state=state, last_day=LAST).fate == Fate.STAYS
