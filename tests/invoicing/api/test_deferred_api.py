"""Deferred income for programs: how it stands, an invoice's schedule, the release, and a credit by dates."""

from datetime import date, timedelta

import pytest

from invoicing.documents.models import Document
from invoicing.recognition.models import Deferral
from invoicing.services import run_billing
from marketplace.core.jobs import work_now
from marketplace.core.models import Job
from marketplace.core.periods import Period
from tests.api.calling import Program
from tests.invoicing.books import nothing_written

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("ledger_holds")]
YEAR = Period(date(2026, 4, 1), date(2027, 4, 1))


@pytest.fixture
def invoice(charges, oakfield, actor) -> Document:
    charges(oakfield, 76100, on=YEAR.start, recognition="over_time", service=YEAR, key="hr")
    [number] = run_billing(on=YEAR.start, actor=actor).numbers
    return Document.objects.get(number=number)


def test_what_is_deferred_and_due_and_its_release(officer: Program, auditor: Program, invoice: Document) -> None:
    told = auditor.get("/deferred-income", on="2026-05-31").json()
    assert (told["pence"], told["due_pence"], told["told_pence"]) == (76100, 2 * 6342, 0)
    assert told["months"][0] == {"month": "2026-04-01", "pence": 6342, "left_pence": 69758}
    with nothing_written():
        answer = officer.post("/income-releases", {"on": "2026-05-31", "expected_pence": 6342})
    assert (answer.status_code, answer.json()["code"]) == (409, "release_changed")
    answer = officer.post("/income-releases", {"on": "2026-05-31", "expected_pence": 12684})
    assert answer.status_code == 202
    done = work_now(Job.objects.get(number=answer.json()["number"]))
    assert (done.state, done.result["pence"]) == ("done", 12684)
    [line] = auditor.get(f"/invoices/{invoice.number}/income-schedule").json()["lines"]
    assert (line["recognition"], line["pence"], line["deferred_pence"]) == ("over_time", 76100, 63416)
    assert [part["state"] for part in line["parts"]] == ["released"] * 2 + ["waiting"] * 10
    assert line["parts"][0]["entry"] and line["parts"][2] == {
        "on": "2026-06-30", "pence": 6342, "credited_pence": 0, "state": "waiting", "entry": None,
    }  # fmt: skip


def test_others_are_told_nothing_and_the_auditor_changes_nothing(
    auditor: Program, school_buyer: Program, invoice: Document, today: date
) -> None:
    for path in ("/deferred-income", f"/invoices/{invoice.number}/income-schedule"):
        assert school_buyer.get(path).status_code == 404
    asked = {"on": "2026-04-30", "expected_pence": 6342}
    with nothing_written():
        assert school_buyer.post("/income-releases", asked).status_code == 404
        assert auditor.post("/income-releases", asked).status_code == 403


def test_what_is_to_come_is_not_released(officer: Program, invoice: Document, today: date) -> None:
    ahead = (today + timedelta(days=1)).isoformat()
    with nothing_written():
        answer = officer.post("/income-releases", {"on": ahead, "expected_pence": 1})
    assert answer.status_code == 400


def test_a_credit_names_the_days_of_its_service(officer: Program, invoice: Document) -> None:
    asked = {"lines": [{"position": 1, "pence": 6341}], "reason": "Left", "service_from": "2027-03-01"}
    for end in (None, "2027-03-01"):
        given = asked | ({"service_to": end} if end else {})
        with nothing_written():
            assert officer.post(f"/invoices/{invoice.number}/credit-notes", given).status_code == 400
    answer = officer.post(f"/invoices/{invoice.number}/credit-notes", asked | {"service_to": "2027-04-01"})
    assert answer.status_code == 201
    assert answer.json()["lines"][0]["service_from"] == "2027-03-01"
    assert Deferral.objects.get().parts.get(income_on=date(2027, 3, 31)).cancelled_pence == 6341
