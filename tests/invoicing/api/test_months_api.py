"""Months for programs: read by finance and the auditor, asked for by one, closed and opened by another."""

import pytest
import time_machine

from invoicing.ledger.months import MonthClose
from marketplace.core import jobs
from marketplace.core.actors import Role
from tests.api.calling import Program
from tests.invoicing.books import bill, receive
from tests.invoicing.closing.months import OCTOBER, SEPTEMBER
from tests.shop import person

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("ledger_holds")]
ONE = "/months/2026-09"


@pytest.fixture(autouse=True)
def later(today):
    with time_machine.travel("2026-10-20 10:00:00+01:00", tick=True):
        yield


@pytest.fixture
def priya(partnership, actor, later):
    return Program(person(partnership, actor, role=Role.FINANCE_OFFICER, name="Priya Officer"))


@pytest.fixture
def marek(partnership, actor, later):
    return Program(person(partnership, actor, role=Role.FINANCE_MANAGER, name="Marek Manager"))


def told(program, path, body=None, *, status=200):
    answer = program.send("POST", f"{ONE}/{path}", body)
    assert answer.status_code == status, answer.content
    return answer.json()


def test_a_month_is_closed_by_two_programs_and_what_comes_late_goes_to_the_next(oakfield, charges, priya, marek):
    charges(oakfield, 10_000)
    bill()
    before = priya.get(ONE).json()
    assert (before["state"], before["to_do"], before["balances"]) == ("open", [], [])
    assert told(priya, "ask-to-close")["state"] == "asked"
    assert told(priya, "ask-to-close", status=409)["code"] == "month_waits"
    done = told(marek, "close")
    assert (done["state"], done["asked_by"], done["closed_by"]) == ("closed", "Priya Officer", "Marek Manager")
    assert {one["account"]: one["pence"] for one in done["balances"]} == {
        "1100": 12_000,
        "2200": -2_000,
        "4200": -10_000,
    }
    assert receive(oakfield, 500, key="late", on=SEPTEMBER).entry.posted_on == OCTOBER
    rows = {row["month"]: row["state"] for row in priya.get("/months").json()["months"]}
    assert rows == {"2026-10": "running", "2026-09": "closed"}


def test_the_audit_file_of_a_closed_month_is_a_job_and_a_file(oakfield, charges, priya, marek, school_buyer):
    charges(oakfield, 10_000)
    bill()
    assert told(priya, "audit-file", status=409)["code"] == "month_not_closed"
    told(priya, "ask-to-close")
    told(marek, "close")
    job = told(priya, "audit-file", status=202)
    assert (job["kind"], job["state"], job["label"]) == ("audit_file", "queued", "Audit file of September 2026")
    assert told(priya, "audit-file", status=409)["code"] == "job_already_runs"
    assert jobs.work_one()
    done = priya.get(f"/jobs/{job['number']}").json()
    assert (done["state"], done["accepted"], done["result"]["file_name"]) == ("done", 9, "audit-2026-09.zip")
    file = marek.get(f"/jobs/{job['number']}/file")
    assert (file.status_code, file["Content-Type"], file.content[:2]) == (200, "application/zip", b"PK")
    assert school_buyer.get(f"/jobs/{job['number']}/file").status_code == 404


def test_nobody_closes_what_they_asked_for_and_an_officer_never(oakfield, charges, priya, marek):
    charges(oakfield, 10_000)
    bill()
    told(marek, "ask-to-close")
    assert told(marek, "close", status=409)["code"] == "own_closing"
    told(priya, "close", status=403)
    assert told(priya, "withdraw")["state"] == "open"
    assert told(marek, "close", status=409)["code"] == "month_moved"


def test_a_month_is_opened_again_with_a_reason(oakfield, charges, priya, marek):
    charges(oakfield, 10_000)
    bill()
    told(priya, "ask-to-close")
    told(marek, "close")
    told(priya, "ask-to-reopen", {}, status=400)
    asked = told(priya, "ask-to-reopen", {"reason": "A bill came late"})
    assert (asked["state"], asked["reason"], asked["reopen_asked_by"]) == (
        "reopen_asked", "A bill came late", "Priya Officer",
    )  # fmt: skip
    assert told(marek, "reopen")["state"] == "open"
    assert MonthClose.objects.get().state == "reopened"


def test_a_month_that_is_not_over_says_so(oakfield, charges, priya):
    receive(oakfield, 500, key="now", on=OCTOBER)
    body = priya.get("/months/2026-10").json()
    assert body["state"] == "running"
    assert body["to_do"] == ["October 2026 is not over yet. It can be closed from 1 November 2026 on."]
    refused = priya.send("POST", "/months/2026-10/ask-to-close")
    assert (refused.status_code, refused.json()["code"]) == (409, "month_not_ready")
    assert priya.get("/months/2019-01").status_code == priya.get("/months/soon").status_code == 404


def test_the_auditor_reads_and_others_are_told_nothing(oakfield, charges, auditor, outsider):
    charges(oakfield, 10_000)
    bill()
    assert auditor.get(ONE).status_code == auditor.get("/months").status_code == 200
    told(auditor, "ask-to-close", status=403)
    told(auditor, "close", status=403)
    assert outsider.get(ONE).status_code == outsider.get("/months").status_code == 404
    told(outsider, "ask-to-close", status=404)
