"""What cancelling costs, by day. The events are on Wednesday 24 March 2027 unless said; Good Friday is 26 March."""

from datetime import date
from decimal import Decimal

import pytest

from catalogue.rules.cancellation import WrongPolicy, check_policy, fee, ladder, rung_on
from marketplace.core.money import Money

EVENT = date(2027, 3, 24)
FOUR_DAYS = {"free_until": {"count": 4, "days": "working"}, "then_percent": "100"}
LADDER = {
    "free_until": {"count": 28, "days": "calendar"},
    "steps": [{"until": {"count": 14, "days": "calendar"}, "percent": "50"}],
    "then_percent": "100",
}


def test_free_until_four_working_days_before_neither_end_counting():
    assert rung_on(FOUR_DAYS, EVENT, date(2027, 3, 17)).percent == 0
    assert rung_on(FOUR_DAYS, EVENT, date(2027, 3, 18)).percent == 100
    assert [(rung.first, rung.last) for rung in ladder(FOUR_DAYS, EVENT)] == [
        (None, date(2027, 3, 17)),
        (date(2027, 3, 18), None),
    ]


def test_bank_holidays_are_not_working_days():
    # Wednesday 31 March 2027: 30, 25, 24 and 23 March lie before; 29 and 26 March are Easter's bank holidays.
    assert ladder(FOUR_DAYS, date(2027, 3, 31))[0].last == date(2027, 3, 22)


def test_steps_between_free_and_the_full_price():
    rungs = ladder(LADDER, date(2027, 6, 30))
    assert [(rung.first, rung.last, rung.percent) for rung in rungs] == [
        (None, date(2027, 6, 1), Decimal(0)),
        (date(2027, 6, 2), date(2027, 6, 15), Decimal(50)),
        (date(2027, 6, 16), None, Decimal(100)),
    ]


def test_a_share_of_the_price_is_rounded_half_up():
    assert fee(Money(14001), Decimal(50)) == Money(7001)
    assert fee(Money(14000), Decimal(0)) == Money(0)


@pytest.mark.parametrize(
    "policy",
    [
        None,
        {},
        {"free_until": {"count": 4, "days": "working"}},
        {"free_until": {"count": -1, "days": "working"}, "then_percent": "100"},
        {"free_until": {"count": 1.5, "days": "working"}, "then_percent": "100"},
        {"free_until": {"count": 4, "days": "moon"}, "then_percent": "100"},
        {"free_until": {"count": 4, "days": "working"}, "then_percent": "101"},
        {"free_until": {"count": 4, "days": "working"}, "then_percent": 100},
        {"free_until": {"count": 4, "days": "working"}, "then_percent": "50", "more": 1},
        LADDER | {"then_percent": "20"},
    ],
)
def test_a_policy_that_cannot_be_read_or_gets_cheaper_is_refused(policy):
    with pytest.raises(WrongPolicy, match="Cancellation policy"):
        check_policy(policy)
