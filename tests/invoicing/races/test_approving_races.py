"""Six processes approve the same thing: it is done once, and five are told that it was decided."""

from collections import Counter

import pytest
from django.core.management import call_command

from invoicing.documents.models import Document
from invoicing.receivables.models import Refund
from invoicing.services import allocate, prepare_refund, prepare_settlement
from marketplace.core.actors import Role
from tests.invoicing.agency.fenland import add_fenland, mandate_for, sold
from tests.invoicing.books import FIRST, receive
from tests.invoicing.races.approving import approve_together, settle_together
from tests.invoicing.races.settling import ON, PROCESSES
from tests.invoicing.races.test_second_clicks_race import told
from tests.shop import person

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.race]
TRIALS = 10


@pytest.fixture
def officer(partnership, actor):
    return person(partnership, actor, name="Priya Officer", role=Role.FINANCE_OFFICER)


@pytest.fixture
def manager(partnership, actor):
    return person(partnership, actor, name="Marek Manager", role=Role.FINANCE_MANAGER)


def refunds_to_approve(oakfield, officer) -> list[int]:
    """£10.00 of each receipt of £100.00, prepared."""
    receipts = [receive(oakfield, 10_000, key=f"receipt {number}") for number in range(TRIALS)]
    return [prepare_refund(source=one, pence=1_000, reason="Paid twice", actor=officer).pk for one in receipts]


def test_a_refund_approved_by_six_at_once_is_made_once(oakfield, officer, manager):
    answers = told(approve_together, refunds_to_approve(oakfield, officer), manager.user_id, True)
    print(f"\n{TRIALS} refunds, each approved by {PROCESSES} processes at once: {Refund.objects.count()} made")
    assert answers == [Counter(done=1, AlreadyDecided=PROCESSES - 1)] * TRIALS
    assert Refund.objects.count() == TRIALS
    call_command("verify_ledger")


def test_control_without_a_look_at_its_state_it_is_made_by_everybody(oakfield, officer, manager):
    told(approve_together, refunds_to_approve(oakfield, officer), manager.user_id, False)
    print(f"\ncontrol: {Refund.objects.count()} refunds made of {TRIALS} that were prepared")
    assert Refund.objects.count() > TRIALS


def test_a_settlement_approved_by_six_at_once_takes_one_fee(oakfield, charges, officer, manager, actor):
    supplier = add_fenland()
    mandate_for(supplier, manager)
    source = receive(oakfield, 120_000, key="paid")
    invoice = sold(supplier, oakfield, 100_000, charges)
    allocate(source=source, to=invoice.items.get(), pence=120_000, on=FIRST, actor=actor)
    made = prepare_settlement(supplier=supplier, on=ON, actor=officer)
    answers = told(settle_together, [made.pk], manager.user_id)
    assert answers == [Counter(done=1, SettlementMoved=PROCESSES - 1)]
    assert Document.objects.filter(customer=supplier).count() == 1
    call_command("verify_ledger")
