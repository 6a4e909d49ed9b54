"""What a credit note gave back and no payment takes off is claimed back: asked for once, owed, paid like any bill."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction

from invoicing.credit_control.services.late import late_payments, load_reference_rate
from invoicing.documents.files import pdf_of
from invoicing.documents.models import Document
from invoicing.provider_invoices.claim_models import ClaimBack
from invoicing.provider_invoices.claiming_back import claim_back, may_claim
from invoicing.provider_invoices.errors import InvoiceMoved, PaymentToCome
from invoicing.provider_invoices.models import ProviderInvoice
from invoicing.receivables.models import ReceivableItem
from invoicing.services import allocate, write_off
from invoicing.vat_boxes import box_six
from marketplace.core.actors import Role, platform
from marketplace.core.errors import NotAllowed, WrongInput
from tests.invoicing.books import balances, nothing_written, receive
from tests.invoicing.paying_out.world import PAY_DAY, TODAY, Payers, credited, invoiced, overpaid
from tests.shop import person

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("ledger_holds")]


@pytest.fixture
def credit(payers: Payers) -> ProviderInvoice:
    """£420.00 that Ridgeway was paid for a visit whose school was refunded."""
    return overpaid(payers, 42_000)


def claimed(payers: Payers, credit: ProviderInvoice) -> ClaimBack:
    return claim_back(credit=credit, reason="No more work is booked", on=TODAY, actor=payers.priya)


def test_the_debit_of_payables_becomes_a_receivable_that_a_receipt_settles(payers, credit):
    assert balances() == {"2400": 42_000, "2460": -42_000}
    claim = claimed(payers, credit)
    document = Document.objects.get(pk=claim.document_id)
    assert (document.number, document.gross_pence, document.vat_pence) == ("RPR-000001", 42_000, 0)
    assert document.due_on == TODAY + timedelta(days=30)
    assert balances() == {"1100": 42_000, "2460": -42_000}
    credit.refresh_from_db()
    assert credit.outstanding_pence == 0

    item = ReceivableItem.objects.get(document=document)
    money = receive(payers.ridgeway, 42_000, key="repaid", on=PAY_DAY)
    allocate(source=money, to=item, pence=42_000, on=PAY_DAY, actor=payers.priya)
    item.refresh_from_db()
    assert item.outstanding_pence == 0
    assert balances() == {"1000": 42_000, "2460": -42_000}


def test_what_is_claimed_back_bears_no_interest_however_late(payers, credit):
    half = date(TODAY.year + 1, 1, 1)
    for start in (date(TODAY.year, 7, 1), half):
        load_reference_rate(half_from=start, rate=Decimal("0.0375"), actor=platform("test"))
    claim = claimed(payers, credit)
    items = list(ReceivableItem.objects.filter(document=claim.document_id).select_related("document"))
    [to_date] = late_payments(items, on=half + timedelta(days=120))
    assert (to_date.due.interest_pence, to_date.due.fixed_pence) == (0, 0)


def test_it_is_claimed_once(payers, credit):
    claimed(payers, credit)
    with nothing_written(), pytest.raises(InvoiceMoved, match="Nothing is left of"):
        claimed(payers, credit)


def test_what_a_payment_will_take_off_is_not_claimed(payers, credit):
    later = invoiced(payers.ridgeway, 10_000, due_on=date(2027, 3, 25))
    assert not may_claim(credit)
    with nothing_written(), pytest.raises(PaymentToCome, match=r"£100\.00 is still to be paid to Ridgeway Learning"):
        claimed(payers, credit)
    assert later.outstanding_pence == 10_000


def test_nor_what_stands_in_a_batch_under_way_and_then_only_what_is_left(payers, credit):
    invoiced(payers.ridgeway, 50_000)
    batch = payers.prepared()
    with nothing_written(), pytest.raises(PaymentToCome, match=f"in {batch.number}. Withdraw"):
        claimed(payers, credit)


def test_only_finance_claims_and_only_a_credit_note(payers, credit, actor):
    ada = person(payers.ridgeway, actor, role=Role.PROVIDER, name="Ada Ridge")
    with nothing_written(), pytest.raises(NotAllowed):
        claim_back(credit=credit, reason="x", on=TODAY, actor=ada)
    paid = ProviderInvoice.objects.get(kind="own")
    with nothing_written(), pytest.raises(WrongInput, match="no credit note"):
        claimed(payers, paid)
    with nothing_written(), pytest.raises(WrongInput, match="Enter"):
        claim_back(credit=credit, reason=" ", on=TODAY, actor=payers.priya)


def test_it_is_no_supply_so_it_stands_in_no_box_of_the_vat_return(payers, credit):
    claimed(payers, credit)
    found = box_six(payers.priya, date(2026, 10, 1), date(2027, 1, 1))
    assert found.pence == 0 and not found.undecided


def test_its_paper_says_that_it_is_no_vat_invoice_and_how_to_pay(payers, credit):
    document = Document.objects.get(pk=claimed(payers, credit).document_id)
    assert pdf_of(document, demonstration=False, pay_to=None).startswith(b"%PDF")
    assert document.files.count() == 1, "no e-invoice: it is no invoice"


def test_a_debt_that_is_lost_is_written_off(payers, credit):
    document = Document.objects.get(pk=claimed(payers, credit).document_id)
    write_off(invoice=document, pence=42_000, reason="Dissolved", on=PAY_DAY, actor=platform("test"))
    assert ReceivableItem.objects.get(document=document).outstanding_pence == 0


def test_the_database_refuses_a_claim_beyond_the_credit_note(payers, credit):
    other = credited(payers.priory, 5_000)
    claim = claimed(payers, credit)
    for values in ((other.pk, claim.document_id, 42_000), (credit.pk, claim.document_id, 1)):
        with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO invoicing_claimback (credit_id, document_id, pence) VALUES (%s, %s, %s)", values
            )
    with pytest.raises(IntegrityError), transaction.atomic():
        ClaimBack.objects.filter(pk=claim.pk).update(pence=1)
    call_command("verify_ledger")
