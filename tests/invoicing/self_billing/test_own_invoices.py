"""Providers' own invoices: received once, matched, queried, refused or agreed; never beside invoices that we write."""

from datetime import date

import pytest
from django.core.management import call_command

from invoicing.provider_invoices.agreements import end_self_billing
from invoicing.provider_invoices.deciding import (
    agree_invoice,
    answer_query,
    query_invoice,
    refuse_invoice,
    settle_outstanding,
)
from invoicing.provider_invoices.due import payment_day
from invoicing.provider_invoices.errors import AmountsTaken, InvoiceDiffers, InvoiceKnown, InvoiceMoved, WrittenByUs
from invoicing.provider_invoices.matching import match_invoice, owed_amounts
from invoicing.provider_invoices.models import InvoicedMove, ProviderInvoice
from invoicing.provider_invoices.receiving import receive_invoice
from invoicing.services import reduce_payable
from marketplace.core.actors import Role
from marketplace.core.errors import NotAllowed, WrongInput
from tests.core import small_files
from tests.invoicing.books import balances, nothing_written
from tests.invoicing.self_billing.ridgeway import NONE, ON, agreed, earned
from tests.shop import person

pytestmark = pytest.mark.django_db


def sent(provider, actor, number="R-17", net=10_000, vat=2_000, **more):
    return receive_invoice(
        provider=provider, number=number, dated_on=ON, net_pence=net, vat_pence=vat, upload=small_files.PDF,
        file_name="invoice.pdf", on=ON, actor=actor, **more,
    )  # fmt: skip


@pytest.fixture
def ada(ridgeway, actor):
    """Of Ridgeway Learning's office."""
    return person(ridgeway, actor, role=Role.PROVIDER, name="Ada Ridge")


def test_an_invoice_for_all_that_is_owed_is_matched_at_once_and_agreed_by_finance(ridgeway, ada, priya):
    earned(ridgeway, 6_000, key="a")
    earned(ridgeway, 4_000, key="b")
    before = balances()
    made = sent(ridgeway, ada)
    assert (made.state, made.lines.count(), made.outstanding_pence) == ("received", 2, 0)
    assert balances() == before, "nothing is posted before it is agreed"
    with nothing_written(), pytest.raises(NotAllowed):
        agree_invoice(invoice=made, on=ON, actor=ada)
    agree_invoice(invoice=made, on=ON, actor=priya)
    made.refresh_from_db()
    assert (made.state, made.outstanding_pence, made.due_on) == ("agreed", 12_000, date(2026, 10, 23))
    assert balances() == before | {"2210": 2_000, "2400": -12_000}
    assert owed_amounts(ridgeway) == []
    call_command("verify_ledger")


def test_whoever_has_them_written_sends_none(ridgeway, ada, actor):
    agreement = agreed(ridgeway)
    earned(ridgeway, 10_000, key="a")
    with nothing_written(), pytest.raises(WrittenByUs, match="so it sends none"):
        sent(ridgeway, ada)
    end_self_billing(agreement=agreement, on=ON, reason="It wishes to invoice", actor=actor)
    assert sent(ridgeway, ada).lines.count() == 1


def test_a_number_comes_once_unless_it_was_refused(ridgeway, ada, priya):
    earned(ridgeway, 10_000, key="a")
    first = sent(ridgeway, ada)
    with pytest.raises(InvoiceKnown, match="was received before"):
        sent(ridgeway, ada)
    with pytest.raises(InvoiceKnown, match="was received before"):
        sent(ridgeway, ada, number="r-17")
    refuse_invoice(invoice=first, reason="Wrong address", actor=priya)
    assert not InvoicedMove.objects.exists()
    again = sent(ridgeway, ada)
    assert again.lines.count() == 1 and again.pk != first.pk


def test_another_sum_waits_for_a_choice_and_is_never_agreed_as_it_is(ridgeway, ada, priya):
    one = earned(ridgeway, 6_000, key="a")
    two = earned(ridgeway, 4_500, key="b")
    made = sent(ridgeway, ada, net=6_000, vat=1_200)
    assert made.lines.count() == 0
    with nothing_written(), pytest.raises(InvoiceDiffers, match=r"£60\.00 before VAT, and £0\.00"):
        agree_invoice(invoice=made, on=ON, actor=priya)
    with pytest.raises(InvoiceDiffers, match=r"comes to £105\.00"):
        match_invoice(invoice=made, payable_ids=[one.pk, two.pk], actor=priya)
    match_invoice(invoice=made, payable_ids=[one.pk], actor=priya)
    with pytest.raises(AmountsTaken):
        match_invoice(invoice=sent(ridgeway, ada, number="R-18", net=6_000, vat=0), payable_ids=[one.pk], actor=priya)
    agree_invoice(invoice=made, on=ON, actor=priya)
    assert [row.payable for row in owed_amounts(ridgeway)] == [two]
    call_command("verify_ledger")


def test_it_is_queried_answered_and_agreed(ridgeway, ada, priya):
    earned(ridgeway, 10_000, key="a")
    made = sent(ridgeway, ada)
    query_invoice(invoice=made, reason="Which school?", actor=priya)
    with pytest.raises(InvoiceMoved, match="is in query"):
        agree_invoice(invoice=made, on=ON, actor=priya)
    answer_query(invoice=made, answer="Oakfield", actor=ada)
    agree_invoice(invoice=made, on=ON, actor=priya)
    for step in (
        lambda: query_invoice(invoice=made, reason="Late", actor=priya),
        lambda: refuse_invoice(invoice=made, reason="Late", actor=priya),
        lambda: answer_query(invoice=made, answer="Late", actor=ada),
        lambda: agree_invoice(invoice=made, on=ON, actor=priya),
        lambda: match_invoice(invoice=made, payable_ids=[], actor=priya),
    ):
        with nothing_written(), pytest.raises(InvoiceMoved):
            step()


def test_a_credit_note_of_its_own_takes_back_what_was_reduced(ridgeway, ada, priya, actor):
    earned(ridgeway, 10_000, key="a")
    made = sent(ridgeway, ada)
    agree_invoice(invoice=made, on=ON, actor=priya)
    reduce_payable(source_key="less", of="a", pence=2_500, reason="Half a day", on=ON, actor=actor)
    credit = sent(ridgeway, ada, number="R-17C", net=2_500, vat=500, credits=made)
    agree_invoice(invoice=credit, on=ON, actor=priya)
    credit.refresh_from_db()
    assert (credit.kind, credit.outstanding_pence) == ("own_credit", 3_000)
    assert balances()["2400"] == -9_000 and balances()["2210"] == 1_500
    call_command("verify_ledger")


def test_vat_comes_from_who_is_registered_alone(priory, priya):
    earned(priory, 10_000, key="a", vat=NONE)
    with nothing_written(), pytest.raises(WrongInput, match="not registered for VAT on record"):
        sent(priory, priya)
    assert sent(priory, priya, vat=0).gross_pence == 10_000


def test_who_sent_it_does_not_agree_it_and_a_stranger_sends_none(ridgeway, priory, priya, ada):
    earned(ridgeway, 10_000, key="a")
    made = sent(ridgeway, priya)
    with nothing_written(), pytest.raises(NotAllowed, match="another finance person"):
        agree_invoice(invoice=made, on=ON, actor=priya)
    with nothing_written(), pytest.raises(NotAllowed):
        sent(priory, ada)


def test_no_more_is_settled_than_is_outstanding(ridgeway, ada, priya):
    earned(ridgeway, 10_000, key="a")
    made = sent(ridgeway, ada)
    agree_invoice(invoice=made, on=ON, actor=priya)
    settle_outstanding(invoice_id=made.pk, pence=12_000)
    assert ProviderInvoice.objects.get().outstanding_pence == 0
    with pytest.raises(InvoiceMoved):
        settle_outstanding(invoice_id=made.pk, pence=1)
    settle_outstanding(invoice_id=made.pk, pence=-12_000)
    with pytest.raises(InvoiceMoved):
        settle_outstanding(invoice_id=made.pk, pence=-1)


@pytest.mark.parametrize(
    ("on", "day"),
    [
        (date(2026, 9, 1), date(2026, 9, 25)),
        (date(2026, 9, 25), date(2026, 9, 25)),
        (date(2026, 9, 26), date(2026, 10, 23)),
        (date(2026, 12, 1), date(2026, 12, 24)),
        (date(2026, 12, 31), date(2027, 1, 25)),
    ],
)
def test_payment_days(on, day):
    assert payment_day(on) == day
