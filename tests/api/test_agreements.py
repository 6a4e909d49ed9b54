"""Agreements by the API: read, made by hand, answered and changed, each asked for first."""

from datetime import datetime
from typing import Any

import pytest
import time_machine

from marketplace.core.actors import Actor, Role
from marketplace.organisations.models import Organisation
from subscriptions.agreements.models import Agreement
from subscriptions.queries import whole_term
from tests.api.calling import Program
from tests.shop import LONDON, person
from tests.subscriptions.renewals.agreed import agreed, line

pytestmark = pytest.mark.django_db
State = Agreement.State


@pytest.fixture(autouse=True)
def today() -> Any:
    with time_machine.travel(datetime(2026, 9, 1, 10, tzinfo=LONDON), tick=True):
        yield


@pytest.fixture
def officer(partnership: Organisation, actor: Actor) -> Program:
    return Program(person(partnership, actor, name="Priya Finance", role=Role.FINANCE_OFFICER))


@pytest.fixture
def auditor(partnership: Organisation, actor: Actor) -> Program:
    return Program(person(partnership, actor, name="Edith Auditor", role=Role.AUDITOR))


@pytest.fixture
def running(school: Organisation) -> Agreement:
    return agreed(school, title="HR and payroll", lines=[line(), line(2, title="Payroll", pence=60_000)])


def test_a_list_and_one_are_told_to_who_may_see_them(
    program: Program, outsider: Program, officer: Program, running: Agreement
) -> None:
    [row] = program.get("/agreements").json()["results"]
    assert (row["number"], row["gross_pence"], row["notice_by"]) == (running.number, 216_000, "2027-01-07")
    assert officer.get("/agreements", ends_by="2027-03-31").json()["results"] == []
    assert outsider.get("/agreements").json()["results"] == []
    one = program.get(f"/agreements/{running.number}").json()
    assert [line["slot"] for line in one["lines"]] == [1, 2] and one["lines"][0]["steps"] == ["Base: £1,200.00"]
    assert [period["pence"] for period in one["periods"]] == [120_000, 60_000]
    assert outsider.get(f"/agreements/{running.number}").status_code == 404
    assert program.get("/agreements", nonsense="1").status_code == 400


def test_stopping_a_service_is_asked_first(program: Program, outsider: Program, running: Agreement) -> None:
    path, asked = f"/agreements/{running.number}/change", {"stop": [2], "on": "2026-12-01"}
    shown = program.post(path, asked | {"preview": True}).json()
    assert (shown["done"], shown["net_pence"], shown["gross_pence"]) == (False, -20_000, -24_000)
    assert whole_term(running).net.pence == 180_000
    assert program.post(path, asked | {"expected_pence": -1}).status_code == 400
    assert program.post(path, {"stop": [9], "on": "2026-12-01"}).status_code == 400
    assert outsider.post(path, asked).status_code == 404
    done = program.post(path, asked | {"expected_pence": -20_000}, key="stop-payroll")
    assert done.json()["done"] and done.json()["net_pence"] == -20_000
    again = program.post(path, asked | {"expected_pence": -20_000}, key="stop-payroll")
    assert again.json() == done.json() and whole_term(running).net.pence == 160_000


def test_finance_alone_pauses_resumes_and_ends(
    program: Program, auditor: Program, officer: Program, running: Agreement
) -> None:
    at = f"/agreements/{running.number}"
    pause = {"on": "2026-10-01", "reason": "Building works"}
    end = {"on": "2026-11-01", "credit": "months", "reason": "School closes"}
    for tail, body in (("suspend", pause), ("resume", {"on": "2026-10-01"}), ("end", end)):
        assert program.post(f"{at}/{tail}", body).status_code == 403
        assert auditor.post(f"{at}/{tail}", body).status_code == 403
    assert officer.post(f"{at}/suspend", pause | {"preview": True}).json()["net_pence"] == -90_000
    assert officer.post(f"{at}/suspend", pause).json()["state"] == "suspended"
    assert officer.post(f"{at}/suspend", pause).status_code == 409
    assert officer.post(f"{at}/resume", {"on": "2027-01-01"}).json()["state"] == "active"
    shown = officer.post(f"{at}/end", {**end, "on": "2027-02-01", "preview": True}).json()
    assert shown["net_pence"] == 0 and not shown["done"]  # what is left is planned, and never charged
    assert officer.post(f"{at}/end", {**end, "on": "2027-02-01"}).json()["done"]
    running.refresh_from_db()
    assert running.ended_on is not None


def test_offers_are_accepted_and_declined(
    program: Program, auditor: Program, outsider: Program, officer: Program, school: Organisation
) -> None:
    first, second, third = (agreed(school, key=f"test:{n}", offered=True) for n in range(3))
    path = f"/agreements/{first.number}/accept"
    assert outsider.post(path).status_code == 404 and auditor.post(path).status_code == 403
    assert program.post(path, {"preview": True}).json()["state"] == "offered"
    assert program.post(path, {"expected_pence": 1}).status_code == 409
    assert program.post(path, {"expected_pence": 144_000}).json()["state"] == "active"
    assert program.post(path, {"expected_pence": 144_000}).status_code == 409
    assert program.post(f"/agreements/{second.number}/decline", {"reason": "Too dear"}).json()["state"] == "declined"
    assert officer.post(f"/agreements/{third.number}/accept").status_code == 400
    assert officer.post(f"/agreements/{third.number}/accept", {"paper": "Letter"}).json()["state"] == "active"


def test_notice_is_given(program: Program, auditor: Program, running: Agreement) -> None:
    path = f"/agreements/{running.number}/notice"
    assert auditor.post(path).status_code == 403
    assert program.post(path, {"preview": True}).json()["notice_given_on"] is None
    assert program.post(path).json()["notice_given_on"] == "2026-09-01"


def test_finance_makes_one_by_hand(program: Program, officer: Program, school: Organisation) -> None:
    body = {
        "organisation": school.number, "title": "Clerking", "term_from": "2027-01-01", "term_to": "2028-01-01",
        "pence_a_year": 120_000, "account": "4200", "stream": "BS",
    }  # fmt: skip
    assert program.post("/agreements", body).status_code == 404
    assert officer.post("/agreements", body | {"preview": True}).json()["gross_pence"] == 144_000
    assert not Agreement.objects.exists()
    assert officer.post("/agreements", body | {"expected_pence": 1}).status_code == 409
    made = officer.post("/agreements", body, key="clerking-2027")
    assert made.status_code == 201 and made.json()["state"] == "offered"
    assert officer.post("/agreements", body, key="clerking-2027").json() == made.json()
    assert Agreement.objects.count() == 1
    assert officer.post("/agreements", body | {"term_to": "2027-01-01"}).status_code == 400
    assert officer.post("/agreements", body | {"organisation": "C999999"}).status_code == 404
    assert officer.post("/agreements", body | {"account": "9999"}).status_code == 400
