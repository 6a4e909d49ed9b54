"""Heads for programs: returned once however often it is asked, decided by the other side, listed for both."""

from datetime import date

import pytest
import time_machine

from subscriptions.outcomes.models import VolumeReturn
from tests.api.calling import Program
from tests.subscriptions.outcomes.heads import OCTOBER, heads_contract
from tests.subscriptions.outcomes.hub_year import hub_cast, hub_contract

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def today():
    with time_machine.travel(OCTOBER, tick=True):
        yield


@pytest.fixture
def cast(partnership, oakfield, actor):
    return hub_cast(partnership, oakfield, actor)


@pytest.fixture
def contract(cast):
    return heads_contract(cast)


@pytest.fixture
def heads(contract):
    return f"/outcome-contracts/{contract.number}/statements/1/heads"


def test_heads_are_returned_once_and_decided_by_another(contract, heads, cast):
    lead, verifier = Program(cast.lead), Program(cast.verifier)
    body = {"milestone": "started", "billable": 3}
    made = [lead.post(heads, body, key="the-same-key-0001") for _ in range(2)]
    assert [one.status_code for one in made] == [201, 201] and made[0].json() == made[1].json()
    assert VolumeReturn.objects.count() == 1
    again = lead.post(heads, body)
    assert (again.status_code, again.json()["code"]) == (409, "volume_return_stands")
    waiting = verifier.get("/outcome-heads", state="submitted", contract=contract.number).json()["results"]
    assert [(one["statement"], one["milestone"], one["ordinal"], one["billable"]) for one in waiting] == [
        (1, "started", 1, 3)
    ]
    one = f"{heads}/started/1"
    assert lead.post(f"{one}/decision", {"do": "accept"}).status_code == 403
    assert verifier.post(f"{one}/decision", {"do": "reject"}).status_code == 400
    done = verifier.post(f"{one}/decision", {"do": "accept"})
    assert (done.status_code, done.json()["state"], done.json()["decided_on"]) == (200, "accepted", "2026-10-31")
    assert verifier.post(f"{one}/decision", {"do": "accept"}).status_code == 409
    assert lead.get(one).json()["state"] == "accepted"
    [started, finished] = lead.get(heads).json()
    assert started["bands"] == [{"heads": 2, "pence": 500_00}, {"heads": 1, "pence": 125_00}]
    assert (started["pence"], started["may_return"], finished["may_return"]) == (625_00, False, True)
    later = lead.get(heads.replace("statements/1", "statements/2")).json()[0]
    assert (later["before_billable"], later["returned"]) == (3, None)
    total = lead.get(f"/outcome-contracts/{contract.number}/statements/1").json()
    assert (total["total_pence"], [row["label"] for row in total["lines"]]) == (
        625_00, ["Started: 2 heads at £250.00", "Started: 1 head at £125.00"],
    )  # fmt: skip


def test_what_is_wrong_is_said_and_others_are_told_of_none(contract, heads, cast, oakfield):
    lead = Program(cast.lead)
    for body in (
        {"milestone": "nothing", "billable": 3}, {"milestone": "started", "billable": -1},
        {"milestone": "started", "billable": 0},
    ):  # fmt: skip
        assert lead.post(heads, body).status_code in (400, 404), body
    assert not VolumeReturn.objects.exists()
    assert Program(cast.verifier).get(heads).status_code == 404
    assert Program(cast.officer).post(heads, {"milestone": "started", "billable": 3}).status_code == 403
    lead.post(heads, {"milestone": "started", "billable": 3})
    assert lead.get(f"{heads}/started/2").status_code == 404
    assert lead.get(f"/outcome-contracts/{hub_contract(cast).number}/statements/1/heads").json() == []
    assert date(2026, 10, 31) == VolumeReturn.objects.get().submitted_on
