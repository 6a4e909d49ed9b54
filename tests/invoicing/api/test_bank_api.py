"""The bank for programs: a file is imported whole or refused, its lines are explained and undone."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from invoicing.banking.models import BankAccount, BankLine, BankStatement
from invoicing.documents.models import Document
from marketplace.organisations.models import Organisation
from tests.api.calling import Program
from tests.invoicing.banking.files import lloyds

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("ledger_holds")]
Invoiced = Callable[..., Document]
STATEMENTS = "/bank-accounts/current/statements"


def send(program: Program, text: str, *, key: str = "one-bank-file", kind: str = "text/csv", query: str = "") -> Any:
    headers = program._headers() | {"Idempotency-Key": key}
    path = f"/api/v1{STATEMENTS}{query}"
    return program.client.generic("POST", path, text.encode(), content_type=kind, headers=headers)


def imported(program: Program, *rows: tuple[date, str, int]) -> list[int]:
    """The ids of the lines of a file with these rows, oldest first."""
    answer = send(program, lloyds(rows), key=f"file-of-{len(rows)}-rows")
    assert answer.status_code == 201, answer.content
    return list(
        BankLine.objects.filter(statement=answer.json()["statement"]).order_by("pk").values_list("pk", flat=True)
    )


def test_a_file_is_imported_as_a_body_or_in_a_form(officer: Program, auditor: Program, bank: BankAccount) -> None:
    text = lloyds([(date(2026, 9, 1), "OAKFIELD", 5_000), (date(2026, 9, 2), "CHARGES", -120)])
    told = send(officer, text, query="?file_name=september.csv").json()
    assert (told["accepted"], told["new"], told["duplicate"], told["proven"]) == (2, 2, 0, True)
    assert (told["opening_pence"], told["closing_pence"]) == (100_000, 104_880)
    headers = officer._headers() | {"Idempotency-Key": "the-same-in-a-form"}
    file = SimpleUploadedFile("again.csv", text.encode(), "text/csv")
    again = officer.client.post(f"/api/v1{STATEMENTS}", {"file": file}, headers=headers)
    assert (again.status_code, again.json()["statement"], again.json()["duplicate"]) == (201, None, 2)
    [row] = auditor.get(STATEMENTS).json()["results"]
    assert (row["id"], row["file_name"], row["new"]) == (told["statement"], "september.csv", 2)
    [account] = auditor.get("/bank-accounts").json()
    assert (account["closing_pence"], account["unmatched_lines"], account["unmatched_pence"]) == (104_880, 2, 4_880)


def test_a_damaged_file_is_refused_whole_and_its_line_named(officer: Program, bank: BankAccount) -> None:
    text = lloyds([(date(2026, 9, 1), "A", 5_000), (date(2026, 9, 2), "B", 700)]).replace("50.00", "51.00")
    answer = send(officer, text)
    assert answer.status_code == 400, answer.content
    assert "line" in answer.json()["message"]
    assert not BankStatement.objects.exists() and not BankLine.objects.exists()


def test_another_file_under_the_same_key_is_refused(officer: Program, bank: BankAccount) -> None:
    assert send(officer, lloyds([(date(2026, 9, 1), "A", 5_000)])).status_code == 201
    answer = send(officer, lloyds([(date(2026, 9, 1), "B", 5_000)]))
    assert (answer.status_code, answer.json()["code"]) == (422, "idempotency_key_reused")
    assert BankLine.objects.count() == 1


def test_what_is_no_bank_file_is_refused(officer: Program, bank: BankAccount, settings: Any) -> None:
    assert send(officer, "{}", kind="application/json").status_code == 415
    assert send(officer, "", kind="text/csv").status_code == 400
    assert officer.client.post(f"/api/v1{STATEMENTS}", {"repeats": "same"}, headers=officer._headers() | {
        "Idempotency-Key": "no-file-in-it"}).status_code == 400  # fmt: skip
    settings.UPLOAD_LIMIT_BYTES = 100
    answer = send(officer, lloyds([(date(2026, 9, 1), "A", 5_000)]))
    assert (answer.status_code, answer.json()["code"]) == (413, "too_large")
    assert not BankStatement.objects.exists()


def test_lines_are_narrowed_by_state_day_and_amount(officer: Program, auditor: Program, bank: BankAccount) -> None:
    rows = ((date(2026, 9, 1), "A", 5_000), (date(2026, 9, 2), "B", 700), (date(2026, 9, 3), "C", -700))
    first, second, third = imported(officer, *rows)

    def found(**filters: Any) -> list[int]:
        return [row["id"] for row in auditor.get("/bank-accounts/current/lines", **filters).json()["results"]]

    assert found() == [third, second, first]
    assert (found(pence=700), found(pence=-700)) == ([second], [third])
    assert found(on_from="2026-09-02", on_before="2026-09-03") == [second]
    assert (found(state="matched"), len(found(state="unmatched"))) == ([], 3)
    for wrong in ({"pence": "7.5"}, {"pence": 10**20}, {"state": "new"}, {"amount": 1}):
        assert auditor.get("/bank-accounts/current/lines", **wrong).status_code == 400, wrong


def test_a_proposal_is_confirmed_and_undone(
    officer: Program, school_buyer: Program, oakfield: Organisation, invoiced: Invoiced, bank: BankAccount
) -> None:
    invoice = invoiced(oakfield, 10_000)
    [pk] = imported(officer, (date(2026, 9, 1), f"OAKFIELD PRIMARY {invoice.number}", 12_000))
    line = officer.get(f"/bank-lines/{pk}").json()
    [proposal] = line["proposals"]
    assert (proposal["payer"], proposal["confidence"]) == (oakfield.number, "0.99")
    assert proposal["pays"] == [{"invoice": invoice.number, "pence": 12_000}]
    matched = officer.post(f"/bank-lines/{pk}/match", {"proposal": proposal["key"]})
    assert matched.status_code == 200, matched.content
    assert (matched.json()["state"], matched.json()["match"]["payer"]) == ("matched", oakfield.number)
    payment = school_buyer.get(f"/payments/{matched.json()['match']['payment']}").json()
    assert (payment["bank_line"], payment["remaining_pence"]) == (pk, 0)
    refused = officer.post(f"/payments/{payment['id']}/reverse", {"reason": "Wrong"})
    assert (refused.status_code, refused.json()["code"]) == (409, "receipt_from_bank")
    again = officer.post(f"/bank-lines/{pk}/match", {"proposal": proposal["key"]})
    assert (again.status_code, again.json()["code"]) == (409, "proposal_gone")
    undone = officer.post(f"/bank-lines/{pk}/undo", {"reason": "Another school's"}).json()
    assert (undone["state"], undone["match"], len(undone["proposals"])) == ("unmatched", None, 1)
    assert school_buyer.get(f"/invoices/{invoice.number}").json()["outstanding_pence"] == 12_000
    assert officer.post(f"/bank-lines/{pk}/undo", {"reason": "Again"}).json()["code"] == "line_taken"


def test_a_person_names_payer_and_invoices(
    officer: Program, oakfield: Organisation, invoiced: Invoiced, bank: BankAccount
) -> None:
    invoice = invoiced(oakfield, 10_000)
    [pk] = imported(officer, (date(2026, 9, 1), "UNKNOWN WORDS", 9_000))
    path = f"/bank-lines/{pk}/match"
    own = {"payer": oakfield.number, "lines": [{"invoice": invoice.number, "pence": 8_000}]}
    for wrong, status in (
        ({}, 400),
        ({"proposal": "0" * 16, "payer": oakfield.number}, 400),
        ({"proposal": "0" * 16}, 409),
        ({"payer": "C-999999"}, 404),
        (own | {"lines": [{"invoice": invoice.number, "pence": 9_001}]}, 400),
        (own | {"lines": [{"invoice": invoice.number, "pence": 1}] * 2}, 400),
    ):
        assert officer.post(path, wrong).status_code == status, wrong
    assert BankLine.objects.get().state == "unmatched"
    told = officer.post(path, own).json()
    assert (told["state"], told["match"]["reason"]) == (
        "matched", "Priya Finance found Oakfield Primary School to be the payer of £90.00.",
    )  # fmt: skip
    assert officer.get(f"/payments/{told['match']['payment']}").json()["remaining_pence"] == 1_000


def test_the_bank_is_for_finance_and_the_auditor_reads_it(
    officer: Program, auditor: Program, school_buyer: Program, bank: BankAccount
) -> None:
    [pk] = imported(officer, (date(2026, 9, 1), "A", 5_000))
    reads = ["/bank-accounts", STATEMENTS, "/bank-accounts/current/lines", f"/bank-lines/{pk}"]
    assert [auditor.get(path).status_code for path in reads] == [200] * 4
    assert [school_buyer.get(path).status_code for path in reads] == [404] * 4
    writes = [(f"/bank-lines/{pk}/match", {"payer": "C-000001"}), (f"/bank-lines/{pk}/undo", {"reason": "x"})]
    for path, body in writes:
        assert (auditor.post(path, body).status_code, school_buyer.post(path, body).status_code) == (403, 404)
    text = lloyds([(date(2026, 9, 9), "Z", 5_000)])
    assert send(auditor, text).status_code == 403 and send(school_buyer, text).status_code == 404
    assert BankStatement.objects.count() == 1
    assert officer.get("/bank-accounts/savings/lines").status_code == 404
