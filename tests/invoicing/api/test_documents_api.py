"""Invoices and credit notes for programs: who sees which, what they say, and crediting by line."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest

from invoicing.documents.models import Document
from invoicing.documents.tax_points import reach_tax_points
from invoicing.services import credit_in_full, run_billing, write_off
from marketplace.core.actors import Actor
from marketplace.core.periods import Period
from marketplace.organisations.models import CustomerTerms, Organisation
from tests.api.calling import Program
from tests.conftest import EXEMPT, Charges
from tests.invoicing.api.conftest import BILLED

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("ledger_holds")]
Invoiced = Callable[..., Document]


def test_an_invoice_is_told_as_it_was_issued(
    school_buyer: Program, oakfield: Organisation, charges: Charges, invoiced: Invoiced
) -> None:
    charges(oakfield, 4_000, on=BILLED, vat=EXEMPT)
    invoice = invoiced(oakfield, 10_000)
    told = school_buyer.get(f"/invoices/{invoice.number}").json()
    assert (told["net_pence"], told["vat_pence"], told["gross_pence"]) == (14_000, 2_000, 16_000)
    assert (told["customer"], told["outstanding_pence"]) == (oakfield.number, 16_000)
    assert told["buyer"]["name"] == "Oakfield Primary School" and told["seller"]["vat_number"] == "GB123456789"
    assert [(line["position"], line["quantity"], line["net_pence"], line["left_to_credit_pence"])
            for line in told["lines"]] == [(1, "1", 4_000, 4_000), (2, "1", 10_000, 10_000)]  # fmt: skip
    assert [(group["category"], group["vat_pence"]) for group in told["vat"]] == [("E", 0), ("S", 2_000)]
    assert told["instalments"] == [{"due_on": "2026-08-31", "pence": 16_000, "outstanding_pence": 16_000, "vat": []}]
    assert (told["settled_by"], told["credit_notes"], told["state"]) == ([], [], "overdue")


def test_an_invoice_in_instalments_tells_each_payment_with_its_vat(
    school_buyer: Program, oakfield: Organisation, charges: Charges, actor: Actor
) -> None:
    charges(oakfield, 12_000, on=BILLED, service=Period.months_from(BILLED, 12), instalments=3)
    charges(
        oakfield, 3_000, on=BILLED, service=Period.months_from(BILLED, 12), instalments=3, vat=EXEMPT,
    )  # fmt: skip
    [number] = run_billing(on=BILLED, actor=actor).numbers
    reach_tax_points(on=date(2026, 8, 31), actor=actor)
    told = school_buyer.get(f"/invoices/{number}").json()
    assert [(one["due_on"], one["pence"], one["outstanding_pence"]) for one in told["instalments"]] == [
        ("2026-08-31", 5_800, 5_800), ("2026-09-30", 5_800, 5_800), ("2026-10-31", 5_800, 5_800),
    ]  # fmt: skip
    first, second, _ = (one["vat"] for one in told["instalments"])
    assert first == [
        {"category": "E", "rate": "0.0000", "net_pence": 1_000, "vat_pence": 0, "reached_vat_pence": 0},
        {"category": "S", "rate": "0.2000", "net_pence": 4_000, "vat_pence": 800, "reached_vat_pence": 800},
    ]
    assert [part["reached_vat_pence"] for part in second] == [0, 0]
    assert told["due_on"] == "2026-08-31"


def test_a_school_lists_its_own_and_finance_lists_all(
    school_buyer: Program,
    outsider: Program,
    officer: Program,
    auditor: Program,
    oakfield: Organisation,
    elm_park: Organisation,
    invoiced: Invoiced,
) -> None:
    own, other = invoiced(oakfield, 10_000), invoiced(elm_park, 20_000)
    assert [row["number"] for row in school_buyer.get("/invoices").json()["results"]] == [own.number]
    assert school_buyer.get("/invoices").json()["results"][0]["outstanding_pence"] == 12_000
    for reader in (officer, auditor):
        assert [row["number"] for row in reader.get("/invoices").json()["results"]] == [other.number, own.number]
    for path in ("", "/pdf", "/ubl"):
        answer = outsider.get(f"/invoices/{own.number}{path}")
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
    refused = outsider.post(
        f"/invoices/{own.number}/credit-notes", {"lines": [{"position": 1, "pence": 1}], "reason": "x"}
    )
    assert refused.status_code == 404
    assert not Document.objects.filter(kind="credit_note").exists()


def test_invoices_are_narrowed_by_customer_day_and_what_is_left(
    officer: Program, actor: Actor, oakfield: Organisation, elm_park: Organisation, invoiced: Invoiced
) -> None:
    first, second = invoiced(oakfield, 10_000), invoiced(elm_park, 20_000)
    credit_in_full(invoice=first, reason="Not wanted", on=BILLED, actor=actor)

    def numbers(**filters: str) -> list[str]:
        return [row["number"] for row in officer.get("/invoices", **filters).json()["results"]]

    assert numbers(customer=oakfield.number) == [first.number]
    assert numbers(issued_from="2026-08-01", issued_before="2026-08-02") == [second.number, first.number]
    assert numbers(issued_from="2026-08-02") == []
    assert numbers(state="open") == numbers(state="overdue") == [second.number]
    assert numbers(state="settled") == [first.number]
    assert officer.get("/invoices", state="nearly").status_code == 400


def test_papers_come_as_files_whatever_is_accepted(
    school_buyer: Program, oakfield: Organisation, invoiced: Invoiced
) -> None:
    number = invoiced(oakfield, 10_000).number
    pdf = school_buyer.get(f"/invoices/{number}/pdf")
    assert (pdf.status_code, pdf["Content-Type"], pdf.content[:5]) == (200, "application/pdf", b"%PDF-")
    headers = school_buyer._headers() | {"Accept": "application/xml"}
    ubl = school_buyer.client.get(f"/api/v1/invoices/{number}/ubl", headers=headers)
    assert (ubl.status_code, ubl["Content-Type"]) == (200, "application/xml")
    assert str(number).encode() in ubl.content and b"Invoice-2" in ubl.content
    assert ubl["Content-Disposition"] == f'attachment; filename="{number}.xml"'


def test_finance_credits_a_line_and_the_invoice_owes_less(
    officer: Program, school_buyer: Program, oakfield: Organisation, invoiced: Invoiced, today: date
) -> None:
    invoice = invoiced(oakfield, 10_000, 5_000)
    body = {"lines": [{"position": 1, "pence": 2_500}], "reason": "One day less"}
    answer = officer.post(f"/invoices/{invoice.number}/credit-notes", body)
    assert answer.status_code == 201, answer.content
    note = answer.json()
    assert (note["net_pence"], note["vat_pence"], note["remaining_pence"]) == (2_500, 500, 0)
    assert (note["invoice"], note["reason"], note["issued_on"]) == (invoice.number, "One day less", today.isoformat())
    [settles] = note["settles"]
    assert (settles["invoice"], settles["credit_note"], settles["pence"]) == (invoice.number, note["number"], 3_000)
    told = school_buyer.get(f"/invoices/{invoice.number}").json()
    assert (told["outstanding_pence"], told["lines"][0]["left_to_credit_pence"]) == (15_000, 7_500)
    assert told["credit_notes"] == [note["number"]]
    assert school_buyer.get(f"/credit-notes/{note['number']}").json() == note
    [row] = school_buyer.get("/credit-notes", invoice=invoice.number).json()["results"]
    assert (row["number"], row["gross_pence"]) == (note["number"], 3_000)
    assert school_buyer.get(f"/credit-notes/{note['number']}/ubl").status_code == 200
    assert school_buyer.get(f"/invoices/{note['number']}").status_code == 404, "a credit note is no invoice"


@pytest.mark.parametrize(
    ("lines", "status", "code"),
    [
        ([{"position": 1, "pence": 10_001}], 409, "credit_exceeds_invoice"),
        ([{"position": 9, "pence": 1}], 400, "wrong_input"),
        ([{"position": 1, "pence": 1}, {"position": 1, "pence": 1}], 400, "wrong_input"),
        ([{"position": 1, "pence": 0}], 400, "wrong_input"),
        ([{"position": 1, "pence": 1.5}], 400, "wrong_input"),
        ([], 400, "wrong_input"),
    ],
)
def test_what_cannot_be_credited_credits_nothing(
    officer: Program, oakfield: Organisation, invoiced: Invoiced, lines: list[object], status: int, code: str
) -> None:
    invoice = invoiced(oakfield, 10_000)
    answer = officer.post(f"/invoices/{invoice.number}/credit-notes", {"lines": lines, "reason": "Too much"})
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert not Document.objects.filter(kind="credit_note").exists()


def test_whoever_may_see_an_invoice_may_not_credit_it(
    auditor: Program, school_buyer: Program, oakfield: Organisation, invoiced: Invoiced
) -> None:
    invoice = invoiced(oakfield, 10_000)
    for reader in (auditor, school_buyer):
        body = {"lines": [{"position": 1, "pence": 1}], "reason": "Mine"}
        answer = reader.post(f"/invoices/{invoice.number}/credit-notes", body)
        assert (answer.status_code, answer.json()["code"]) == (403, "not_allowed")
    assert not Document.objects.filter(kind="credit_note").exists()


def test_items_to_invoice_say_what_holds_them(
    school_buyer: Program, outsider: Program, officer: Program, oakfield: Organisation, charges: Charges, today: date
) -> None:
    CustomerTerms.objects.create(organisation=oakfield, purchase_order_rule="required")
    charges(oakfield, 10_000, on=today)
    charges(oakfield, 2_000, on=today + timedelta(days=9), purchase_order="PO-1")
    second, first = school_buyer.get("/items-to-invoice").json()["results"]
    assert (first["net_pence"], first["held"]) == (10_000, "Purchase order missing")
    assert (second["net_pence"], second["held"], second["quantity"]) == (2_000, "", "1")
    assert [row["id"] for row in officer.get("/items-to-invoice", due_by=today.isoformat()).json()["results"]] == [
        first["id"]
    ]
    assert outsider.get("/items-to-invoice").json()["results"] == []


def test_the_state_tells_what_was_given_up_or_credited_from_what_was_paid(
    officer: Program, oakfield: Organisation, invoiced: Invoiced, actor: Actor
) -> None:
    given_up, credited, owed = (invoiced(oakfield, pence) for pence in (10_000, 20_000, 30_000))
    write_off(invoice=given_up, pence=12_000, reason="The school closed", on=given_up.issued_on, actor=actor)
    credit_in_full(invoice=credited, reason="Nothing came", on=credited.issued_on, actor=actor)
    assert officer.get(f"/invoices/{given_up.number}").json()["state"] == "written_off"

    def listed(state: str) -> list[tuple[str, str]]:
        rows = officer.get(f"/invoices?state={state}").json()["results"]
        return [(row["number"], row["state"]) for row in rows]

    assert listed("written_off") == [(given_up.number, "written_off")]
    assert listed("credited") == [(credited.number, "credited")]
    assert listed("paid") == []
    assert [number for number, _ in listed("settled")] == [credited.number, given_up.number]
    assert [number for number, _ in listed("open")] == [owed.number]


def test_nobody_owes_a_credit_note_so_none_is_written_off(
    officer: Program, oakfield: Organisation, invoiced: Invoiced, actor: Actor
) -> None:
    credited = invoiced(oakfield, 20_000)
    note = credit_in_full(invoice=credited, reason="Nothing came", on=credited.issued_on, actor=actor)
    refused = officer.post(f"/invoices/{note.number}/write-offs", {"pence": 100, "reason": "The school closed"})
    assert refused.status_code == 404 and refused.json()["message"] == f"There is no invoice {note.number}."
