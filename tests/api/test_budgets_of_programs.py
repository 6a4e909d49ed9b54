"""Budget, year end and own codes for programs: the same figures as the pages, and nobody else's."""

from datetime import date
from typing import Any

import pytest
import time_machine

from catalogue.rules.classes import PriceClass
from invoicing.services import run_billing
from marketplace.core.actors import Actor
from marketplace.core.periods import Period
from marketplace.organisations.models import Organisation
from subscriptions.services import set_membership
from tests.api.calling import Program
from tests.conftest import Charges
from tests.shop import Shop, person, schools
from tests.trading.conftest import ON, Buying

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def today() -> Any:
    with time_machine.travel("2026-09-01 10:00:00+01:00", tick=True):
        yield


@pytest.fixture
def school(partnership: Organisation, actor: Actor, tmp_path: Any) -> Organisation:
    [found] = schools(tmp_path, actor, {})
    set_membership(organisation=found, price_class=PriceClass.MEMBER, valid_from=date(2020, 1, 1), actor=actor)
    return found


@pytest.fixture
def sam(school: Organisation, actor: Actor) -> Actor:
    return person(school, actor)


def test_a_budget_is_put_and_read(school: Organisation, sam: Actor, charges: Charges) -> None:
    charges(school, 10_000, on=ON, cfr_code="E09")
    program = Program(sam)
    given = {"starts_on": "2026-04-01", "codes": [{"code": "E09", "pence": 50_000}]}
    answer = program.send("PUT", f"/budgets/{school.number}", given)
    assert answer.status_code == 200, answer.content
    body = program.get(f"/budgets/{school.number}").json()
    assert body == answer.json() and body["ends_on"] == "2027-03-31" and body["scheme"] == "CFR"
    figures = {
        "budget_pence": 50_000, "ordered_pence": 10_000, "invoiced_pence": 0, "credited_pence": 0, "left_pence": 40_000
    }  # fmt: skip
    assert body["codes"] == [{"code": "E09", **figures}] and body["total"] == figures and body["members"] == []
    assert body["own"] == [{"code": "E09", "pence": 50_000}]


@pytest.mark.parametrize(
    ("given", "status"),
    [
        ({"starts_on": "2026-09-01", "codes": []}, 404),
        ({"starts_on": "2026-04-01", "codes": [{"code": "=1", "pence": 5}]}, 400),
        ({"starts_on": "2026-04-01", "codes": [{"code": "E09", "pence": 5}, {"code": "E09", "pence": 6}]}, 400),
        ({"starts_on": "2026-04-01", "codes": [{"code": "E09", "pence": 1.5}]}, 400),
        ({"codes": []}, 400),
    ],
)
def test_a_budget_that_cannot_be_is_refused(school: Organisation, sam: Actor, given: Any, status: int) -> None:
    program = Program(sam)
    assert program.send("PUT", f"/budgets/{school.number}", given).status_code == status
    assert program.get(f"/budgets/{school.number}").json()["own"] == []


def test_a_year_end_holds_its_lines(school: Organisation, sam: Actor, charges: Charges, actor: Actor) -> None:
    year = Period(date(2026, 9, 1), date(2027, 9, 1))
    charges(school, 120_000, on=ON, service=year, recognition="over_time")
    run_billing(on=ON, actor=actor)
    charges(school, 5_000, on=date(2027, 3, 1))
    body = Program(sam).get(f"/year-ends/{school.number}", starts_on="2026-04-01").json()
    sums = {name: body[f"{name}_pence"] for name in ("delivered", "committed", "in_advance", "owed")}
    assert sums == {"delivered": 0, "committed": 5_000, "in_advance": 50_000, "owed": 144_000}
    assert [(one["by_then_pence"], one["after_pence"]) for one in body["in_advance"]] == [(70_000, 50_000)]
    assert [one["on"] for one in body["ordered"]] == ["2027-03-01"] and body["ends_on"] == "2027-03-31"
    assert Program(sam).get(f"/year-ends/{school.number}", start="2026-04-01").status_code == 400


def test_own_codes_are_given_by_the_line(school: Organisation, sam: Actor, actor: Actor) -> None:
    buying, shop, program = Buying(), Shop(actor), Program(sam)
    course = shop.course()
    order = buying.order(sam, buying.add(sam, school, course, 2, run=shop.run(course)))
    [line] = program.get(f"/orders/{order.number}").json()["lines"]
    assert line["own_code"] == ""
    given = {"lines": [{"line": line["id"], "code": "4300"}]}
    answer = program.send("PUT", f"/orders/{order.number}/codes", given)
    assert answer.status_code == 200 and answer.json()["lines"][0]["own_code"] == "4300"
    assert [one["code"] for one in program.get(f"/budgets/{school.number}").json()["codes"]] == ["4300"]
    other = {"lines": [{"line": line["id"] + 1, "code": "1"}]}
    assert program.send("PUT", f"/orders/{order.number}/codes", other).status_code == 404


def test_outsiders_find_nothing(school: Organisation, oakfield: Organisation, sam: Actor, actor: Actor) -> None:
    outsider = Program(person(oakfield, actor, name="Olive Outsider"))
    assert outsider.get(f"/budgets/{school.number}").status_code == 404
    assert outsider.get(f"/year-ends/{school.number}").status_code == 404
    given = {"starts_on": "2026-04-01", "codes": []}
    assert outsider.send("PUT", f"/budgets/{school.number}", given).status_code == 404
