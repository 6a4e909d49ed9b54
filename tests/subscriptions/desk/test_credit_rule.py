"""What a missed promise gives back: the table of the rule, months of a priced period, the cap."""

from datetime import date
from decimal import Decimal

import pytest

from marketplace.core.periods import Period
from subscriptions.agreements.rules.forms import Prorate
from subscriptions.desk.rules.credits import credit_pence, month_of, month_pence

YEAR = Period(date(2026, 4, 1), date(2027, 4, 1))
CAP = Decimal(30)


@pytest.mark.parametrize(
    ("year", "percent", "before", "pence"),
    [(120_000, "10", 0, 1_000), (120_000, "10", 2_500, 500), (248_539, "5", 0, 1_036), (120_000, "10", 3_000, 0)],
)
def test_the_table(year, percent, before, pence):
    month = month_of(YEAR, YEAR, date(2026, 6, 17))
    assert month == Period(date(2026, 6, 1), date(2026, 7, 1))
    whole = month_pence(year, YEAR, YEAR, month, Prorate.MONTHS)
    assert credit_pence(whole, Decimal(percent), CAP, before) == pence


def test_the_months_of_a_year_add_up_to_it_and_begin_on_its_own_day():
    base = Period(date(2026, 9, 15), date(2027, 9, 15))
    assert month_of(base, base, date(2026, 10, 14)) == Period(date(2026, 9, 15), date(2026, 10, 15))
    months = [month_of(base, base, day) for day in (date(2026 + (m > 12), (m - 1) % 12 + 1, 20) for m in range(9, 21))]
    for how in (Prorate.MONTHS, Prorate.DAYS, Prorate.FULL):
        assert sum(month_pence(100_001, base, base, one, how) for one in months) == 100_001


def test_a_line_that_began_in_the_month_has_only_its_days():
    valid = Period(date(2026, 6, 11), date(2027, 4, 1))
    month = month_of(YEAR, valid, date(2026, 6, 20))
    assert month == Period(date(2026, 6, 11), date(2026, 7, 1))
    assert month_pence(36_500, YEAR, valid, month, Prorate.DAYS) == 2_000
    assert month_of(YEAR, valid, date(2026, 6, 10)) is None


def test_a_cap_above_the_whole_month_is_the_whole_month():
    assert credit_pence(1_000, Decimal(100), Decimal(200), 0) == 1_000
