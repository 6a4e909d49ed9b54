"""The ledger for programs: it balances, it is read by those who may, and an address too long is not found."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from invoicing.banking.models import BankAccount
from invoicing.banking.services import import_statement
from invoicing.documents.models import Document
from invoicing.services import credit_in_full
from marketplace.core.actors import Actor
from marketplace.organisations.models import Organisation
from tests.api.calling import Program
from tests.conftest import Charges
from tests.invoicing.api.conftest import BILLED
from tests.invoicing.banking.files import lloyds
from tests.invoicing.books import receive

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("ledger_holds")]
Invoiced = Callable[..., Document]
BEYOND = 10**40


def test_the_trial_balance_leads_to_accounts_and_entries(
    auditor: Program, oakfield: Organisation, invoiced: Invoiced
) -> None:
    invoice = invoiced(oakfield, 10_000)
    told = auditor.get("/ledger/trial-balance", on="2026-08-01").json()
    assert (told["debit_pence"], told["credit_pence"]) == (12_000, 12_000)
    assert {row["code"]: row["debit_pence"] for row in told["accounts"] if row["debit_pence"]} == {"1100": 12_000}
    assert auditor.get("/ledger/trial-balance", on="2026-07-31").json()["debit_pence"] == 0
    assert {"code": "1100", "name": "Receivables", "type": "asset", "control": True} in auditor.get(
        "/ledger/accounts"
    ).json()
    lines = auditor.get("/ledger/accounts/1100/lines", party=oakfield.number).json()["results"]
    assert sum(line["debit_pence"] - line["credit_pence"] for line in lines) == 12_000
    assert {(line["document"], line["debit_party"]) for line in lines} == {(invoice.number, oakfield.number)}
    entry = auditor.get(f"/ledger/entries/{lines[0]['entry']}").json()
    assert (entry["document"], entry["kind"], entry["reverses"]) == (invoice.number, "invoice", None)
    assert sum(movement["pence"] for movement in entry["movements"]) == 12_000
    assert auditor.get("/ledger/accounts/1100/lines", posted_before="2026-08-01").json()["results"] == []


def test_a_period_and_a_balance_sheet_are_told_in_pence(
    auditor: Program, oakfield: Organisation, invoiced: Invoiced
) -> None:
    invoiced(oakfield, 10_000)
    year = {"posted_from": "2026-04-01", "posted_before": "2027-04-01"}
    told = auditor.get("/ledger/income-and-expenditure", **year).json()
    assert (told["earlier_from"], told["earlier_before"]) == ("2025-04-01", "2026-04-01")
    assert (told["income_pence"], told["cost_pence"], told["surplus_pence"]) == (10_000, 0, 10_000)
    [source] = told["income"]
    assert (source["income_source"], source["pence"]) == ("schools", 10_000)
    assert [(row["code"], row["pence"], row["earlier_pence"]) for row in source["accounts"]] == [("4200", 10_000, 0)]
    assert [one["posted_from"] for one in told["months"] if one["income_pence"]] == ["2026-08-01"]
    sheet = auditor.get("/ledger/balance-sheet", on="2026-08-01").json()
    assert (sheet["net_assets_pence"], sheet["surplus_pence"], sheet["free_pence"]) == (10_000, 10_000, 10_000)
    assert {row["code"]: row["pence"] for row in sheet["assets"]} == {"1100": 12_000}
    assert {row["code"]: row["pence"] for row in sheet["liabilities"]} == {"2200": 2_000}
    for asked in (
        {}, {**year, "posted_before": "2026-04-01"}, {**year, "posted_before": "2036-04-02"},
        {"posted_from": "0001-01-01", "posted_before": "0001-02-01"},
        {"posted_from": "9999-01-01", "posted_before": "9999-12-31"},
    ):  # fmt: skip
        assert auditor.get("/ledger/income-and-expenditure", **asked).status_code == 400, asked


def test_the_ledger_is_hidden_from_everybody_else(
    school_buyer: Program, auditor: Program, oakfield: Organisation, invoiced: Invoiced
) -> None:
    entry = invoiced(oakfield, 10_000).entry_id
    year = "posted_from=2026-04-01&posted_before=2027-04-01"
    for path in (
        "/trial-balance", "/accounts", "/accounts/1100/lines", f"/entries/{entry}", f"/income-and-expenditure?{year}",
        "/balance-sheet",
    ):  # fmt: skip
        assert auditor.get(f"/ledger{path}").status_code == 200, path
        answer = school_buyer.get(f"/ledger{path}")
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found"), path


def test_what_does_not_exist_is_not_found_however_it_is_named(officer: Program, bank: BankAccount) -> None:
    for path in (
        f"/ledger/entries/{BEYOND}",
        f"/ledger/entries/{'9' * 5_000}",
        f"/payments/{BEYOND}",
        f"/bank-lines/{BEYOND}",
        "/ledger/accounts/9999/lines",
        "/invoices/INV-999999",
        "/credit-notes/CN-999999/pdf",
        f"/invoices/{'x' * 300}",
        "/invoices/INV-000001%0A",
        "/",
        "/jobs/00000000-0000-0000-0000-000000000000",
    ):
        answer = officer.get(path)
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found"), path
    assert officer.post(f"/allocations/{BEYOND}/undo", {"reason": "x"}).status_code == 404
    assert officer.get("/payments", cursor="bm9uc2Vuc2U=").status_code == 200
    assert officer.get("/payments", cursor="cD1ub25zZW5zZQ==").status_code == 404, "p=nonsense"
    assert officer.get("/payments", cursor="cD05OTk5OTk5OTk5OTk5OTk5OTk5OTk5OTk5OTk5").status_code == 404, "p=999…"


LISTS = [
    "/invoices",
    "/credit-notes",
    "/items-to-invoice",
    "/payments",
    "/bank-accounts/current/lines",
    "/bank-accounts/current/statements",
    "/ledger/accounts/1100/lines",
]


def test_a_list_costs_the_same_queries_for_few_rows_and_for_fifty(
    officer: Program, oakfield: Organisation, charges: Charges, bank: BankAccount, actor: Actor, invoiced: Invoiced
) -> None:
    def grow(start: int, count: int) -> None:
        rows = []
        for number in range(start, start + count):
            invoice = invoiced(oakfield, 100 + number)
            credit_in_full(invoice=invoice, reason="Not wanted", on=BILLED, actor=actor)
            charges(oakfield, 50, on=date(2026, 10, 1))
            receive(oakfield, 100, key=f"receipt {number}", on=BILLED)
            rows.append((date(2026, 9, 1 if start == 0 else 2), f"PAYER {number}", 100 + number))
        data = lloyds(rows).encode()
        import_statement(account=bank, data=data, file_name=f"{start}.csv", confirm_at=None, actor=actor)

    def asked() -> dict[str, tuple[int, int]]:
        """Queries and rows by list."""
        found = {}
        for path in LISTS:
            with CaptureQueriesContext(connection) as seen:
                answer: Any = officer.get(path)
            assert answer.status_code == 200
            found[path] = (len(seen), len(answer.json()["results"]))
        return found

    grow(0, 5)
    officer.get("/me")  # marks the token as used
    few = asked()
    grow(5, 45)
    many = asked()
    assert all(many[path][1] > few[path][1] for path in LISTS)
    assert [path for path in LISTS if many[path][1] != 50] == ["/bank-accounts/current/statements"]
    assert {path: queries for path, (queries, _) in many.items()} == {path: few[path][0] for path in LISTS}


def test_a_body_that_is_too_large_is_refused_unread(officer: Program, bank: BankAccount) -> None:
    answer = officer.post("/payments", {"reference": "x" * 3_000_000})
    assert (answer.status_code, answer.json()["code"]) == (413, "too_large")


def test_a_moment_in_an_odd_zone_or_out_of_the_calendar_is_no_fault(officer: Program) -> None:
    assert officer.get("/events", since="2026-01-01T00:00:00+23:51").status_code == 200
    for odd in ("0001-01-01T00:00:00+23:59", "9999-12-31T23:59:59-23:59", "yesterday"):
        assert officer.get("/events", since=odd).status_code == 400, odd
