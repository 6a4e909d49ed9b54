"""The list of documents, the page of each, and crediting."""

import csv
import io
from collections.abc import Callable
from datetime import date

import pytest
from django.test import Client
from django.urls import reverse

from invoicing.banking.models import BankAccount
from invoicing.documents.models import Document
from invoicing.ledger.models import JournalEntry
from invoicing.services import allocate, credit_invoice, record_receipt, reduce, write_off
from marketplace.core.actors import Actor
from marketplace.organisations.models import Organisation
from tests.conftest import EXEMPT, Charges
from tests.frontend.finance.counting import customers, queries

LIST = "/finance/invoices"


def page_of(client: Client, address: str, **asked: str) -> str:
    answer = client.get(address, asked)
    assert answer.status_code == 200
    return answer.content.decode()


@pytest.fixture
def world(
    charges: Charges,
    oakfield: Organisation,
    council: Organisation,
    bill: Callable[..., list[Document]],
    lloyds: BankAccount,
    actor: Actor,
) -> dict[str, Document]:
    """Overdue £120.00, part paid £60.00 of £240.00, paid £36.00, credited £12.00 of £24.00."""
    for customer, pence, on in [
        (oakfield, 10000, date(2026, 8, 1)),
        (oakfield, 20000, date(2026, 9, 1)),
        (council, 3000, date(2026, 9, 2)),
        (council, 2000, date(2026, 9, 3)),
    ]:
        charges(customer, pence, on=on)
        bill(on)
    overdue, part, paid, credited = Document.objects.order_by("pk")
    for document, pence in [(part, 6000), (paid, 3600)]:
        receipt = record_receipt(
            source_key=f"r:{document.number}", payer=document.customer, pence=pence, received_on=date(2026, 9, 10),
            reference="Cheque", bank_account=lloyds.ledger_account, actor=actor,
        )  # fmt: skip
        allocate(source=receipt, to=document.items.get(), pence=pence, on=date(2026, 9, 10), actor=actor)
    note = credit_invoice(
        invoice=credited, amounts={credited.lines.get().pk: 1000}, reason="Half came", on=date(2026, 9, 20), actor=actor
    )
    return {"overdue": overdue, "part": part, "paid": paid, "credited": credited, "note": note}


def test_the_list_totals_the_whole_filter(priya: Client, world: dict[str, Document]) -> None:
    page = page_of(priya, LIST)
    # 120 + 240 + 36 + 24 − 12 credited; open are 120 + 180 + 12
    assert "5 documents, £408.00, of which £312.00 is outstanding" in page


@pytest.mark.parametrize(
    ("asked", "shown"),
    [
        ({"state": "open"}, {"overdue", "part", "credited"}),
        ({"state": "overdue"}, {"overdue"}),
        ({"state": "part"}, {"part", "credited"}),
        ({"state": "paid"}, {"paid", "note"}),
        ({"kind": "credit_note"}, {"note"}),
        ({"kind": "invoice", "issued_from": "2/9/26", "issued_to": "2/9/26"}, {"paid"}),
        ({"q": "oakf", "kind": "invoice"}, {"overdue", "part"}),
        ({"q": "£240.00"}, {"part"}),
        ({"q": "180"}, {"part"}),
        ({"q": "nobody"}, set()),
    ],
)
def test_filters(priya: Client, world: dict[str, Document], asked: dict[str, str], shown: set[str]) -> None:
    page = page_of(priya, LIST, **asked)
    assert {name for name, document in world.items() if f'{LIST}/{document.number}"' in page} == shown
    assert ("No documents match these filters" in page) == (not shown)


def test_a_number_opens_its_document_with_or_without_its_zeros(priya: Client, world: dict[str, Document]) -> None:
    number = world["overdue"].number or ""
    assert priya.get(LIST, {"q": number.lower()})["Location"] == f"{LIST}/{number}"
    assert f'{LIST}/{number}"' in page_of(priya, LIST, q=f"INV{int(number[-6:])}")


def test_a_debt_given_up_reads_so_and_not_as_paid(priya: Client, world: dict[str, Document], actor: Actor) -> None:
    on, given_up = date(2026, 9, 20), (world["overdue"], world["part"])
    write_off(invoice=given_up[0], pence=12000, reason="The school closed", on=on, actor=actor)
    write_off(invoice=given_up[1], pence=18000, reason="The rest is lost", on=on, actor=actor)
    page = page_of(priya, LIST, state="written_off")
    assert "Written off" in page and "Part written-off" in page and "2 documents, £360.00" in page
    assert {name for name, one in world.items() if f'{LIST}/{one.number}"' in page} == {"overdue", "part"}
    assert "Written off" in page_of(priya, f"{LIST}/{given_up[0].number}")
    rows = csv.DictReader(io.StringIO(priya.get(LIST, {"format": "csv"}).content.decode("utf-8-sig")))
    states = {row["number"]: row["state"] for row in rows}
    assert [states[one.number or ""] for one in given_up] == ["written off", "part written off"]


def test_sorting_by_link_turns_round(priya: Client, world: dict[str, Document]) -> None:
    up, down = page_of(priya, LIST, sort="gross"), page_of(priya, LIST, sort="-gross")
    first, last = (f'{LIST}/{world[name].number}"' for name in ("note", "part"))
    assert up.index(first) < up.index(last) and down.index(last) < down.index(first)
    assert 'aria-sort="ascending"' in up and 'aria-sort="descending"' in down
    assert page_of(priya, LIST, sort="customer__user__password")


def test_the_csv_has_what_is_shown_and_no_formula(
    priya: Client, charges: Charges, actor: Actor, bill: Callable[..., list[Document]]
) -> None:
    from marketplace.organisations.services.registry import add_organisation

    nasty = add_organisation(
        kind=Organisation.Kind.OTHER, name="=1+1 Académie 中文", valid_from=date(2020, 1, 1), actor=actor
    )
    charges(nasty, 10000)
    bill()
    answer = priya.get(LIST, {"format": "csv"})
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert answer["Content-Type"].startswith("text/csv")
    assert [(r["customer"], r["gross"], r["outstanding"], r["state"]) for r in rows] == [
        ("'=1+1 Académie 中文", "120.00", "120.00", "open")
    ]


def test_a_wrong_date_in_a_filter_is_said_and_the_list_stays(priya: Client, world: dict[str, Document]) -> None:
    page = page_of(priya, LIST, issued_from="31/2/2026")
    assert "Issued from must be a real date, like 1/9/26" in page
    assert "5 documents" in page


def test_the_list_takes_as_many_queries_for_25_rows_as_for_5(
    priya: Client, charges: Charges, actor: Actor, partnership: Organisation, bill: Callable[..., list[Document]]
) -> None:
    for customer in customers(5, actor):
        charges(customer, 1000)
    bill()
    few = queries(lambda: priya.get(LIST))
    for customer in customers(20, actor, start=5):
        charges(customer, 1000)
    bill()
    assert queries(lambda: priya.get(LIST)) == few


def test_the_page_explains_every_figure(priya: Client, invoice: Document) -> None:
    page = page_of(priya, f"{LIST}/{invoice.number}")
    assert "£120.00" in page and "4 places × £25.00" in page and "PO-7" in page
    assert reverse("finance-entry", kwargs={"pk": invoice.entry_id}) in page
    item = reverse("finance-item", kwargs={"pk": invoice.lines.get().charge.pk})
    assert item in page
    assert "4 places × £25.00" in page_of(priya, item)
    paper = priya.get(f"{LIST}/{invoice.number}/pdf")
    assert paper["Content-Type"] == "application/pdf" and paper.content.startswith(b"%PDF")
    e_invoice = priya.get(f"{LIST}/{invoice.number}/ubl")
    assert e_invoice["Content-Type"] == "application/xml" and invoice.number.encode() in e_invoice.content


def test_an_invoice_of_many_lines_is_shown_page_by_page(
    priya: Client, charges: Charges, oakfield: Organisation, bill: Callable[..., list[Document]]
) -> None:
    for _ in range(101):
        charges(oakfield, 100)
    assert "And 81 more" in page_of(priya, "/finance/invoice-batches", on="30/9/26")
    [invoice] = bill()
    address = f"{LIST}/{invoice.number}"
    first, second = page_of(priya, address), page_of(priya, address, page="2")
    assert "(page 1 of 2)" in first and "1 to 100 of 101 lines" in first and "£121.20" in first
    assert "101 to 101 of 101 lines" in second and "£121.20" in second


def test_a_credit_is_shown_with_its_vat_before_it_is_issued(priya: Client, world: dict[str, Document]) -> None:
    invoice = world["part"]
    address = f"{LIST}/{invoice.number}/credit"
    line = f"line_{invoice.lines.get().pk}"
    form = {line: "50.00", "reason": "Only three came", "on": "30/9/26"}
    preview = priya.post(address, form)
    page = preview.content.decode()
    assert preview.status_code == 200
    assert "Issue credit note, £60.00" in page and "£10.00" in page
    assert invoice.credit_notes.count() == 0
    form["left"] = page.split('name="left" value="')[1][:16]
    changed = priya.post(address, {**form, line: "40.00", "issue": "6000"})
    assert "Issue credit note, £48.00" in changed.content.decode()
    assert invoice.credit_notes.count() == 0
    issued = priya.post(address, {**form, "issue": "6000"}, follow=True)
    note = invoice.credit_notes.get()
    assert (note.net_pence, note.vat_pence, note.reason) == (5000, 1000, "Only three came")
    assert f"{note.number} issued: £60.00 credited on {invoice.number}" in issued.content.decode()


@pytest.mark.parametrize(
    ("amount", "reason", "words"),
    [
        ("200.01", "x", "Credit on line 1 must be between £0.00 and £200.00"),
        ("0.001", "x", "Credit on line 1 must not have parts of a penny"),
        ("-1", "x", "Credit on line 1 must be between £0.00 and £200.00"),
        ("0", "x", "Enter how much to credit on at least one line, more than £0.00"),
        ("", "x", "Enter how much to credit on at least one line, more than £0.00"),
        ("10", "", "Enter the reason"),
        ("10", "a\x07b", "control characters"),
    ],
)
def test_a_wrong_credit_is_refused_and_nothing_is_posted(
    priya: Client, world: dict[str, Document], amount: str, reason: str, words: str
) -> None:
    invoice = world["part"]
    entries = JournalEntry.objects.count()
    address = f"{LIST}/{invoice.number}/credit"
    left = page_of(priya, address).split('name="left" value="')[1][:16]
    form = {f"line_{invoice.lines.get().pk}": amount, "reason": reason, "on": "30/9/26", "issue": "1200", "left": left}
    answer = priya.post(address, form)
    assert answer.status_code == 400
    assert words in answer.content.decode()
    assert JournalEntry.objects.count() == entries


def test_an_invoice_dated_ahead_is_credited_on_its_own_day(
    priya: Client, charges: Charges, oakfield: Organisation, bill: Callable[..., list[Document]]
) -> None:
    ahead = date(2026, 10, 12)
    charges(oakfield, 10_000, on=ahead)
    bill(ahead)
    invoice = Document.objects.get(customer=oakfield)
    address = f"{LIST}/{invoice.number}/credit"
    left = page_of(priya, address).split('name="left" value="')[1][:16]
    form = {f"line_{invoice.lines.get().pk}": "100.00", "reason": "Sent too soon", "issue": "12000", "left": left}
    late = priya.post(address, {**form, "on": "13/10/26"})
    assert "on or before 12 October 2026, the invoice&#39;s day" in late.content.decode()
    priya.post(address, {**form, "on": "12/10/26"})
    assert invoice.credit_notes.get().issued_on == ahead


def test_crediting_in_full_fills_in_what_is_left(priya: Client, world: dict[str, Document]) -> None:
    invoice = world["credited"]
    assert 'value="10.00"' in page_of(priya, f"{LIST}/{invoice.number}/credit", full="1")
    assert priya.get(f"{LIST}/{world['note'].number}/credit").status_code == 404


def test_credits_due_are_issued_as_they_were_shown(
    priya: Client, charges: Charges, oakfield: Organisation, actor: Actor, bill: Callable[..., list[Document]]
) -> None:
    charges(oakfield, 14000, key="place", vat=EXEMPT)
    [invoice] = bill()
    reduce(source_key="cancel", of="place", pence=14000, reason="Cancelled in time", on=date(2026, 9, 29), actor=actor)
    page = page_of(priya, "/finance/credits-due")
    assert "Issue 1 credit note, £140.00 + £0.00 VAT" in page and "Cancelled in time" in page
    stale = priya.post("/finance/credits-due", {"shown": "1"})
    assert stale.status_code == 409 and "changed since you looked" in stale.content.decode()
    assert invoice.credit_notes.count() == 0
    priya.post("/finance/credits-due", {"shown": "14000"})
    assert invoice.credit_notes.get().gross_pence == 14000
    assert "No credit is due" in page_of(priya, "/finance/credits-due")
