"""Manual journals and the opening position through the API: one program proposes, another person's approves."""

import pytest

from invoicing.services import submit_opening
from marketplace.core.actors import Role
from tests.api.calling import Program
from tests.invoicing.books import balances
from tests.invoicing.journals.beyond_sales import LAST_DAY, TODAY, finance_person, opening_file, supplier_of

pytestmark = pytest.mark.django_db
LINE = {"debit_account": "7400", "credit_account": "2450", "pence": 120_000}


@pytest.fixture
def officer(partnership, actor):
    return Program(finance_person(partnership, "Priya Shah", Role.FINANCE_OFFICER, actor))


@pytest.fixture
def manager(partnership, actor):
    return Program(finance_person(partnership, "Morgan Ellis", Role.FINANCE_MANAGER, actor))


def proposal(today, *lines, **more):
    return {"kind": "journal", "on": today.isoformat(), "reason": "Audit fee", "lines": list(lines) or [LINE], **more}


def test_a_journal_is_proposed_read_and_approved_by_another_person(officer, manager, today):
    made = officer.send("POST", "/journals", proposal(today))
    assert made.status_code == 201, made.content
    body = made.json()
    assert (body["number"], body["state"], body["version"], body["pence"]) == ("JNL-000001", "submitted", 1, 120_000)
    assert balances() == {}
    assert [row["number"] for row in manager.get("/journals", state="submitted").json()["results"]] == ["JNL-000001"]
    assert officer.send("POST", "/journals/JNL-000001/approve", {"version": 1}).status_code == 403
    assert manager.send("POST", "/journals/JNL-000001/approve", {"version": 2}).status_code == 409
    approved = manager.send("POST", "/journals/JNL-000001/approve", {"version": 1}).json()
    assert (approved["state"], approved["approved_by"], approved["lines"][0]["pence"]) == (
        "approved",
        "Morgan Ellis",
        120_000,
    )
    assert balances() == {"7400": 120_000, "2450": -120_000}
    assert manager.get("/journals/JNL-000001").json() == approved


def test_a_control_account_is_refused_with_what_to_do_instead(officer, today):
    answer = officer.send("POST", "/journals", proposal(today, {**LINE, "credit_account": "1100"}))
    assert answer.status_code == 400
    assert answer.json()["code"] == "journal_refused"
    assert "Issue a credit note" in answer.json()["detail"][0]
    assert officer.get("/journals").json()["results"] == []


def test_a_journal_is_sent_back_with_a_reason(officer, manager, today):
    officer.send("POST", "/journals", proposal(today, kind="accrual"))
    sent = manager.send("POST", "/journals/JNL-000001/send-back", {"version": 1, "reason": "Without the deposit"})
    assert (sent.json()["state"], sent.json()["sent_back_reason"]) == ("sent_back", "Without the deposit")


def test_the_opening_position_says_where_it_stands(officer, manager, oakfield, council, actor):
    assert officer.get("/opening-position").status_code == 404
    text = opening_file(oakfield, council, supplier_of(actor))
    submit_opening(content=text.encode(), file_name="old.csv", on=LAST_DAY, today=TODAY, actor=officer.actor)
    body = manager.get("/opening-position").json()
    assert (body["number"], body["state"], body["prepared_by"], body["on"]) == (
        "OPN-000001", "submitted", "Priya Shah", "2026-08-31",
    )  # fmt: skip
    assert body["places_left"] == 0, "nothing is taken over yet"
