"""VAT returns for programs: prepared by one, locked by another, recorded as sent; the auditor reads."""

import pytest
import time_machine

from marketplace.core.actors import Role
from tests.api.calling import Program
from tests.invoicing.books import bill
from tests.shop import person

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("ledger_holds")]
ONE = "/vat-returns/2026-09"


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
    answer = program.send("POST", path, body)
    assert answer.status_code == status, answer.content
    return answer.json()


def test_a_return_is_prepared_locked_and_sent(oakfield, charges, priya, marek):
    charges(oakfield, 10_000)
    [invoice] = bill()
    made = told(priya, "/vat-returns", {"first": "2026-07", "last": "2026-09"}, status=201)
    assert (made["period"], made["state"], made["net_vat_pence"], made["net_vat_now_pence"]) == (
        "2026-09", "prepared", None, 2_000,
    )  # fmt: skip
    assert [box["amount"] for box in made["boxes"]] == [2_000, 0, 2_000, 0, 2_000, 100, 0, 0, 0]
    assert made["boxes"][0]["name"] == "vatDueSales"
    assert made["vat"] == [
        {"kind": "invoice", "late": False, "entries": 1, "sales_vat_pence": 2_000, "purchases_vat_pence": 0}
    ]
    assert told(priya, f"{ONE}/lock", {"net_vat_pence": 2_000}, status=403)["code"] == "not_allowed"
    assert told(marek, f"{ONE}/lock", {"net_vat_pence": 1_999}, status=409)["code"] == "vat_return_moved"
    locked = told(marek, f"{ONE}/lock", {"net_vat_pence": 2_000})
    assert (locked["state"], locked["locked_by"], locked["net_vat_pence"]) == ("locked", "Marek Manager", 2_000)
    [entry] = priya.get(f"{ONE}/entries").json()["entries"]
    assert (entry["entry"], entry["sales_vat_pence"]) == (invoice.entry_id, 2_000)
    assert told(priya, f"{ONE}/withdraw", status=409)["code"] == "vat_return_moved"
    sent = told(priya, f"{ONE}/sent", {"sent_on": "2026-10-20", "receipt": "163482097415"})
    assert (sent["state"], sent["receipt"], sent["due_on"]) == ("sent", "163482097415", "2026-11-07")
    assert [row["period"] for row in priya.get("/vat-returns").json()["vat_returns"]] == ["2026-09"]


def test_one_that_is_taken_back_is_gone(priya):
    told(priya, "/vat-returns", {"first": "2026-07", "last": "2026-09"}, status=201)
    assert told(priya, f"{ONE}/withdraw")["state"] == "withdrawn"
    assert priya.get(ONE).status_code == 404


@pytest.mark.parametrize(
    ("first", "last", "status"),
    [("2026-13", "2026-09", 400), ("2026-10", "2026-09", 400), ("2025-01", "2026-09", 400), ("x", "", 400)],
)
def test_wrong_months_are_refused_in_words(priya, first, last, status):
    told(priya, "/vat-returns", {"first": first, "last": last}, status=status)
    assert priya.get("/vat-returns").json() == {"vat_returns": []}
