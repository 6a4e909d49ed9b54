"""Council journals for programs: a council's own reads its journals and confirms them; others are told nothing."""

from datetime import timedelta

import pytest

from marketplace.core.actors import Role
from tests.api.calling import Program
from tests.invoicing.books import balances
from tests.invoicing.council_journals.maintained import build_maintained
from tests.shop import person

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("ledger_holds")]
ONE = "/council-journals/CJ-000001"


@pytest.fixture
def world(partnership, council, charges, actor):
    found = build_maintained(ours=partnership, council=council, charges=charges, actor=actor)
    found.invoiced()
    return found


@pytest.fixture
def payments(world):
    return Program(world.payments)


def test_a_councils_program_reads_the_file_and_confirms_it(world, payments, auditor):
    world.prepared()
    assert payments.get("/council-journals").json()["results"] == []
    assert payments.get(ONE).status_code == 404
    assert [row["state"] for row in auditor.get("/council-journals", state="draft").json()["results"]] == ["draft"]


def test_a_sent_journal_is_confirmed_once_and_never_ahead_of_its_day(world, payments, auditor, outsider, today):
    world.sent()
    [row] = payments.get("/council-journals", state="sent").json()["results"]
    assert (row["number"], row["council"], row["gross_pence"]) == ("CJ-000001", world.council.number, 21_000)
    body = payments.get(ONE).json()
    assert [(one["cost_centre"], one["cfr_code"], one["gross_pence"]) for one in body["lines"]] == [
        ("FH1044", "E19", 3_000),
        ("FH1044", "E22", 12_000),
        ("MB2001", "E22", 6_000),
    ]
    file = payments.get(f"{ONE}/file").content.decode().splitlines()
    assert len(file) == 4 and file[1].endswith("30.00,0.00,30.00,")
    asked = {"reference": "GL 88214", "on": (today + timedelta(days=1)).isoformat()}
    assert payments.send("POST", f"{ONE}/confirm", asked).status_code == 400
    assert auditor.send("POST", f"{ONE}/confirm", {"reference": "GL"}).status_code in (403, 404)
    assert outsider.send("POST", f"{ONE}/confirm", {"reference": "GL"}).status_code == 404
    assert "1150" not in balances()
    done = payments.send("POST", f"{ONE}/confirm", {"reference": "GL 88214"})
    assert done.status_code == 200, done.content
    assert (done.json()["confirmed_pence"], done.json()["lines"][0]["settled_pence"]) == (21_000, 3_000)
    again = payments.send("POST", f"{ONE}/confirm", {"reference": "GL 88214"})
    assert (again.status_code, again.json()["code"]) == (409, "council_journal_not_in_state")
    assert balances()["1150"] == 21_000


def test_another_councils_program_is_told_nothing(world, elm_park, actor):
    world.sent()
    other = Program(person(elm_park, actor, name="Wendy West", role=Role.COUNCIL_PAYMENTS))
    assert other.get("/council-journals").json()["results"] == []
    assert other.get(ONE).status_code == other.get(f"{ONE}/file").status_code == 404
    assert other.send("POST", f"{ONE}/confirm", {"reference": "GL"}).status_code == 404
