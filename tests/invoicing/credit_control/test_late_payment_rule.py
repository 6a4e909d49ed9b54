"""Statutory interest by its rule: simple, from the day after, by half-years, never on what is disputed."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from invoicing.credit_control.rules.late_payment import (
    Disputed,
    LatePayment,
    NoReferenceRate,
    fixed_sum,
    half_year_of,
    late_payment,
)

DUE = date(2026, 9, 1)
RATES = {date(2026, 1, 1): Decimal("0.0425"), date(2026, 7, 1): Decimal("0.0375")}


def late(gross: int = 135_000, days: int = 41, **more: object) -> LatePayment:
    given = {"gross": gross, "due_on": DUE, "paid_or_on": DUE + timedelta(days=days), "base_rates": RATES}
    return late_payment(**given | more)  # type: ignore[arg-type]


def test_forty_one_days_at_eleven_and_three_quarters() -> None:
    found = late()
    assert (found.interest_pence, found.fixed_pence) == (1_782, 7_000)
    assert found.starts_on == date(2026, 9, 2)
    assert [stretch.in_words() for stretch in found.stretches] == ["£1,350.00 × 11.75% × 41 days / 365"]


def test_the_due_day_itself_bears_nothing_and_the_next_day_one() -> None:
    assert late(days=0) == LatePayment()
    assert late(days=1).interest_pence == 43  # 135000 × 0.1175 / 365 = 43.46


def test_the_rate_is_that_of_the_half_year_of_the_due_day_to_the_end() -> None:
    in_june = late(due_on=date(2026, 6, 30), paid_or_on=date(2026, 8, 10))
    assert in_june.reference == Decimal("0.0425")
    assert in_june.interest_pence == 1_858  # 135000 × 0.1225 × 41 / 365 = 1857.6


@pytest.mark.parametrize("half", [date(2026, 1, 1), date(2026, 7, 1)])
def test_without_a_loaded_rate_nothing_is_guessed(half: date) -> None:
    other = {day: rate for day, rate in RATES.items() if day != half}
    with pytest.raises(NoReferenceRate, match=f"{half:%-d %B %Y} is not loaded"):
        late(due_on=half, paid_or_on=half + timedelta(days=9), base_rates=other)


def test_on_an_advance_invoice_the_clock_starts_when_the_service_is_performed() -> None:
    assert late(performed_on=date(2027, 3, 31)) == LatePayment()
    after = late(performed_on=DUE + timedelta(days=31))
    assert (after.starts_on, after.interest_pence) == (date(2026, 10, 3), 435)  # 135000 × 0.1175 × 10 / 365 = 434.6


def test_a_part_payment_ends_interest_on_it_with_its_day() -> None:
    found = late(paid=[(DUE + timedelta(days=11), 35_000)])
    # 135000 × 0.1175 × 11 / 365 = 478.05; 100000 × 0.1175 × 30 / 365 = 965.75; together 1443.80
    assert [(one.pence, one.days) for one in found.stretches] == [(135_000, 11), (100_000, 30)]
    assert (found.interest_pence, found.fixed_pence) == (1_444, 7_000)


def test_what_is_disputed_bears_nothing_while_it_is() -> None:
    ten, twenty = DUE + timedelta(days=10), DUE + timedelta(days=20)
    found = late(disputed=[Disputed(ten, twenty, 135_000)])
    assert sum(one.days for one in found.stretches) == 31
    assert late(disputed=[Disputed(DUE, None, 135_000)]) == LatePayment()


def test_the_fixed_sum_goes_by_the_size_of_the_debt() -> None:
    assert [fixed_sum(pence) for pence in (99_999, 100_000, 999_999, 1_000_000)] == [4_000, 7_000, 7_000, 10_000]


def test_halves_of_the_year() -> None:
    assert half_year_of(date(2026, 6, 30)) == date(2026, 1, 1)
    assert half_year_of(date(2026, 7, 1)) == date(2026, 7, 1)


DAYS = st.integers(1, 200)


@given(gross=st.integers(1, 10**7), first=DAYS, more=DAYS, paid=st.integers(0, 10**7), at=DAYS)
def test_interest_never_falls_with_time_nor_rises_with_payment(
    gross: int, first: int, more: int, paid: int, at: int
) -> None:
    payments = [(DUE + timedelta(days=at), paid)]
    sooner, later = late(gross, first, paid=payments), late(gross, first + more, paid=payments)
    assert sooner.interest_pence <= later.interest_pence
    assert late(gross, first, paid=payments).interest_pence <= late(gross, first).interest_pence
