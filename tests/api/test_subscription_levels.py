"""Subscription levels for programs: read at one's price, taken once, changed; each with a preview that does nothing."""

from datetime import date

import pytest
import time_machine

from invoicing.receivables.models import Charge
from marketplace.core.actors import Actor, Role
from marketplace.organisations.models import Organisation
from subscriptions.models import Agreement
from tests.api.calling import Program
from tests.shop import person
from tests.subscriptions.plans.levels import places, published_level

pytestmark = pytest.mark.django_db
START = date(2026, 9, 1)


@pytest.fixture(autouse=True)
def first_of_september():  # type: ignore[no-untyped-def]
    with time_machine.travel("2026-09-01 10:00:00+01:00", tick=True) as clock:
        yield clock


@pytest.fixture
def program(oakfield: Organisation, actor: Actor) -> Program:
    published_level(actor, "silver", "1200", [places(4)])
    published_level(actor, "gold", "2000", [places(6)], position=2, billings=["year:advance", "month:advance"])
    return Program(person(oakfield, actor))


def asked(school: Organisation, **more: object) -> dict[str, object]:
    return {"organisation": school.number, "level": "silver", "starts": "2026-09-01"} | more


def test_levels_are_read_with_ones_own_price(program: Program, oakfield: Organisation, council: Organisation) -> None:
    plain = program.get("/subscription-levels").json()
    assert [one["code"] for one in plain["levels"]] == ["silver", "gold"]
    assert plain["levels"][0]["price"] is None
    mine = program.get("/subscription-levels", organisation=oakfield.number, on="2027-02-01").json()["levels"][1]
    assert (mine["price"]["net_pence"], mine["price"]["gross_pence"]) == (200000, 240000)
    assert [one["words"] for one in mine["includes"]] == ["6 places on courses"]
    assert program.get("/subscription-levels", organisation=council.number).status_code == 404
    assert program.get("/subscription-levels", on="soon").status_code == 400


def test_a_preview_agrees_nothing_and_the_same_key_takes_it_once(program: Program, oakfield: Organisation) -> None:
    shown = program.post("/subscriptions", asked(oakfield, preview=True))
    assert (shown.status_code, shown.json()["done"], shown.json()["gross_pence"]) == (200, False, 144000)
    assert not Agreement.objects.exists()
    wrong = program.post("/subscriptions", asked(oakfield, expected_pence=144001))
    assert (wrong.status_code, wrong.json()["code"]) == (409, "subscription_price_moved")
    for _ in range(2):
        made = program.post("/subscriptions", asked(oakfield, expected_pence=144000), key="once-and-only")
        assert (made.status_code, made.json()["agreement"]["state"]) == (201, "active")
    assert (Agreement.objects.count(), Charge.objects.get().net_pence) == (1, 120000)


def test_monthly_payments_are_told(program: Program, oakfield: Organisation) -> None:
    body = asked(oakfield, level="gold", billing="month:advance", preview=True)
    payments = program.post("/subscriptions", body).json()["payments"]
    assert (len(payments), sum(one["net_pence"] for one in payments), payments[0]["on"]) == (12, 200000, "2026-09-01")


def test_the_level_is_changed_as_it_was_shown(
    program: Program, oakfield: Organisation, actor: Actor, first_of_september: time_machine.Traveller
) -> None:
    number = program.post("/subscriptions", asked(oakfield)).json()["agreement"]["number"]
    first_of_september.move_to("2027-02-01 10:00:00+00:00")
    caller = Program(person(oakfield, actor, name="Later Buyer", on=date(2027, 2, 1)))
    body = {"level": "gold", "on": "2027-02-01"}
    shown = caller.post(f"/subscriptions/{number}/change", body | {"preview": True}).json()
    assert (shown["done"], shown["net_pence"], shown["vat_pence"], shown["gross_pence"]) == (False, 46667, 9333, 56000)
    done = caller.post(f"/subscriptions/{number}/change", body | {"expected_pence": 56000}).json()
    assert (done["done"], done["gross_pence"]) == (True, 56000)
    again = caller.post(f"/subscriptions/{number}/change", body)
    assert (again.status_code, again.json()["code"]) == (409, "same_level")
    assert sorted(Charge.objects.values_list("net_pence", flat=True)) == [46667, 120000]


def test_others_and_small_limits_are_refused_and_finance_needs_a_paper(
    program: Program, oakfield: Organisation, council: Organisation, partnership: Organisation, actor: Actor
) -> None:
    assert program.post("/subscriptions", asked(council)).status_code == 404
    small = Program(person(oakfield, actor, name="Lim Ited", limit=50_000))
    refused = small.post("/subscriptions", asked(oakfield, paper="Mine"))
    assert (refused.status_code, refused.json()["code"]) == (409, "term_over_limit")
    officer = Program(person(partnership, actor, name="Fay Finance", role=Role.FINANCE_OFFICER))
    offered = officer.post("/subscriptions", asked(oakfield)).json()["agreement"]
    assert offered["state"] == "offered"
    signed = officer.post("/subscriptions", asked(council, paper="Minute 14")).json()["agreement"]
    assert signed["state"] == "active"
