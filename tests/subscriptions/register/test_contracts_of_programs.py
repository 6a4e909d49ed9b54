"""Programs read the contract register, enter and change contracts with others, and add their documents."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from marketplace.core.actors import Actor
from marketplace.organisations.models import Organisation
from subscriptions.models import OutsideContract
from tests.api.calling import Program
from tests.core.small_files import PDF
from tests.subscriptions.agreements.terms import agreed, line
from tests.subscriptions.register.held import held

pytestmark = pytest.mark.django_db


@pytest.fixture
def program(sam: Actor) -> Program:
    return Program(sam)


@pytest.fixture
def outsider(olive: Actor) -> Program:
    return Program(olive)


def body(school: Organisation, **more: Any) -> dict[str, Any]:
    return {
        "organisation": school.number, "supplier": "Sparkle Ltd", "title": "Cleaning", "cfr_code": "E14",
        "year_pence": 14_200_00, "vat_category": "S", "vat_rate": "0.20", "term_from": "2026-04-01",
        "term_to": "2027-04-01", "notice_weeks": 12, "renewal": "automatic",
    } | more  # fmt: skip


def send_file(program: Program, path: str, *, key: str = "document-1", **more: Any) -> Any:
    given = {"kind": "contract", "title": "Terms", "file": SimpleUploadedFile("terms.pdf", PDF)} | more
    headers = program._headers() | {"Idempotency-Key": key}
    return program.client.post(f"/api/v1{path}", given, headers=headers)


def test_a_program_enters_changes_decides_and_ends(program: Program, school: Organisation, sam: Actor) -> None:
    made = program.post("/contracts", body(school), key="once-0001")
    assert made.status_code == 201, made.json()
    number = made.json()["number"]
    assert made.json()["whole_term_gross_pence"] == 17_040_00 and made.json()["notice_by"] == "2027-01-07"
    assert program.post("/contracts", body(school), key="once-0001").json()["number"] == number
    assert OutsideContract.objects.count() == 1
    changed = program.send("PATCH", f"/contracts/{number}", {"supplier": "Bright Ltd", "owner": "sam@nowhere.example"})
    assert changed.status_code == 400 and "somebody who buys" in changed.json()["message"]
    changed = program.send("PATCH", f"/contracts/{number}", {"supplier": "Bright Ltd"})
    assert (changed.json()["supplier"], changed.json()["title"]) == ("Bright Ltd", "Cleaning")
    assert program.post(f"/contracts/{number}/decision", {"decision": "keep"}).json()["decision"] == "keep"
    ended = program.post(f"/contracts/{number}/end", {"ended_on": "2026-05-01"})
    assert ended.json()["runs_to"] == "2026-05-01" and ended.json()["state"] == "over"
    again = program.post(f"/contracts/{number}/end", {"ended_on": "2026-05-01"})
    assert again.status_code == 409 and again.json()["code"] == "contract_ended"
    assert program.get(f"/contracts/{number}").json()["documents"] == []


def test_a_program_adds_documents_once_for_each_key(program: Program, school: Organisation, sam: Actor) -> None:
    one = held(school, sam)
    made = send_file(program, f"/contracts/{one.number}/documents")
    assert made.status_code == 201, made.json()
    again = send_file(program, f"/contracts/{one.number}/documents")
    assert again.json() == made.json() and one.documents.count() == 1
    wrong = send_file(
        program, f"/contracts/{one.number}/documents", key="document-2", file=SimpleUploadedFile("a.pdf", b"MZ\x90\x00")
    )
    assert wrong.status_code == 400 and wrong.json()["code"] == "wrong_file"
    [document] = program.get(f"/contracts/{one.number}").json()["documents"]
    assert document["sha256"] == made.json()["sha256"] and document["size"] == len(PDF)


def test_the_list_has_ours_and_others_page_by_page(
    program: Program, school: Organisation, sam: Actor, actor: Actor
) -> None:
    ours = agreed(school, line(1_200_00), actor=actor)
    numbers = [ours.number, *reversed([held(school, sam, title=f"Service {n}").number for n in range(3)])]
    seen, answer = [], program.get("/contracts", page_size=2).json()
    while True:
        seen += [row["number"] for row in answer["results"]]
        if not answer["next"]:
            break
        path, _, query = answer["next"].partition("/api/v1")[2].partition("?")
        answer = program.get(path, **dict(pair.split("=") for pair in query.split("&"))).json()
    assert seen == numbers
    assert [row["kind"] for row in program.get("/contracts", kind="ours").json()["results"]] == ["ours"]
    assert program.get("/contracts", cfr_code="E25").json()["results"] == []
    assert program.get("/contracts", colour="red").status_code == 400


def test_an_outsiders_program_is_told_nothing(
    program: Program, outsider: Program, school: Organisation, sam: Actor
) -> None:
    one = held(school, sam)
    assert outsider.get("/contracts").json()["results"] == []
    assert outsider.get("/contracts", organisation=school.number).json()["results"] == []
    assert outsider.post("/contracts", body(school)).status_code == 404
    assert outsider.get(f"/contracts/{one.number}").status_code == 404
    assert outsider.send("PATCH", f"/contracts/{one.number}", {"title": "X"}).status_code == 404
    assert outsider.post(f"/contracts/{one.number}/end", {"ended_on": "2026-05-01"}).status_code == 404
    assert outsider.post(f"/contracts/{one.number}/decision", {"decision": "keep"}).status_code == 404
    assert send_file(outsider, f"/contracts/{one.number}/documents").status_code == 404
    one.refresh_from_db()
    assert one.title == "Cleaning" and one.decision == "" and not one.documents.exists()
