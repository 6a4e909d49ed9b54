"""Customers: what they owe, receipts by hand, setting money against invoices, and taking it back."""

import csv
import io
from collections.abc import Callable
from datetime import date

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from frontend.finance.papers import statement_snapshot
from invoicing.banking.models import BankAccount
from invoicing.documents.models import Document
from invoicing.queries import statement_for
from invoicing.receivables.models import Allocation, UnallocatedItem
from invoicing.services import (
    allocate,
    carry,
    credit_in_full,
    record_receipt,
    refund,
    reverse_receipt,
    undo_allocation,
)
from marketplace.core.actors import Actor
from marketplace.organisations.models import Organisation
from tests.conftest import Charges
from tests.frontend.finance.counting import customers, queries

LIST = "/finance/customers"


def text_of(client: Client, address: str, **asked: str) -> str:
    answer = client.get(address, asked)
    assert answer.status_code == 200
    return answer.content.decode()


def key_in(page: str) -> str:
    return page.split('name="key" value="')[1][:16]


def test_the_list_says_what_each_owes(
    priya: Client, invoice: Document, council: Organisation, charges: Charges
) -> None:
    charges(council, 100)
    page = text_of(priya, LIST)
    assert "2 customers, owing £120.00, of which £0.00 is overdue" in page
    assert "Oakfield Primary School" in page and "Tidewell Borough Council" in page
    assert "Tidewell Borough Council" not in text_of(priya, LIST, owing="owing")
    assert "No customers match this search" in text_of(priya, LIST, q="nowhere")
    rows = list(csv.DictReader(io.StringIO(priya.get(LIST, {"format": "csv"}).content.decode("utf-8-sig"))))
    assert [(row["name"], row["owed"]) for row in rows] == [
        ("Oakfield Primary School", "120.00"), ("Tidewell Borough Council", "0.00")
    ]  # fmt: skip


def test_the_list_takes_as_many_queries_for_25_rows_as_for_5(
    priya: Client, charges: Charges, actor: Actor, partnership: Organisation
) -> None:
    for customer in customers(5, actor):
        charges(customer, 1000)
    few = queries(lambda: priya.get(LIST))
    for customer in customers(20, actor, start=5):
        charges(customer, 1000)
    assert queries(lambda: priya.get(LIST)) == few


def test_a_cheque_is_recorded_once_and_set_against_the_oldest(
    priya: Client, invoice: Document, oakfield: Organisation, lloyds: BankAccount
) -> None:
    address = f"{LIST}/{oakfield.number}/receipt"
    form = {
        "key": key_in(text_of(priya, address)), "pence": "£150.00", "received_on": "29/9/26",
        "reference": "Cheque 000114", "account": "current",
    }  # fmt: skip
    went = priya.post(address, form)
    [receipt] = UnallocatedItem.objects.all()
    assert (receipt.pence, receipt.received_on) == (15000, date(2026, 9, 29))
    page = text_of(priya, went["Location"])
    assert "£150.00 recorded" in page and 'value="120.00"' in page
    again = priya.post(address, form, follow=True).content.decode()
    assert "recorded already" in again
    assert UnallocatedItem.objects.count() == 1
    item = invoice.items.get()
    priya.post(went["Location"], {f"item_{item.pk}": "120.00", "left": "15000"})
    item.refresh_from_db()
    receipt.refresh_from_db()
    assert (item.outstanding_pence, receipt.remaining_pence) == (0, 3000)
    call_command("verify_ledger")


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("pence", "0", "Amount must be between £0.01 and"),
        ("pence", "-5", "Amount must be between £0.01 and"),
        ("pence", "1.001", "Amount must not have parts of a penny"),
        ("pence", "", "Enter the amount"),
        ("received_on", "29/2/2027", "Received on must be a real date"),
        ("received_on", "1/10/26", "Received on must be today or in the past"),
        ("reference", "", "Enter the reference"),
        ("reference", "a\x00b", "Null characters"),
        ("account", "other", "Bank account must be one of those listed"),
    ],
)
def test_a_wrong_receipt_is_refused_with_what_was_typed_kept(
    priya: Client, oakfield: Organisation, lloyds: BankAccount, field: str, value: str, words: str
) -> None:
    address = f"{LIST}/{oakfield.number}/receipt"
    form = {
        "key": key_in(text_of(priya, address)), "pence": "150.00", "received_on": "29/2/24", "reference": "Cheque 7",
        "account": "current", field: value,
    }  # fmt: skip
    answer = priya.post(address, form)
    page = answer.content.decode()
    assert answer.status_code == 400
    assert words in page and "There is a problem" in page and "<title>" in page and "Error: " in page
    assert UnallocatedItem.objects.count() == 0
    if field != "pence":
        assert 'value="150.00"' in page


@pytest.fixture
def receipt(oakfield: Organisation, lloyds: BankAccount, actor: Actor) -> UnallocatedItem:
    return record_receipt(
        source_key="by-hand:x", payer=oakfield, pence=5000, received_on=date(2026, 9, 20), reference="Cheque 7",
        bank_account=lloyds.ledger_account, actor=actor,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("50.01", "£50.01 is £0.01 more than the £50.00 on account. Take some off."),
        ("120.01", "must be between £0.00 and £120.00"),
        ("", "Enter how much to set against at least one invoice"),
        ("0", "Enter how much to set against at least one invoice"),
    ],
)
def test_no_more_is_set_against_invoices_than_there_is(
    priya: Client, invoice: Document, receipt: UnallocatedItem, oakfield: Organisation, typed: str, words: str
) -> None:
    address = reverse("finance-allocate", kwargs={"number": oakfield.number, "pk": receipt.pk})
    answer = priya.post(address, {f"item_{invoice.items.get().pk}": typed, "left": "5000"})
    assert answer.status_code == 400
    assert words in answer.content.decode()
    assert Allocation.objects.count() == 0


def test_undoing_says_its_consequence_and_asks_why(
    priya: Client, invoice: Document, receipt: UnallocatedItem, oakfield: Organisation, actor: Actor
) -> None:
    item = invoice.items.get()
    made = allocate(source=receipt, to=item, pence=5000, on=date(2026, 9, 20), actor=actor)
    address = reverse("finance-allocation-undo", kwargs={"pk": made.pk})
    assert f"Undo £50.00 on {invoice.number}" in text_of(priya, address)
    assert priya.post(address, {"reason": ""}).status_code == 400
    done = priya.post(address, {"reason": "Meant for March"}, follow=True).content.decode()
    assert f"{invoice.number} is open again for £50.00" in done and "Meant for March" in done
    item.refresh_from_db()
    assert item.outstanding_pence == 12000
    twice = priya.post(address, {"reason": "Again"})
    assert twice.status_code == 400 and "was undone on 30 September 2026 already" in twice.content.decode()


def test_a_receipt_recorded_by_hand_is_taken_back(
    priya: Client, invoice: Document, receipt: UnallocatedItem, actor: Actor
) -> None:
    allocate(source=receipt, to=invoice.items.get(), pence=5000, on=date(2026, 9, 20), actor=actor)
    address = reverse("finance-receipt-undo", kwargs={"pk": receipt.pk})
    assert f"{invoice.number} for £50.00" in text_of(priya, address)
    priya.post(address, {"reason": "The cheque bounced"})
    receipt.refresh_from_db()
    assert receipt.reversed_on == date(2026, 9, 30)
    call_command("verify_ledger")


def test_the_statement_is_the_ledgers_balance_on_page_file_and_paper(
    priya: Client, invoice: Document, receipt: UnallocatedItem, oakfield: Organisation, actor: Actor
) -> None:
    address = f"{LIST}/{oakfield.number}/statement"
    page = text_of(priya, address, start="1/9/26", end="30/9/26")
    assert "£0.00 + £120.00 charged" in page and "£50.00 settled = <strong>£70.00</strong>" in page
    answer = priya.get(address, {"start": "1/9/26", "end": "30/9/26", "format": "csv"})
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert [row[5] for row in rows[1:]] == ["0.00", "120.00", "70.00"]
    assert priya.get(address, {"format": "pdf"}).content.startswith(b"%PDF")
    wrong = priya.get(address, {"start": "30/9/26", "end": "1/9/26"})
    assert wrong.status_code == 400 and "To must be on or after From" in wrong.content.decode()


def test_the_paper_statement_of_any_day_equals_the_ledger_of_that_day(
    invoice: Document, receipt: UnallocatedItem, oakfield: Organisation, actor: Actor, charges: Charges,
    bill: Callable[..., list[Document]], lloyds: BankAccount,
) -> None:  # fmt: skip
    """Allocated on the 20th, undone on the 24th, credited on the 25th, a second receipt taken back on the 27th."""
    charges(oakfield, 777, on=date(2026, 9, 5))
    [second] = bill(date(2026, 9, 5))
    made = allocate(source=receipt, to=invoice.items.get(), pence=4000, on=date(2026, 9, 20), actor=actor)
    undo_allocation(allocation=made, on=date(2026, 9, 24), reason="Wrong", actor=actor)
    credit_in_full(invoice=second, reason="Never came", on=date(2026, 9, 25), actor=actor)
    bounced = record_receipt(
        source_key="r2", payer=oakfield, pence=999, received_on=date(2026, 9, 22), reference="Cheque 8",
        bank_account=lloyds.ledger_account, actor=actor,
    )  # fmt: skip
    reverse_receipt(item=bounced, on=date(2026, 9, 27), reason="Bounced", actor=actor)
    totals = {}
    for day in range(1, 31):
        on = date(2026, 9, day)
        snapshot = statement_snapshot(oakfield, as_at=on)
        ledger = statement_for(actor, oakfield, start=date(2026, 1, 1), end=date(2026, 9, day) + (date(2026, 1, 2) - date(2026, 1, 1)))  # fmt: skip
        assert snapshot.total_due_pence == ledger.closing, on
        totals[day] = snapshot.total_due_pence
    assert (totals[1], totals[5], totals[20], totals[22], totals[25], totals[27]) == (
        12000,
        12932,
        7932,
        6933,
        6001,
        7000,
    )


def test_the_statement_leaves_out_what_was_paid_back_or_carried_to_another_customer(
    invoice: Document, receipt: UnallocatedItem, oakfield: Organisation, council: Organisation, actor: Actor
) -> None:
    """Of £50.00 on account £20.00 went to the council's account on the 22nd, and £10.00 back on the 24th."""
    carry(source=receipt, to=council, pence=2000, reason="Paid for it", on=date(2026, 9, 22), actor=actor)
    refund(source=receipt, pence=1000, reason="Paid twice", on=date(2026, 9, 24), actor=actor)
    left = {}
    for day in (21, 22, 24):
        snapshot = statement_snapshot(oakfield, as_at=date(2026, 9, day))
        ledger = statement_for(actor, oakfield, start=date(2026, 1, 1), end=date(2026, 9, day + 1))
        assert snapshot.total_due_pence == ledger.closing
        left[day] = [line.balance_pence for line in snapshot.lines]
    assert left == {21: [12000, -5000], 22: [12000, -3000], 24: [12000, -2000]}
    assert statement_snapshot(council, as_at=date(2026, 9, 22)).total_due_pence == -2000


def test_aged_debtors_total_what_customers_owe(
    priya: Client, invoice: Document, receipt: UnallocatedItem, charges: Charges, bill: Callable[..., list[Document]]
) -> None:
    page = text_of(priya, "/finance/aged-debtors", on="15/10/26")
    assert "1 customer with £70.00 to pay in all: £120.00 on invoices" in page
    assert "£120.00 of it past its date" in page  # due on 1 October
    answer = priya.get("/finance/aged-debtors", {"format": "csv"})
    [row] = csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig")))
    assert (row["not_yet_due"], row["on_account"], row["total"]) == ("120.00", "50.00", "70.00")


def test_aged_debtors_take_as_many_queries_for_25_rows_as_for_5(
    priya: Client, charges: Charges, actor: Actor, partnership: Organisation, bill: Callable[..., list[Document]]
) -> None:
    for customer in customers(5, actor):
        charges(customer, 1000)
    bill()
    few = queries(lambda: priya.get("/finance/aged-debtors"))
    for customer in customers(20, actor, start=5):
        charges(customer, 1000)
    bill()
    assert queries(lambda: priya.get("/finance/aged-debtors")) == few
