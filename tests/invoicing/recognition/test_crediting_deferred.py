"""Credit notes of what was deferred: by the dates of a service, and as a lower price."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from invoicing.receivables.credited_services import OutsideService
from invoicing.recognition.models import DeferralPart
from invoicing.recognition.taking_back import Credited, deferred_of, take_back_deferred
from invoicing.services import (
    credit_in_full,
    credit_invoice,
    issue_credits_due,
    reduce,
    release_income,
    use_deferred,
)
from marketplace.core.periods import Period
from tests.invoicing.books import balances, nothing_written, rolled_back
from tests.invoicing.receivables.test_money_properties import books_hold, in_database
from tests.invoicing.recognition.conftest import APRIL, YEAR

pytestmark = pytest.mark.django_db
SEPTEMBER_ON = Period(date(2026, 9, 1), date(2027, 4, 1))


def credit(invoice, pence: int, actor, *, service: Period | None = None, on: date = date(2026, 8, 20)):
    line = invoice.lines.get()
    return credit_invoice(invoice=invoice, amounts={line.pk: pence}, reason="Left", on=on, service=service, actor=actor)


def parts() -> list[tuple[int, int, int]]:
    """(amount, cancelled, reversed) of each part in order."""
    return list(
        DeferralPart.objects.order_by("income_on", "pk").values_list("pence", "cancelled_pence", "reversed_pence")
    )


def test_a_credit_by_dates_cancels_the_months_to_come(deferred, actor, ledger_holds):
    invoice, sla = deferred(360000)
    release_income(on=date(2026, 8, 31), actor=actor)
    note = credit(invoice, 210000, actor, service=SEPTEMBER_ON, on=date(2026, 8, 31))
    assert parts() == [(30000, 0, 0)] * 5 + [(30000, 30000, 0)] * 7
    [line] = note.lines.all()
    assert (line.service_from, line.service_to) == (SEPTEMBER_ON.start, SEPTEMBER_ON.end)
    assert (balances().get("2300"), balances()["4200"]) == (None, -150000)
    sla.refresh_from_db()
    assert sla.open_pence == 0
    assert release_income(on=date(2027, 3, 31), actor=actor).pence == 0


def test_a_credit_of_months_that_were_released_reverses_them_on_its_own_day(deferred, actor, ledger_holds):
    invoice, _ = deferred(360000)
    release_income(on=date(2026, 10, 31), actor=actor)
    credit(invoice, 210000, actor, service=SEPTEMBER_ON, on=date(2026, 11, 5))
    assert parts() == [(30000, 0, 0)] * 5 + [(30000, 0, 30000)] * 2 + [(30000, 30000, 0)] * 5
    assert balances(date(2026, 10, 31))["4200"] == -210000  # what was told of October stands
    assert balances(date(2026, 11, 5))["4200"] == -150000


def test_a_lower_price_is_spread_over_what_was_and_what_is_to_come(deferred, actor, ledger_holds):
    invoice, sla = deferred(360000)
    release_income(on=date(2026, 6, 30), actor=actor)
    credit(invoice, 12000, actor)
    assert parts() == [(30000, 0, 1000)] * 3 + [(30000, 1000, 0)] * 9
    sla.refresh_from_db()
    assert sla.open_pence == 9 * 29000
    assert release_income(on=date(2027, 3, 31), actor=actor).pence == 9 * 29000
    assert balances()["4200"] == -348000


def test_pennies_that_the_months_do_not_hold_are_taken_from_the_others(deferred, actor, ledger_holds):
    # September to March of 761.00 by twelfths is 443.92; its months hold 3 × 63.42 + 4 × 63.41 = 443.90.
    invoice, _ = deferred()
    credit(invoice, 44392, actor, service=SEPTEMBER_ON)
    assert [cancelled for _, cancelled, _ in parts()] == [1, 1, 0, 0, 0, 6342, 6342, 6342, 6341, 6341, 6341, 6341]
    assert balances()["2300"] == -(76100 - 44392)


def test_a_credit_for_days_that_were_not_invoiced_is_refused(deferred, actor, ledger_holds):
    invoice, _ = deferred()
    with nothing_written(), pytest.raises(OutsideService, match="from 1 April 2026 to 31 March 2027"):
        credit(invoice, 100, actor, service=Period(date(2027, 3, 1), date(2027, 5, 1)))


def test_reductions_bring_their_dates_to_the_credit(deferred, actor, ledger_holds):
    deferred(360000)
    reduce(source_key="left", of="hr", pence=180000, reason="Left", on=APRIL, actor=actor,
           service=Period(date(2026, 10, 1), YEAR.end))  # fmt: skip
    reduce(source_key="price", of="hr", pence=6000, reason="Lower price", on=APRIL, actor=actor)
    [note] = issue_credits_due(charge_source_keys=["hr"], on=date(2026, 5, 1), actor=actor)
    assert parts() == [(30000, 1000, 0)] * 6 + [(30000, 30000, 0)] * 6
    assert note.lines.get().service_from == YEAR.start  # one of the two has no dates


def test_what_was_not_used_is_credited_before_what_was(deferred, actor, ledger_holds):
    invoice, days = deferred(100000, recognition="on_use")
    use_deferred(charge_source_key="hr", source_key="visit:1", pence=60000, on=date(2026, 5, 1), actor=actor)
    credit(invoice, 30000, actor)
    assert (balances()["2300"], balances()["4200"]) == (-10000, -60000)
    credit(invoice, 30000, actor)
    assert (balances().get("2300"), balances()["4200"]) == (None, -40000)
    days.refresh_from_db()
    assert days.open_pence == 0


def test_what_a_preview_says_is_what_is_taken_back(deferred, actor, ledger_holds):
    invoice, _ = deferred(360000)
    release_income(on=date(2026, 10, 31), actor=actor)
    line = invoice.lines.get()
    asked = [Credited(line.pk, 210000, SEPTEMBER_ON)]
    with nothing_written():
        assert deferred_of(asked) == {line.pk: 150000}
        with rolled_back():
            assert take_back_deferred(credits=asked, on=date(2026, 11, 5)) == {line.pk: 150000}


@in_database
@given(data=st.data(), pence=st.integers(1, 1_000_000), pattern=st.sampled_from(["over_time", "on_date", "on_use"]))
def test_any_order_of_releases_uses_and_credits_leaves_the_books_right(deferred, actor, data, pence, pattern):
    with rolled_back():
        invoice, deferral = deferred(pence, recognition=pattern)
        left, day = pence, APRIL
        for step in range(data.draw(st.integers(1, 6))):
            day = data.draw(st.dates(day, date(2027, 5, 1)))
            deferral.refresh_from_db()
            what = data.draw(st.sampled_from(["release", "credit", "use"]))
            if what == "credit" and left:
                amount = data.draw(st.integers(1, left))
                start = data.draw(st.dates(YEAR.start, date(2027, 3, 30)))
                end = data.draw(st.dates(date(2027, 3, 31), YEAR.end))
                credit(invoice, amount, actor, service=data.draw(st.sampled_from([None, Period(start, end)])), on=day)
                left -= amount
            elif what == "use" and pattern == "on_use" and deferral.open_pence:
                used = data.draw(st.integers(1, deferral.open_pence))
                use_deferred(charge_source_key="hr", source_key=f"use:{step}", pence=used, on=day, actor=actor)
            else:
                release_income(on=day, actor=actor)
            books_hold()
        if left:
            credit_in_full(invoice=invoice, reason="All", on=day, actor=actor)
        assert balances() == {}
        books_hold()
