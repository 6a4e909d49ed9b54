"""Mandates and settlements through the API: two programs of two people."""

from datetime import timedelta

import pytest
from django.utils import timezone

from invoicing.agency.models import AgencySettlement
from invoicing.services import allocate
from marketplace.core.actors import Role
from tests.api.calling import Program
from tests.invoicing.agency.fenland import add_fenland, mandate_for, sold
from tests.invoicing.books import FIRST, balances, nothing_written, receive
from tests.shop import person

pytestmark = pytest.mark.django_db


@pytest.fixture
def manager(partnership, actor):
    return Program(person(partnership, actor, name="Morgan Ellis", role=Role.FINANCE_MANAGER))


@pytest.fixture
def fenland(manager):
    supplier = add_fenland()
    mandate_for(supplier, manager.actor)
    return supplier


@pytest.fixture
def paid(fenland, oakfield, charges, actor):
    invoice = sold(fenland, oakfield, 100_000, charges)
    allocate(source=receive(oakfield, 120_000, key="in"), to=invoice.items.get(), pence=120_000, on=FIRST, actor=actor)
    return invoice


def test_a_mandate_is_recorded_read_and_ended(officer, manager, partnership):
    supplier = add_fenland()
    body = {
        "supplier": supplier.number, "valid_from": "2026-09-01", "fee_rate": "0.0750", "prefix": "FEN",
        "agreement": "Signed by both, folder 12",
    }  # fmt: skip
    with nothing_written():
        assert officer.send("POST", "/sales-mandates", body).status_code == 403
        assert manager.send("POST", "/sales-mandates", body | {"fee_rate": "0.6"}).status_code == 400
    made = manager.send("POST", "/sales-mandates", body)
    assert made.status_code == 201, made.content
    told = made.json()
    assert (told["supplier_name"], told["fee_rate"], told["valid_to"]) == ("Fenland Software Ltd", "0.0750", None)
    assert manager.send("POST", "/sales-mandates", body).json()["code"] == "sales_mandate_overlaps"
    end = f"/sales-mandates/{told['id']}/end"
    assert officer.send("POST", end, {"valid_to": "2026-10-01"}).status_code == 403
    assert manager.send("POST", end, {"valid_to": "2026-10-01"}).json()["valid_to"] == "2026-10-01"
    [row] = officer.get("/sales-mandates", supplier=supplier.number).json()["results"]
    assert row == told | {"valid_to": "2026-10-01"}
    assert officer.get("/sales-mandates", supplier="C999999").json()["results"] == []


def test_a_settlement_goes_from_one_person_to_another_and_to_the_bank(officer, manager, fenland, paid, bank):
    made = officer.send("POST", "/settlements", {"supplier": fenland.number})
    assert made.status_code == 201, made.content
    body = made.json()
    assert (body["number"], body["state"], body["collected_pence"], body["pence"]) == (
        "AGS-000001", "prepared", 120_000, 108_000,
    )  # fmt: skip
    assert body["lines"] == [{"invoice": "FEN-000001", "pence": 120_000, "fee_pence": 10_000}]
    with nothing_written():
        assert officer.send("POST", "/settlements", {"supplier": fenland.number}).json()["code"] == "settlement_waits"
        assert officer.send("POST", "/settlements/AGS-000001/approve").status_code == 403
    approved = manager.send("POST", "/settlements/AGS-000001/approve").json()
    assert (approved["state"], approved["fee_invoice"], approved["decided_by"]) == (
        "approved", "INV-000001", "Morgan Ellis",
    )  # fmt: skip
    today = timezone.localdate()
    payment = {"paid_on": today.isoformat(), "account": "current", "reference": "BACS 77"}
    late = payment | {"paid_on": (today + timedelta(days=1)).isoformat()}
    with nothing_written():
        assert officer.send("POST", "/settlements/AGS-000001/paid", late).status_code == 400
    done = officer.send("POST", "/settlements/AGS-000001/paid", payment)
    assert (done.json()["state"], done.json()["paid_reference"]) == ("paid", "BACS 77")
    assert officer.send("POST", "/settlements/AGS-000001/paid", payment).json()["code"] == "settlement_moved"
    assert balances() == {"1000": 12_000, "2200": -2_000, "4400": -10_000}
    assert officer.get("/settlements/AGS-000001").json() == done.json()
    [row] = officer.get("/settlements", state="paid").json()["results"]
    assert row == {name: value for name, value in done.json().items() if name != "lines"}
    assert officer.get("/settlements", state="withdrawn").json()["results"] == []


def test_nobody_approves_their_own(manager, fenland, paid):
    manager.send("POST", "/settlements", {"supplier": fenland.number})
    with nothing_written():
        own = manager.send("POST", "/settlements/AGS-000001/approve")
    assert (own.status_code, own.json()["code"]) == (409, "own_settlement")


def test_a_settlement_is_withdrawn_with_a_reason(officer, fenland, paid):
    officer.send("POST", "/settlements", {"supplier": fenland.number})
    assert officer.send("POST", "/settlements/AGS-000001/withdraw", {}).status_code == 400
    gone = officer.send("POST", "/settlements/AGS-000001/withdraw", {"reason": "More comes in tomorrow"}).json()
    assert (gone["state"], gone["reason"]) == ("withdrawn", "More comes in tomorrow")
    assert AgencySettlement.objects.get().state == "withdrawn"


def test_outsiders_are_told_nothing(officer, auditor, school_buyer, outsider, fenland, paid):
    officer.send("POST", "/settlements", {"supplier": fenland.number})
    for program in (school_buyer, outsider):
        for path in ("/sales-mandates", "/settlements", "/settlements/AGS-000001"):
            assert program.get(path).status_code == 404, path
        assert program.send("POST", "/settlements", {"supplier": fenland.number}).status_code == 404
        assert program.send("POST", "/settlements/AGS-000001/approve").status_code == 404
    assert auditor.get("/settlements/AGS-000001").json()["number"] == "AGS-000001"
    assert auditor.send("POST", "/settlements", {"supplier": fenland.number}).status_code == 403
