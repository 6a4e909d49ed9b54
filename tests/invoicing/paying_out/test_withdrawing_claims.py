"""A repayment request is withdrawn before it is paid: payables stand as before it, and the next payment takes the credit."""

from datetime import date, datetime

import pytest
from django.core.management import call_command
from django.db import IntegrityError, transaction
from django.utils import timezone

from invoicing.documents.models import Document
from invoicing.provider_invoices.claim_models import ClaimBack, ClaimWithdrawal
from invoicing.provider_invoices.claiming_back import claim_back, may_claim
from invoicing.provider_invoices.errors import InvoiceMoved
from invoicing.provider_invoices.models import ProviderInvoice
from invoicing.provider_invoices.queries import provider_invoices_for
from invoicing.provider_invoices.withdrawing_claims import owed_on, prepare_claim_withdrawal, withdraw_claim
from invoicing.receivables.models import Allocation, ReceivableItem, UnallocatedItem
from invoicing.receivables.standing import standing_in, standing_of, with_figures
from invoicing.second_person.limits import NeedsSecondPerson
from invoicing.second_person.models import Action
from invoicing.second_person.preparing import AlreadyWaits
from invoicing.services import allocate, approve, reverse_receipt, set_limit, undo_allocation
from marketplace.core.actors import Role
from marketplace.core.errors import NotAllowed, WrongInput
from marketplace.core.models import Event
from tests.invoicing.books import balances, nothing_written, receive
from tests.invoicing.paying_out.world import PAY_DAY, TODAY, Payers, invoiced, overpaid
from tests.shop import person

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("ledger_holds")]
LATER = date(2026, 11, 9)


@pytest.fixture
def claim(payers: Payers) -> ClaimBack:
    """£420.00 that Ridgeway is asked to pay back, by RPR-000001."""
    return claim_back(credit=overpaid(payers, 42_000), reason="No more work", on=TODAY, actor=payers.priya)


def withdrawn(payers: Payers, claim: ClaimBack) -> ClaimWithdrawal:
    return withdraw_claim(claim=claim, reason="A day is booked", on=LATER, actor=payers.priya)


def test_payables_stand_as_before_it_and_the_next_payment_takes_the_credit_off(payers, claim):
    assert balances() == {"1100": 42_000, "2460": -42_000}
    sealed = Document.objects.get(pk=claim.document_id).content_hash
    made = withdrawn(payers, claim)
    assert (made.pence, made.withdrawn_on) == (42_000, LATER)
    assert balances() == {"2400": 42_000, "2460": -42_000}
    document = with_figures(Document.objects.filter(pk=claim.document_id)).get()
    assert (document.number, document.content_hash) == ("RPR-000001", sealed)
    assert standing_of(document, LATER) == "withdrawn"
    assert list(standing_in(with_figures(Document.objects.all()), standing_of(document, LATER), LATER)) == [document]
    credit = provider_invoices_for(payers.priya).get(pk=claim.credit_id)
    assert (credit.outstanding_pence, credit.was_claimed) == (42_000, False)

    invoiced(payers.ridgeway, 50_000)
    assert payers.prepared().lines.get().pence == 8_000
    kinds = ["provider_invoice.claim_withdrawn", "claim_back.withdrawn"]
    assert Event.objects.filter(kind__in=kinds).count() == 2


def test_it_can_be_claimed_back_anew_under_another_number(payers, claim):
    withdrawn(payers, claim)
    credit = ProviderInvoice.objects.get(pk=claim.credit_id)
    assert may_claim(credit)
    again = claim_back(credit=credit, reason="Not booked after all", on=LATER, actor=payers.priya)
    assert (again.document.number, again.pence) == ("RPR-000002", 42_000)
    assert balances() == {"1100": 42_000, "2460": -42_000}


def test_what_was_paid_of_it_stays_paid_and_the_rest_is_withdrawn(payers, claim):
    item = ReceivableItem.objects.get(document=claim.document_id)
    money = receive(payers.ridgeway, 12_000, key="part", on=TODAY)
    allocate(source=money, to=item, pence=12_000, on=TODAY, actor=payers.priya)
    assert owed_on(claim) == 30_000
    assert withdrawn(payers, claim).pence == 30_000
    assert balances() == {"1000": 12_000, "2400": 30_000, "2460": -42_000}
    assert ProviderInvoice.objects.get(pk=claim.credit_id).outstanding_pence == 30_000


def test_what_is_paid_is_not_withdrawn_nor_is_it_withdrawn_twice(payers, claim):
    item = ReceivableItem.objects.get(document=claim.document_id)
    money = receive(payers.ridgeway, 42_000, key="whole", on=TODAY)
    paid = allocate(source=money, to=item, pence=42_000, on=TODAY, actor=payers.priya)
    with nothing_written(), pytest.raises(InvoiceMoved, match="Nothing is owed on RPR-000001"):
        withdrawn(payers, claim)
    undo_allocation(allocation=paid, on=PAY_DAY, reason="Not theirs", actor=payers.priya)
    withdrawn(payers, claim)
    with nothing_written(), pytest.raises(InvoiceMoved):
        withdrawn(payers, claim)


def test_only_finance_withdraws_and_says_why(payers, claim, actor):
    ada = person(payers.ridgeway, actor, role=Role.PROVIDER, name="Ada Ridge")
    with nothing_written(), pytest.raises(NotAllowed):
        withdraw_claim(claim=claim, reason="x", on=TODAY, actor=ada)
    with nothing_written(), pytest.raises(NotAllowed):
        prepare_claim_withdrawal(claim=claim, reason="x", actor=ada)
    with nothing_written(), pytest.raises(WrongInput, match="Enter"):
        withdraw_claim(claim=claim, reason=" ", on=TODAY, actor=payers.priya)


def test_above_the_limit_another_person_approves_what_was_seen(payers, claim):
    set_limit(action=Action.WITHDRAWAL, pence=40_000, valid_from=TODAY, actor=payers.marek)
    with nothing_written(), pytest.raises(NeedsSecondPerson, match=r"£420\.00 is above £400\.00"):
        withdrawn(payers, claim)
    prepared = prepare_claim_withdrawal(claim=claim, reason="A day is booked", actor=payers.priya)
    with pytest.raises(AlreadyWaits):
        prepare_claim_withdrawal(claim=claim, reason="Again", actor=payers.olive)
    assert owed_on(claim) == 42_000
    at = timezone.make_aware(datetime(2026, 11, 9, 9, 0))
    item = ReceivableItem.objects.get(document=claim.document_id)
    money = receive(payers.ridgeway, 2_000, key="part", on=TODAY)
    part = allocate(source=money, to=item, pence=2_000, on=TODAY, actor=payers.priya)
    with nothing_written(), pytest.raises(InvoiceMoved, match=r"£400\.00 is owed on RPR-000001 by now, not £420\.00"):
        approve(prepared=prepared, on=LATER, at=at, actor=payers.marek)
    undo_allocation(allocation=part, on=LATER, reason="Another's", actor=payers.priya)
    done = approve(prepared=prepared, on=LATER, at=at, actor=payers.marek)
    assert (done.state, done.outcome) == ("approved", "RPR-000001")
    assert balances() == {"1000": 2_000, "2100": -2_000, "2400": 42_000, "2460": -42_000}


def test_it_is_never_undone_by_a_verb_nor_in_the_database(payers, claim):
    made = withdrawn(payers, claim)
    source = UnallocatedItem.objects.get(kind="withdrawn")
    with nothing_written(), pytest.raises(WrongInput, match="stays so"):
        undo_allocation(allocation=made.allocation, on=LATER, reason="x", actor=payers.priya)
    with nothing_written(), pytest.raises(WrongInput):
        reverse_receipt(item=source, on=LATER, reason="x", actor=payers.priya)
    with pytest.raises(IntegrityError), transaction.atomic():
        Allocation.objects.filter(pk=made.allocation_id).update(undone_on=LATER)
    with pytest.raises(IntegrityError), transaction.atomic():
        ClaimWithdrawal.objects.filter(pk=made.pk).update(pence=1)
    with pytest.raises(IntegrityError), transaction.atomic():
        ClaimWithdrawal.objects.filter(pk=made.pk).delete()
    call_command("verify_ledger")


def test_the_database_refuses_a_withdrawal_that_settled_nothing(payers, claim):
    item = ReceivableItem.objects.get(document=claim.document_id)
    money = receive(payers.ridgeway, 42_000, key="whole", on=TODAY)
    paid = allocate(source=money, to=item, pence=42_000, on=TODAY, actor=payers.priya)
    with pytest.raises(IntegrityError), transaction.atomic():
        ClaimWithdrawal.objects.create(claim=claim, allocation=paid, pence=42_000, reason="x", withdrawn_on=TODAY)
