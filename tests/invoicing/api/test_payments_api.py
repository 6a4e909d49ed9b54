"""Payments for programs: recorded, set against invoices, and taken back; statement and aged debtors beside them."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest

from invoicing.banking.models import BankAccount
from invoicing.documents.models import Document
from invoicing.receivables.models import Allocation, UnallocatedItem
from marketplace.organisations.models import Organisation
from tests.api.calling import Program

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("ledger_holds")]
Invoiced = Callable[..., Document]


def paid(officer: Program, customer: Organisation, pence: int, today: date, bank: BankAccount) -> dict[str, Any]:
    body = {
        "customer": customer.number,
        "pence": pence,
        "received_on": today.isoformat(),
        "reference": "Cheque 000114",
        "account": bank.code,
    }
    answer = officer.post("/payments", body)
    assert answer.status_code == 201, answer.content
    return answer.json()


def test_a_receipt_is_recorded_set_against_an_invoice_and_undone(
    officer: Program, school_buyer: Program, oakfield: Organisation, invoiced: Invoiced, bank: BankAccount, today: date
) -> None:
    invoice = invoiced(oakfield, 10_000)
    payment = paid(officer, oakfield, 15_000, today, bank)
    assert (payment["kind"], payment["remaining_pence"], payment["allocations"]) == ("receipt", 15_000, [])
    path = f"/payments/{payment['id']}"
    body = {"expected_left_pence": 15_000, "lines": [{"invoice": invoice.number, "pence": 12_000}]}
    settled = officer.post(f"{path}/allocations", body)
    assert settled.status_code == 201, settled.content
    assert settled.json()["remaining_pence"] == 3_000
    [allocation] = settled.json()["allocations"]
    assert (allocation["invoice"], allocation["pence"]) == (invoice.number, 12_000)
    told = school_buyer.get(f"/invoices/{invoice.number}").json()
    assert (told["outstanding_pence"], told["settled_by"]) == (0, [allocation])
    undone = officer.post(f"/allocations/{allocation['allocation']}/undo", {"reason": "Another school's"})
    assert (undone.json()["remaining_pence"], undone.json()["allocations"]) == (15_000, [])
    again = officer.post(f"/allocations/{allocation['allocation']}/undo", {"reason": "Another school's"})
    assert (again.status_code, again.json()["code"]) == (409, "already_undone")
    back = officer.post(f"{path}/reverse", {"reason": "Returned by the bank"})
    assert (back.json()["remaining_pence"], back.json()["reversed_on"]) == (0, today.isoformat())
    assert officer.post(f"{path}/reverse", {"reason": "Again"}).json()["code"] == "receipt_reversed"


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"expected_left_pence": 15_000, "lines": [{"pence": 12_001}]}, 409, "allocation_too_large"),
        ({"expected_left_pence": 14_999, "lines": [{"pence": 100}]}, 409, "allocated_meanwhile"),
        ({"expected_left_pence": 15_000, "lines": [{"pence": -100}]}, 400, "wrong_input"),
        ({"expected_left_pence": 15_000, "lines": [{"pence": 1}, {"pence": 12_000}]}, 409, "allocation_too_large"),
        ({"expected_left_pence": 15_000, "lines": [{"pence": 1, "invoice": "INV-999999"}]}, 404, "not_found"),
        ({"lines": [{"pence": 1}]}, 400, "wrong_input"),
    ],
)
def test_what_does_not_fit_sets_nothing(
    officer: Program,
    oakfield: Organisation,
    invoiced: Invoiced,
    bank: BankAccount,
    today: date,
    body: dict[str, Any],
    status: int,
    code: str,
) -> None:
    invoice = invoiced(oakfield, 10_000)
    payment = paid(officer, oakfield, 15_000, today, bank)
    lines = [{"invoice": invoice.number} | line for line in body["lines"]]
    answer = officer.post(f"/payments/{payment['id']}/allocations", body | {"lines": lines})
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert not Allocation.objects.exists()


def test_a_receipt_of_tomorrow_or_of_nobody_is_refused(
    officer: Program, oakfield: Organisation, partnership: Organisation, bank: BankAccount, today: date
) -> None:
    good = {"customer": oakfield.number, "pence": 1, "received_on": today.isoformat(), "reference": "x",
            "account": bank.code}  # fmt: skip
    for change, status in (
        ({"received_on": (today + timedelta(days=1)).isoformat()}, 400),
        ({"pence": 10**14}, 400),
        ({"pence": 0}, 400),
        ({"customer": "C-999999"}, 404),
        ({"customer": partnership.number}, 404),
        ({"account": "savings"}, 404),
    ):
        assert officer.post("/payments", good | change).status_code == status, change
    assert not UnallocatedItem.objects.exists()


def test_a_school_sees_its_payments_and_changes_none(
    officer: Program,
    auditor: Program,
    school_buyer: Program,
    outsider: Program,
    oakfield: Organisation,
    invoiced: Invoiced,
    bank: BankAccount,
    today: date,
) -> None:
    invoice = invoiced(oakfield, 10_000)
    payment = paid(officer, oakfield, 15_000, today, bank)
    path = f"/payments/{payment['id']}"
    body = {"expected_left_pence": 15_000, "lines": [{"invoice": invoice.number, "pence": 100}]}
    [allocation] = officer.post(f"{path}/allocations", body).json()["allocations"]
    writes = [
        (f"{path}/allocations", body | {"expected_left_pence": 14_900}),
        (f"{path}/reverse", {"reason": "Mine"}),
        (f"/allocations/{allocation['allocation']}/undo", {"reason": "Mine"}),
    ]
    for reader, status in ((auditor, 403), (school_buyer, 403), (outsider, 404)):
        assert reader.get(path).status_code == (404 if status == 404 else 200)
        for where, what in writes:
            assert reader.post(where, what).status_code == status, (where, status)
    new = {
        "customer": oakfield.number,
        "pence": 1,
        "received_on": today.isoformat(),
        "reference": "x",
        "account": "current",
    }
    assert [who.post("/payments", new).status_code for who in (auditor, school_buyer, outsider)] == [403, 403, 404]
    assert UnallocatedItem.objects.get().remaining_pence == 14_900


def test_payments_are_narrowed(
    officer: Program, outsider: Program, oakfield: Organisation, elm_park: Organisation, bank: BankAccount, today: date
) -> None:
    first = paid(officer, oakfield, 100, today - timedelta(days=3), bank)
    second = paid(officer, elm_park, 200, today, bank)

    def found(who: Program = officer, **filters: Any) -> list[int]:
        return [row["id"] for row in who.get("/payments", **filters).json()["results"]]

    assert found() == [second["id"], first["id"]]
    assert found(customer=oakfield.number) == [first["id"]]
    assert found(received_from=today.isoformat()) == [second["id"]]
    assert found(received_before=today.isoformat()) == [first["id"]]
    assert found(kind="credit_note") == found(state="spent") == []
    assert found(outsider) == [second["id"]]


def test_a_statement_adds_up_from_opening_to_closing(
    officer: Program, school_buyer: Program, outsider: Program, oakfield: Organisation, invoiced: Invoiced,
    bank: BankAccount, today: date,
) -> None:  # fmt: skip
    invoiced(oakfield, 10_000)
    paid(officer, oakfield, 5_000, today, bank)
    path = f"/customers/{oakfield.number}/statement"
    told = school_buyer.get(path, **{"from": "2026-08-02", "to": (today + timedelta(days=1)).isoformat()}).json()
    assert (told["opening_pence"], told["closing_pence"]) == (12_000, 7_000)
    assert [(line["charged_pence"], line["settled_pence"]) for line in told["lines"]] == [(0, 5_000)]
    whole = officer.get(path, **{"from": "2026-08-01", "to": (today + timedelta(days=1)).isoformat()}).json()
    assert whole["opening_pence"] == 0 and whole["lines"][0]["charged_pence"] == 12_000
    assert outsider.get(path, **{"from": "2026-08-01", "to": "2026-09-01"}).status_code == 404
    for query in ({}, {"from": "2026-08-01"}, {"from": "2026-08-01", "to": "2026-08-01"}, {"from": "x", "to": "y"}):
        assert school_buyer.get(path, **query).status_code == 400, query


def test_aged_debtors_are_for_finance_and_the_auditor(
    auditor: Program, school_buyer: Program, oakfield: Organisation, elm_park: Organisation, invoiced: Invoiced
) -> None:
    invoiced(oakfield, 10_000)
    invoiced(elm_park, 1_000)
    told = auditor.get("/aged-debtors", on="2026-09-10").json()
    assert [(row["customer_name"], row["days_1_to_30_pence"]) for row in told["customers"]] == [
        ("Elm Park Infant School", 1_200), ("Oakfield Primary School", 12_000),
    ]  # fmt: skip
    assert (told["sums"]["days_1_to_30_pence"], told["sums"]["total_pence"]) == (13_200, 13_200)
    assert school_buyer.get("/aged-debtors").status_code == 404
