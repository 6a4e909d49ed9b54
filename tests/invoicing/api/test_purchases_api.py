"""Suppliers' invoices through the API: one program enters, another person's approves, and what is owed is paid once."""

from datetime import timedelta

import pytest

from marketplace.core.actors import Role
from tests.api.calling import Program
from tests.invoicing.books import balances
from tests.invoicing.journals.beyond_sales import finance_person, supplier_of

pytestmark = pytest.mark.django_db
LINE = {
    "description": "Rent of the office", "account": "7200", "net_pence": 200_000, "vat_rate": "0.2",
    "vat_pence": 40_000, "used_for": "taxable",
}  # fmt: skip
PUR = "/purchases/PUR-000001"


@pytest.fixture
def officer(partnership, actor):
    return Program(finance_person(partnership, "Priya Shah", Role.FINANCE_OFFICER, actor))


@pytest.fixture
def manager(partnership, actor):
    return Program(finance_person(partnership, "Morgan Ellis", Role.FINANCE_MANAGER, actor))


@pytest.fixture
def landlord(partnership, actor):
    return supplier_of(actor)


def invoice(landlord, today, *lines, **more):
    return {
        "supplier": landlord.number, "supplier_number": "HR-1", "dated_on": today.isoformat(),
        "due_on": today.isoformat(), "lines": list(lines) or [LINE], **more,
    }  # fmt: skip


def test_a_purchase_is_entered_approved_by_another_person_and_paid(officer, manager, landlord, bank, today):
    made = officer.send("POST", "/purchases", invoice(landlord, today))
    assert made.status_code == 201, made.content
    body = made.json()
    assert (body["number"], body["state"], body["gross_pence"], body["outstanding_pence"]) == (
        "PUR-000001", "submitted", 240_000, 0,
    )  # fmt: skip
    assert body["lines"] == [{**LINE, "vat_rate": "0.2000", "recovered_pence": 40_000, "fund": ""}]
    assert balances() == {}
    assert officer.send("POST", f"{PUR}/approve", {"version": 1}).status_code == 403
    assert manager.send("POST", f"{PUR}/approve", {"version": 2}).status_code == 409
    approved = manager.send("POST", f"{PUR}/approve", {"version": 1}).json()
    assert (approved["state"], approved["approved_by"], approved["outstanding_pence"]) == (
        "approved", "Morgan Ellis", 240_000,
    )  # fmt: skip
    assert balances() == {"7200": 200_000, "2210": 40_000, "2400": -240_000}
    paid = {"pence": 100_000, "paid_on": today.isoformat(), "account": bank.code, "reference": "BACS"}
    told = officer.send("POST", f"{PUR}/payments", paid).json()
    assert told["outstanding_pence"] == 140_000
    assert told["payments"] == [
        {"pence": 100_000, "paid_on": today.isoformat(), "reference": "BACS", "undone_on": None}
    ]
    too_much = officer.send("POST", f"{PUR}/payments", {**paid, "pence": 140_001})
    assert (too_much.status_code, too_much.json()["code"]) == (409, "payment_too_large")
    ahead = {**paid, "paid_on": (today + timedelta(days=1)).isoformat()}
    assert officer.send("POST", f"{PUR}/payments", ahead).status_code == 400
    assert manager.get(PUR).json() == told
    assert [row["outstanding_pence"] for row in manager.get("/purchases", unpaid="true").json()["results"]] == [140_000]
    assert manager.get("/purchases", unpaid="false").json()["results"] == []


def test_what_is_not_in_order_enters_nothing(officer, landlord, today):
    wrong = officer.send("POST", "/purchases", invoice(landlord, today, {**LINE, "vat_pence": 50_000}))
    assert (wrong.status_code, wrong.json()["code"]) == (400, "purchase_refused")
    assert "VAT of £500.00 is not 20% of £2,000.00" in wrong.json()["detail"][0]
    unknown = officer.send("POST", "/purchases", invoice(landlord, today, supplier="ORG-999999"))
    assert "There is no organisation ORG-999999" in unknown.json()["message"]
    assert officer.get("/purchases").json()["results"] == []


def test_a_purchase_is_sent_back_with_a_reason_and_a_number_is_entered_once(officer, manager, landlord, today):
    officer.send("POST", "/purchases", invoice(landlord, today))
    again = officer.send("POST", "/purchases", invoice(landlord, today))
    assert (again.status_code, again.json()["code"]) == (409, "purchase_entered_already")
    sent = manager.send("POST", f"{PUR}/send-back", {"version": 1, "reason": "Not ours"}).json()
    assert (sent["state"], sent["sent_back_reason"]) == ("sent_back", "Not ours")
