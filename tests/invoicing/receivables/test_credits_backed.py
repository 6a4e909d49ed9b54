"""What a credit note gives back was paid; a debt written off settles its own invoice; nothing is credited twice."""

import pytest

from invoicing.receivables.backing import CreditNotBacked
from invoicing.receivables.left_to_credit import CreditExceedsInvoice, left_to_credit
from invoicing.receivables.reducing import ReductionTooLarge
from invoicing.services import (
    allocate,
    credit_in_full,
    credit_invoice,
    issue_credits_due,
    reduce,
    reverse_receipt,
    undo_allocation,
    write_off,
)
from marketplace.core.errors import WrongInput
from tests.invoicing.books import FIRST, balances, bill, nothing_written, receive

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("ledger_holds")]


def test_a_credit_note_stays_set_against_what_it_credits_while_nothing_was_paid(oakfield, charges, actor):
    """Otherwise £120.00 that nobody paid could be refunded."""
    charges(oakfield, 10_000)
    [invoice] = bill()
    note = credit_in_full(invoice=invoice, reason="Cancelled", on=FIRST, actor=actor)
    with (
        nothing_written(),
        pytest.raises(CreditNotBacked, match=r"£120\.00 of it would be given back where £0\.00 was"),
    ):
        undo_allocation(allocation=note.on_account.allocations.get(), on=FIRST, reason="A refund", actor=actor)


def test_what_was_paid_and_given_back_is_not_taken_off_the_invoice_again(oakfield, charges, actor):
    charges(oakfield, 10_000)
    [invoice] = bill()
    paid = receive(oakfield, 12_000, key="paid")
    settled = allocate(source=paid, to=invoice.items.get(), pence=12_000, on=FIRST, actor=actor)
    note = credit_in_full(invoice=invoice, reason="Cancelled", on=FIRST, actor=actor)
    assert note.on_account.remaining_pence == 12_000
    with nothing_written(), pytest.raises(CreditNotBacked):
        undo_allocation(allocation=settled, on=FIRST, reason="Another invoice's", actor=actor)


def test_a_payment_that_bounces_is_a_fact_and_the_customer_owes_anew(oakfield, charges, actor):
    charges(oakfield, 10_000)
    [invoice] = bill()
    paid = receive(oakfield, 12_000, key="paid")
    allocate(source=paid, to=invoice.items.get(), pence=12_000, on=FIRST, actor=actor)
    credit_in_full(invoice=invoice, reason="Cancelled", on=FIRST, actor=actor)
    reverse_receipt(item=paid, on=FIRST, reason="Returned by the bank", actor=actor)
    assert invoice.items.get().outstanding_pence == 12_000
    assert balances() == {"1100": 12_000, "2100": -12_000}


def test_what_was_written_off_is_not_credited_as_if_it_had_been_paid(oakfield, charges, actor):
    charges(oakfield, 10_000)
    [invoice] = bill()
    write_off(invoice=invoice, pence=4_000, reason="Closed", on=FIRST, actor=actor)
    with nothing_written(), pytest.raises(CreditNotBacked, match="Undo a write-off first"):
        credit_in_full(invoice=invoice, reason="Cancelled", on=FIRST, actor=actor)


def test_a_debt_written_off_settles_no_other_invoice(oakfield, council, charges, actor):
    charges(oakfield, 10_000)
    charges(council, 10_000)
    theirs, ours = bill()
    given_up = write_off(invoice=ours, pence=12_000, reason="Closed", on=FIRST, actor=actor)
    undo_allocation(allocation=given_up.allocations.get(), on=FIRST, reason="Perhaps", actor=actor)
    with nothing_written(), pytest.raises(WrongInput, match="is no money"):
        allocate(source=given_up, to=theirs.items.get(), pence=12_000, on=FIRST, actor=actor)
    allocate(source=given_up, to=ours.items.get(), pence=12_000, on=FIRST, actor=actor)


def test_what_is_credited_by_hand_is_not_reduced_again(oakfield, charges, actor):
    charges(oakfield, 10_000, key="service")
    [invoice] = bill()
    credit_invoice(invoice=invoice, amounts={invoice.lines.get().pk: 6_000}, reason="Less", on=FIRST, actor=actor)
    with nothing_written(), pytest.raises(ReductionTooLarge, match=r"Only £40\.00 is left"):
        reduce(source_key="r", of="service", pence=5_000, reason="Cancelled", on=FIRST, actor=actor)


def test_a_credit_that_is_due_is_not_also_given_by_hand(oakfield, charges, actor):
    charges(oakfield, 10_000, key="service")
    [invoice] = bill()
    reduce(source_key="r", of="service", pence=3_000, reason="A day less", on=FIRST, actor=actor)
    assert list(left_to_credit(invoice).values()) == [7_000]
    credit_in_full(invoice=invoice, reason="Cancelled", on=FIRST, actor=actor)
    [note] = issue_credits_due(charge_source_keys=["service"], on=FIRST, actor=actor)
    assert note.net_pence == 3_000
    assert list(left_to_credit(invoice).values()) == [0]


def test_a_payment_that_bounced_backs_no_credit(oakfield, charges, actor):
    """Paid, bounced, written off: a credit note would leave £120.00 on account that nobody paid."""
    charges(oakfield, 10_000)
    [invoice] = bill()
    paid = receive(oakfield, 12_000, key="paid")
    allocate(source=paid, to=invoice.items.get(), pence=12_000, on=FIRST, actor=actor)
    reverse_receipt(item=paid, on=FIRST, reason="Returned by the bank", actor=actor)
    given_up = write_off(invoice=invoice, pence=12_000, reason="Closed", on=FIRST, actor=actor)
    with nothing_written(), pytest.raises(CreditNotBacked):
        credit_in_full(invoice=invoice, reason="Cancelled", on=FIRST, actor=actor)
    reverse_receipt(item=given_up, on=FIRST, reason="It is credited instead", actor=actor)
    note = credit_in_full(invoice=invoice, reason="Cancelled", on=FIRST, actor=actor)
    with nothing_written(), pytest.raises(CreditNotBacked):
        undo_allocation(allocation=note.on_account.allocations.get(), on=FIRST, reason="A refund", actor=actor)


def test_after_a_bounce_the_invoice_is_credited_and_paid_as_any_other(oakfield, charges, actor):
    charges(oakfield, 10_000)
    [invoice] = bill()
    line = invoice.lines.get().pk
    paid = receive(oakfield, 12_000, key="paid")
    allocate(source=paid, to=invoice.items.get(), pence=12_000, on=FIRST, actor=actor)
    credit_invoice(invoice=invoice, amounts={line: 4_000}, reason="Less", on=FIRST, actor=actor)
    reverse_receipt(item=paid, on=FIRST, reason="Returned by the bank", actor=actor)
    credit_invoice(invoice=invoice, amounts={line: 1_000}, reason="Less again", on=FIRST, actor=actor)
    again = receive(oakfield, 10_800, key="again")
    allocate(source=again, to=invoice.items.get(), pence=10_800, on=FIRST, actor=actor)
    assert invoice.items.get().outstanding_pence == 0


def test_more_than_is_left_beside_a_credit_that_is_due_is_refused(oakfield, charges, actor):
    charges(oakfield, 10_000, key="service")
    [invoice] = bill()
    reduce(source_key="r", of="service", pence=3_000, reason="A day less", on=FIRST, actor=actor)
    with nothing_written(), pytest.raises(CreditExceedsInvoice, match=r"has £70\.00 left to credit, not £100\.00"):
        credit_invoice(invoice=invoice, amounts={invoice.lines.get().pk: 10_000}, reason="x", on=FIRST, actor=actor)
