"""Price lists and the calculator for programs."""

from datetime import date
from typing import Any

import pytest

from catalogue.models import Offer, Price
from marketplace.core.actors import Actor, Role
from marketplace.organisations.models import Organisation
from tests.api.calling import Program
from tests.shop import person

LIST = "/offers/safeguarding/prices"
NEW = {"price_class": "out_of_area", "valid_from": "2026-09-01", "rule": {"rate": "215", "per": "quantity"}}


@pytest.fixture
def organiser(partnership: Organisation, actor: Actor) -> Program:
    return Program(person(partnership, actor, name="Olu Bright", role=Role.ORGANISER))


@pytest.fixture
def auditor(partnership: Organisation, actor: Actor) -> Program:
    return Program(person(partnership, actor, name="Edith Marlow", role=Role.AUDITOR))


def test_a_price_is_added_read_and_ended(organiser: Program, course: Offer) -> None:
    made = organiser.send("POST", LIST, NEW)
    assert made.status_code == 201
    row = made.json()
    assert row == NEW | {"id": row["id"], "run": None, "valid_to": None, "used": False}
    shown = organiser.get(LIST, price_class="out_of_area").json()["results"]
    assert shown == [row]
    assert len(organiser.get(LIST, on="2026-09-01").json()["results"]) == 3

    again = organiser.send("POST", LIST, NEW)
    assert (again.status_code, again.json()["code"]) == (409, "price_overlaps")
    ended = organiser.send("POST", f"{LIST}/{row['id']}/end", {"valid_to": "2027-09-01"})
    assert ended.json()["valid_to"] == "2027-09-01"
    twice = organiser.send("POST", f"{LIST}/{row['id']}/end", {"valid_to": "2028-09-01"})
    assert (twice.status_code, twice.json()["code"]) == (409, "price_ended")
    assert Price.objects.get(pk=row["id"]).valid_to == date(2027, 9, 1)


def test_a_rule_of_another_form_is_refused(organiser: Program, course: Offer) -> None:
    answer = organiser.send("POST", LIST, NEW | {"rule": {"flat": 11.5}})
    assert (answer.status_code, answer.json()["code"]) == (400, "wrong_price_rule")
    assert course.prices.count() == 2


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({"offer": "safeguarding", "price_class": "member", "quantity": "3"}, (42000, 0, 42000)),
        ({"rule": {"rate": "6.35", "per": "pupils"}, "facts": {"pupils": 412}}, (261620, None, None)),
    ],
)
def test_the_calculator_adds_up(organiser: Program, course: Offer, asked: dict[str, Any], expected: Any) -> None:
    answer = organiser.send("POST", "/price-calculations", asked)
    assert answer.status_code == 200
    found = answer.json()
    assert (found["total_pence"], found.get("vat_pence"), found.get("gross_pence")) == expected
    assert sum(step["pence"] or 0 for step in found["steps"]) == found["total_pence"]


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ({}, "wrong_input"),
        ({"rule": {"flat": "1"}, "offer": "safeguarding"}, "wrong_input"),
        ({"rule": {"rate": "1", "per": "staff"}}, "fact_missing"),
        ({"rule": {"rate": "1", "per": "staff"}, "facts": {"staff": {"a": 1}}}, "wrong_input"),
        ({"rule": {"flat": "1"}, "facts": {"pupils": "many"}}, "wrong_facts"),
        ({"offer": "safeguarding", "price_class": "la_funded"}, "no_price"),
        ({"offer": "nothing"}, "not_found"),
    ],
)
def test_the_calculator_refuses_with_a_code(organiser: Program, course: Offer, asked: Any, code: str) -> None:
    assert organiser.send("POST", "/price-calculations", asked).json()["code"] == code


def test_the_auditor_reads_and_a_school_is_told_nothing(auditor: Program, program: Program, course: Offer) -> None:
    assert len(auditor.get(LIST).json()["results"]) == 2
    assert auditor.send("POST", LIST, NEW).status_code == 403
    for answer in (
        program.get(LIST),
        program.send("POST", LIST, NEW),
        program.send("POST", "/price-calculations", {"rule": {"flat": "1"}}),
    ):
        assert answer.status_code == 404
    assert course.prices.count() == 2
