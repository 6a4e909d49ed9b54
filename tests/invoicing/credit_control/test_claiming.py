"""Claiming interest: cumulative, once for a day, never on what is in query or settled by journal."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from invoicing.credit_control.models import LateClaim
from invoicing.credit_control.rules.late_payment import NoReferenceRate
from invoicing.credit_control.services.late import LatePaymentIsOff, NothingToClaim, late_payments
from invoicing.receivables.models import Charge, ReceivableItem
from invoicing.services import (
    allocate,
    claim_late_payment,
    credit_invoice,
    load_reference_rate,
    open_query,
    resolve_query,
    set_late_payment,
)
from marketplace.core.errors import NotAllowed, WrongInput
from marketplace.organisations.models import CustomerTerms
from tests.invoicing.books import bill, nothing_written, receive, refused, run_sql
from tests.invoicing.credit_control.conftest import DUE, member

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("ledger_holds")]
RATE = Decimal("0.0375")


def day(late: int) -> date:
    return DUE + timedelta(days=late)


def moment(late: int) -> datetime:
    return datetime.combine(day(late), datetime.min.time(), tzinfo=UTC) + timedelta(hours=12)


def item_of(trust) -> ReceivableItem:  # type: ignore[no-untyped-def]
    return ReceivableItem.objects.select_related("document", "organisation").get(document=trust.invoice)


@pytest.fixture
def on(manager):
    load_reference_rate(half_from=date(2026, 7, 1), rate=RATE, actor=manager)
    set_late_payment(from_on=DUE, claims=True, actor=manager)


def to_date(trust, late):  # type: ignore[no-untyped-def]
    [found] = late_payments([item_of(trust)], on=day(late))
    return found.interest_left, found.fixed_left


def test_claims_add_up_to_one_calculation(trust, officer, on):
    # 410.00 × 0.1175 × 30 / 365 = 3.9596 → 3.96; × 61 / 365 = 8.0512 → 8.05
    assert to_date(trust, 30) == (396, 4_000)
    first = claim_late_payment(item=item_of(trust), on=day(30), actor=officer)
    assert (first.from_on, first.until_on) == (day(1), day(31))
    second = claim_late_payment(item=item_of(trust), on=day(61), actor=officer)
    assert (second.interest_pence, second.fixed_pence, second.from_on) == (409, 0, day(31))
    assert set(Charge.objects.filter(source_key__startswith="late:").values_list("net_pence", "vat_category")) == {
        (396, "O"), (4_000, "O"), (409, "O")
    }  # fmt: skip


def test_a_second_click_claims_nothing(trust, officer, on):
    claim_late_payment(item=item_of(trust), on=day(30), actor=officer)
    with nothing_written(), pytest.raises(NothingToClaim):
        claim_late_payment(item=item_of(trust), on=day(30), actor=officer)
    assert LateClaim.objects.count() == 1


def test_what_is_claimed_bears_no_interest_itself(trust, officer, on, actor):
    claim_late_payment(item=item_of(trust), on=day(30), actor=officer)
    invoices = bill(day(30), actor)
    owed = ReceivableItem.objects.filter(document__in=invoices).select_related("document", "organisation")
    assert [found.left for found in late_payments(list(owed), on=day(90))] == [0] * len(invoices)


def test_lines_in_query_bear_nothing_while_they_are(trust, on):
    query = open_query(
        document=trust.invoice, organisation=trust.elm_park, text="Why?", at=moment(1), actor=member(trust.elm_park)
    )
    assert to_date(trust, 30) == (164, 4_000)  # 170.00 × 0.1175 × 30 / 365 = 1.6418
    resolve_query(query=query, outcome="agreed", at=moment(21), actor=member(trust.elm_park))
    # and 240.00 more for the 10 days from the 21st on: 1.6418 + 0.7726 = 2.4144
    assert to_date(trust, 30) == (241, 4_000)


def test_what_a_credit_note_took_back_was_never_owed(trust, officer, on):
    credit_invoice(
        invoice=trust.invoice, amounts={trust.line(3): 20_000}, reason="Not given", on=day(20), actor=officer
    )
    assert to_date(trust, 30) == (164, 4_000)


def test_a_receipt_ends_interest_with_its_day(trust, actor, on):
    money = receive(trust.itself, 24_000, key="part", on=day(10))
    allocate(source=money, to=item_of(trust), pence=24_000, on=day(12), actor=actor)
    assert to_date(trust, 30) == (241, 4_000)  # 410.00 for 10 days, 170.00 for 20: 1.3199 + 1.0945


def test_never_for_a_customer_settled_by_the_councils_journal(trust, officer, on):
    CustomerTerms.objects.update(settlement="council_journal")
    assert to_date(trust, 90) == (0, 0)
    with nothing_written(), pytest.raises(NothingToClaim):
        claim_late_payment(item=item_of(trust), on=day(90), actor=officer)


def test_off_is_where_it_begins_and_off_again_is_off(trust, officer, manager, on):
    with nothing_written(), pytest.raises(LatePaymentIsOff):
        claim_late_payment(item=item_of(trust), on=day(-1), actor=officer)
    set_late_payment(from_on=day(20), claims=False, actor=manager)
    with nothing_written(), pytest.raises(LatePaymentIsOff):
        claim_late_payment(item=item_of(trust), on=day(20), actor=officer)
    with nothing_written(), pytest.raises(WrongInput, match="decided for"):
        set_late_payment(from_on=day(20), claims=True, actor=manager)


def test_only_a_manager_switches_and_loads_and_only_finance_claims(trust, officer, on):
    with pytest.raises(NotAllowed):
        set_late_payment(from_on=day(9), claims=True, actor=officer)
    with pytest.raises(NotAllowed):
        load_reference_rate(half_from=date(2027, 1, 1), rate=RATE, actor=officer)
    with pytest.raises(NotAllowed):
        claim_late_payment(item=item_of(trust), on=day(9), actor=member(trust.itself))


def test_a_rate_that_a_claim_used_stays(trust, officer, manager, on):
    load_reference_rate(half_from=date(2026, 7, 1), rate=Decimal("0.04"), actor=manager)
    claim_late_payment(item=item_of(trust), on=day(9), actor=officer)
    with nothing_written(), pytest.raises(WrongInput, match="so it stays"):
        load_reference_rate(half_from=date(2026, 7, 1), rate=RATE, actor=manager)
    with refused("a claim has used it"):
        run_sql("UPDATE invoicing_referencerate SET rate = 0.09")
    with pytest.raises(WrongInput, match="1 January or 1 July"):
        load_reference_rate(half_from=date(2026, 9, 1), rate=RATE, actor=manager)


def test_without_a_rate_it_is_refused(trust, officer, manager):
    set_late_payment(from_on=DUE, claims=True, actor=manager)
    with nothing_written(), pytest.raises(NoReferenceRate):
        claim_late_payment(item=item_of(trust), on=day(9), actor=officer)
