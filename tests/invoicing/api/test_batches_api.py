"""The invoice batch for programs: issued is what was shown, by a job."""

from datetime import date, timedelta

import pytest

from invoicing.documents.models import Document
from invoicing.services import amend_unbilled
from marketplace.core.actors import Actor
from marketplace.core.jobs import work_one
from marketplace.core.models import Job
from marketplace.organisations.models import Organisation
from tests.api.calling import Program
from tests.conftest import Charges

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("ledger_holds")]


def test_a_batch_issues_what_its_preview_showed(
    officer: Program, auditor: Program, oakfield: Organisation, elm_park: Organisation, charges: Charges, today: date,
    actor: Actor,
) -> None:  # fmt: skip
    charges(oakfield, 10_000, on=today)
    charges(elm_park, 5_000, on=today)
    charges(elm_park, 700, on=today, key="held")
    amend_unbilled(source_key="held", held_reason="Waits for the head teacher", actor=actor)
    preview = auditor.get("/invoice-batches/preview", on=today.isoformat()).json()
    assert (preview["net_pence"], preview["vat_pence"], preview["gross_pence"]) == (15_000, 3_000, 18_000)
    assert [row["customer"] for row in preview["invoices"]] == [elm_park.number, oakfield.number]
    assert [(row["net_pence"], row["reason"]) for row in preview["held"]] == [(700, "Waits for the head teacher")]
    answer = officer.post("/invoice-batches", {"on": preview["on"], "expected": preview["fingerprint"]})
    assert answer.status_code == 202, answer.content
    started = answer.json()
    assert (started["state"], started["kind"]) == ("queued", "billing_run")
    assert not Document.objects.exists()
    assert work_one()
    done = officer.get(f"/jobs/{started['number']}").json()
    assert (done["state"], done["accepted"], done["result"]["gross_pence"]) == ("done", 2, 18_000)
    assert Document.objects.filter(kind="invoice", state="issued").count() == 2


def test_a_batch_that_changed_since_the_preview_issues_nothing(
    officer: Program, oakfield: Organisation, charges: Charges, today: date
) -> None:
    charges(oakfield, 10_000, on=today)
    seen = officer.get("/invoice-batches/preview").json()
    charges(oakfield, 1, on=today)
    answer = officer.post("/invoice-batches", {"on": seen["on"], "expected": seen["fingerprint"]})
    assert (answer.status_code, answer.json()["code"]) == (409, "batch_changed")
    assert not Job.objects.exists()


def test_an_empty_batch_and_a_far_day_are_refused(officer: Program, today: date) -> None:
    seen = officer.get("/invoice-batches/preview").json()
    answer = officer.post("/invoice-batches", {"on": seen["on"], "expected": seen["fingerprint"]})
    assert (answer.status_code, answer.json()["code"]) == (409, "nothing_to_invoice")
    for on in (today + timedelta(days=32), today - timedelta(days=367)):
        assert officer.get("/invoice-batches/preview", on=on.isoformat()).status_code == 400
    assert officer.get("/invoice-batches/preview", when="today").status_code == 400


def test_only_finance_issues_and_only_staff_look(
    auditor: Program, school_buyer: Program, oakfield: Organisation, charges: Charges, today: date
) -> None:
    charges(oakfield, 10_000, on=today)
    seen = auditor.get("/invoice-batches/preview").json()
    body = {"on": seen["on"], "expected": seen["fingerprint"]}
    assert auditor.post("/invoice-batches", body).status_code == 403
    assert school_buyer.get("/invoice-batches/preview").status_code == 404
    assert school_buyer.post("/invoice-batches", body).status_code == 404
    assert not Job.objects.exists()


def test_a_waiting_batch_is_cancelled_by_finance_and_by_nobody_else(
    officer: Program, auditor: Program, school_buyer: Program, oakfield: Organisation, charges: Charges, today: date
) -> None:
    charges(oakfield, 10_000, on=today)
    seen = officer.get("/invoice-batches/preview").json()
    job = officer.post("/invoice-batches", {"on": seen["on"], "expected": seen["fingerprint"]}).json()
    again = officer.post("/invoice-batches", {"on": seen["on"], "expected": seen["fingerprint"]})
    assert (again.status_code, again.json()["code"]) == (409, "job_already_runs")
    assert [row["number"] for row in auditor.get("/jobs", state="queued").json()["results"]] == [job["number"]]
    assert auditor.post(f"/jobs/{job['number']}/cancel").status_code == 403
    assert school_buyer.get(f"/jobs/{job['number']}").status_code == 404
    assert officer.post(f"/jobs/{job['number']}/cancel").json()["state"] == "cancelled"
    assert not work_one() and not Document.objects.exists()
