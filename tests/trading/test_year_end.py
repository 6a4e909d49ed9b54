"""What a school carries over the end of its financial year: shared out by months or days, and as it was on the day."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from invoicing.documents.models import Document
from invoicing.queries import statement_for
from invoicing.receivables.models import Charge
from invoicing.services import credit_invoice, run_billing
from marketplace.core.actors import Actor
from marketplace.core.periods import Period
from marketplace.organisations.models import Organisation
from marketplace.trading.budget_queries import year_end_for
from marketplace.trading.rules.budgets import What
from marketplace.trading.rules.year_end import split_at
from tests.conftest import Charges
from tests.trading.conftest import ON

pytestmark = pytest.mark.django_db
YEAR = Period(date(2026, 4, 1), date(2027, 4, 1))


@pytest.mark.parametrize(
    ("pence", "start", "end", "after"),
    [
        (120_000, date(2026, 9, 1), date(2027, 9, 1), 50_000),  # 5 of 12 whole months
        (31_000, date(2027, 3, 16), date(2027, 4, 16), 15_000),  # 16 and 15 days
        (14_000, date(2027, 3, 24), date(2027, 3, 25), 0),
        (14_000, date(2027, 4, 1), date(2027, 4, 2), 14_000),
        (76_100, date(2026, 4, 1), date(2027, 4, 1), 0),
        (10_000, date(2026, 9, 1), date(2027, 9, 1), 4_165),  # 833.33 a month: the pennies go to the first months
    ],
)
def test_a_service_is_split_at_the_year_end_by_months_or_days(pence: int, start: date, end: date, after: int) -> None:
    assert split_at(pence, Period(start, end), YEAR.end) == (pence - after, after)


@given(
    pence=st.integers(0, 10**9),
    start=st.dates(date(2024, 1, 1), date(2028, 12, 31)),
    days=st.integers(1, 1200),
)
def test_both_sides_of_a_year_end_add_up_and_neither_is_below_nought(pence: int, start: date, days: int) -> None:
    service = Period(start, date.fromordinal(start.toordinal() + days))
    before, after = split_at(pence, service, YEAR.end)
    assert before + after == pence and before >= 0 and after >= 0
    assert after == 0 or service.end > YEAR.end
    assert before == 0 or service.start < YEAR.end


def service(charges: Charges, school: Organisation, pence: int, *, on: date, months: Period) -> Charge:
    return charges(school, pence, on=on, service=months, recognition="over_time")


def test_the_year_end_holds_what_is_open_and_nothing_else(
    charges: Charges, sam: Actor, school: Organisation, actor: Actor
) -> None:
    service(charges, school, 120_000, on=ON, months=Period(date(2026, 9, 1), date(2027, 9, 1)))
    service(charges, school, 36_000, on=ON, months=Period(date(2026, 4, 1), date(2027, 4, 1)))
    run_billing(on=ON, actor=actor)
    service(charges, school, 24_000, on=date(2027, 5, 1), months=Period(date(2027, 1, 1), date(2028, 1, 1)))
    charges(school, 5_000, on=date(2027, 3, 1))
    found = year_end_for(sam, school, YEAR)
    assert [(line.pence, line.by_then, line.after) for line in found.ordered] == [
        (5_000, 0, 5_000),
        (24_000, 6_000, 18_000),
    ]
    assert (found.delivered_pence, found.committed_pence) == (6_000, 23_000)
    assert [(line.by_then, line.after) for line in found.in_advance] == [(70_000, 50_000)]
    assert [(one.pk, pence) for one, pence in found.owed] == [(school.pk, 156_000 + 31_200)]
    assert found.owed_pence == statement_for(sam, school, start=YEAR.start, end=YEAR.end).closing


def test_a_year_that_is_over_stands_as_it_was_then(
    charges: Charges, sam: Actor, school: Organisation, actor: Actor
) -> None:
    service(charges, school, 12_000, on=date(2027, 3, 1), months=Period(date(2027, 2, 1), date(2028, 2, 1)))
    run_billing(on=date(2027, 4, 10), actor=actor)
    found = year_end_for(sam, school, YEAR)
    assert [(line.purchase.what, line.by_then, line.after) for line in found.ordered] == [
        (What.INVOICED, 2_000, 10_000)
    ]
    assert found.in_advance == [] and found.owed == []
    following = year_end_for(sam, school, Period.months_from(YEAR.end, 12))
    assert following.ordered == [] and following.in_advance == [] and following.owed_pence == 14_400


def test_a_credit_takes_its_months_off_what_is_paid_in_advance(
    charges: Charges, sam: Actor, school: Organisation, actor: Actor
) -> None:
    service(charges, school, 360_000, on=ON, months=Period(date(2026, 9, 1), date(2027, 9, 1)))
    [number] = run_billing(on=ON, actor=actor).numbers
    invoice = Document.objects.get(number=number)
    rest = Period(date(2027, 1, 1), date(2027, 9, 1))
    credit_invoice(
        invoice=invoice, amounts={invoice.lines.get().pk: 240_000}, service=rest, reason="Closed", on=ON, actor=actor,
    )  # fmt: skip
    found = year_end_for(sam, school, YEAR)
    assert found.in_advance_pence == 0 and sum(line.after for line in found.in_advance) == 0
