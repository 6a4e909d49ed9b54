"""Receipts and what they settle: never above either balance, undone by reversal, one paying for another."""

from datetime import date

import pytest
from django.db import IntegrityError, transaction

from invoicing.ledger.models import JournalEntry
from invoicing.receivables.allocation import AllocationTooLarge, AlreadyUndone
from invoicing.receivables.receipts import ReceiptReversed
from invoicing.services import allocate, allocate_many, reverse_receipt, undo_allocation
from marketplace.core.errors import WrongInput
from tests.invoicing.books import FIRST, balances, bill, nothing_written, receive

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("ledger_holds")]
PAID = date(2026, 9, 20)


@pytest.fixture
def item(oakfield, charges):
    """£120.00 owed by Oakfield."""
    charges(oakfield, 10_000)
    return bill()[0].items.get()


def left(source) -> int:
    source.refresh_from_db()
    return source.remaining_pence


def test_a_receipt_stands_on_account_until_it_is_set_against_an_invoice(item, oakfield, actor):
    source = receive(oakfield, 15_000, key="1", on=PAID)
    assert balances() == {"1000": 15_000, "1100": 12_000, "2100": -15_000, "2200": -2_000, "4200": -10_000}
    allocate(source=source, to=item, pence=12_000, on=PAID, actor=actor)
    assert balances() == {"1000": 15_000, "2100": -3_000, "2200": -2_000, "4200": -10_000}
    item.refresh_from_db()
    assert (item.outstanding_pence, left(source)) == (0, 3_000)


def test_more_than_is_on_account_is_refused(item, oakfield, actor):
    source = receive(oakfield, 5_000, key="1")
    with nothing_written(), pytest.raises(AllocationTooLarge, match=r"Only £50.00 is left on account, not £50.01"):
        allocate(source=source, to=item, pence=5_001, on=PAID, actor=actor)
    item.refresh_from_db()
    assert (item.outstanding_pence, left(source)) == (12_000, 5_000)


def test_more_than_is_owed_is_refused(item, oakfield, actor):
    source = receive(oakfield, 20_000, key="1")
    with nothing_written(), pytest.raises(AllocationTooLarge, match=r"Only £120.00 is still owed on INV-000001"):
        allocate(source=source, to=item, pence=12_001, on=PAID, actor=actor)
    item.refresh_from_db()
    assert (item.outstanding_pence, left(source)) == (12_000, 20_000)


@pytest.mark.parametrize("pence", [0, -1])
def test_nothing_or_less_is_not_allocated(item, oakfield, actor, pence):
    source = receive(oakfield, 5_000, key="1")
    with nothing_written(), pytest.raises(WrongInput, match=r"more than £0.00"):
        allocate(source=source, to=item, pence=pence, on=PAID, actor=actor)


def test_several_at_once_are_all_or_none(item, oakfield, charges, actor):
    charges(oakfield, 1_000)
    second = bill()[0].items.get()
    source = receive(oakfield, 13_200, key="1")
    with nothing_written(), pytest.raises(AllocationTooLarge):
        allocate_many(pairs=[(source, item, 12_000), (source, second, 1_201)], on=PAID, actor=actor)
    assert left(source) == 13_200
    allocate_many(pairs=[(source, item, 12_000), (source, second, 1_200)], on=PAID, actor=actor)
    assert left(source) == 0


def test_the_council_pays_the_schools_invoice(item, oakfield, council, actor):
    source = receive(council, 12_000, key="1", on=PAID)
    allocation = allocate(source=source, to=item, pence=12_000, on=PAID, actor=actor)
    movement = JournalEntry.objects.get(pk=allocation.entry_id).movements.get()
    assert (movement.debit_account_id, movement.debit_party_id) == ("2100", council.pk)
    assert (movement.credit_account_id, movement.credit_party_id) == ("1100", oakfield.pk)
    assert balances() == {"1000": 12_000, "2200": -2_000, "4200": -10_000}


def test_undoing_restores_both_balances_by_a_reversing_entry(item, oakfield, actor):
    source = receive(oakfield, 12_000, key="1", on=PAID)
    before = balances()
    allocation = allocate(source=source, to=item, pence=7_000, on=PAID, actor=actor)
    undone = undo_allocation(allocation=allocation, on=date(2026, 9, 25), reason="Another school's", actor=actor)
    item.refresh_from_db()
    assert (item.outstanding_pence, left(source), balances()) == (12_000, 12_000, before)
    assert JournalEntry.objects.get(pk=undone.undone_entry_id).reverses_id == allocation.entry_id
    with nothing_written(), pytest.raises(AlreadyUndone, match="undone on 25 September 2026 already"):
        undo_allocation(allocation=allocation, on=PAID, reason="Again", actor=actor)
    allocate(source=source, to=item, pence=12_000, on=PAID, actor=actor)  # free to be used again
    assert left(source) == 0


def test_an_allocation_is_never_undone_before_its_own_day(item, oakfield, actor):
    source = receive(oakfield, 12_000, key="1", on=FIRST)
    allocation = allocate(source=source, to=item, pence=7_000, on=PAID, actor=actor)
    reverse_receipt(item=source, on=FIRST, reason="Another school's", actor=actor)
    allocation.refresh_from_db()
    assert (allocation.allocated_on, allocation.undone_on) == (PAID, PAID)


def test_a_receipt_taken_back_undoes_what_it_settled(item, oakfield, actor):
    source = receive(oakfield, 12_000, key="1", on=PAID)
    allocate(source=source, to=item, pence=7_000, on=PAID, actor=actor)
    allocate(source=source, to=item, pence=5_000, on=PAID, actor=actor)
    reverse_receipt(item=source, on=date(2026, 9, 25), reason="Returned by the bank", actor=actor)
    item.refresh_from_db()
    assert (item.outstanding_pence, left(source)) == (12_000, 0)
    assert balances() == {"1100": 12_000, "2200": -2_000, "4200": -10_000}
    assert balances(on=PAID) == {"1000": 12_000, "2200": -2_000, "4200": -10_000}  # as it was believed that day
    with nothing_written(), pytest.raises(ReceiptReversed, match="reversed on 25 September 2026 already"):
        reverse_receipt(item=source, on=PAID, reason="Again", actor=actor)
    with nothing_written(), pytest.raises(AllocationTooLarge, match=r"Only £0.00 is left on account"):
        allocate(source=source, to=item, pence=1, on=PAID, actor=actor)


def test_a_credit_note_is_not_taken_back_as_a_receipt(item, actor):
    from invoicing.receivables.models import UnallocatedItem
    from invoicing.services import credit_in_full

    note = credit_in_full(invoice=item.document, reason="Wrong", on=PAID, actor=actor)
    source = UnallocatedItem.objects.get(document=note)
    with nothing_written(), pytest.raises(WrongInput, match="not a receipt"):
        reverse_receipt(item=source, on=PAID, reason="x", actor=actor)


@pytest.mark.parametrize("pence", [0, -500])
def test_a_receipt_is_more_than_nothing(oakfield, pence):
    with nothing_written(), pytest.raises(WrongInput, match=r"more than £0.00"):
        receive(oakfield, pence, key="1")


def test_the_same_receipt_is_not_recorded_twice(oakfield):
    receive(oakfield, 500, key="1")
    with nothing_written(), pytest.raises(IntegrityError), transaction.atomic():
        receive(oakfield, 500, key="1")


def test_money_that_came_before_the_invoice_settles_it_on_the_invoices_day(oakfield, charges, actor):
    early = receive(oakfield, 12_000, key="early", on=date(2026, 8, 15))
    charges(oakfield, 10_000)
    [invoice] = bill(FIRST)
    allocation = allocate(source=early, to=invoice.items.get(), pence=12_000, on=date(2026, 8, 15), actor=actor)
    assert JournalEntry.objects.get(pk=allocation.entry_id).posted_on == FIRST
    assert balances(on=date(2026, 8, 31)) == {"1000": 12_000, "2100": -12_000}  # no receivable below nought
