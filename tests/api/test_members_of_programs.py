"""Members, contributions and shared costs for the partnership's own programs."""

from datetime import date

import pytest

from marketplace.core.actors import Role
from marketplace.core.money import Money
from marketplace.core.periods import Period
from subscriptions.membership.rules.methods import Method
from subscriptions.models import Agreement
from subscriptions.services import PartTerms, Taking, plan_cost, plan_round
from tests.api.calling import Program
from tests.shop import person
from tests.subscriptions.sharing import enter_all, full_member, schools_of

pytestmark = pytest.mark.django_db
TERM = Period(date(2026, 9, 1), date(2027, 9, 1))


@pytest.fixture
def three(partnership, actor):
    return schools_of([100, 200, 300], actor)


@pytest.fixture
def manager(partnership, actor) -> Program:
    return Program(person(partnership, actor, name="Marek Manager", role=Role.FINANCE_MANAGER))


def test_a_member_is_entered_once_and_the_register_has_its_votes(three, manager, actor, partnership):
    full_member(actor)
    body = {"organisation": three[0].school.urn, "member_class": "full", "valid_from": "2026-09-01"}
    made = [manager.post("/members", body) for _ in range(2)]
    assert [answer.status_code for answer in made] == [201, 201]
    assert made[0].json() == made[1].json()
    found = manager.get("/members", on="2026-09-01").json()
    assert (found["votes"], [one["name"] for one in found["members"]]) == ("1.00", ["School 01"])
    assert manager.get("/members", on="2026-08-31").json()["members"] == []
    officer = Program(person(partnership, actor, name="Priya Officer", role=Role.FINANCE_OFFICER))
    assert officer.post("/members", body).status_code == 403
    assert Program(person(three[0], actor)).get("/members").status_code == 404


def test_a_round_is_read_with_its_working_and_agreed_once(three, manager, actor):
    enter_all(three, actor, since=TERM.start)
    plan_round(code="fair", title="Fair", term=TERM, budget=Money(600_00), method=Method.PUPILS, actor=actor)
    assert [one["code"] for one in manager.get("/contributions", state="draft").json()["results"]] == ["fair"]
    assert manager.get("/contributions", state="agreed").json()["results"] == []
    shares = manager.get("/contributions/fair").json()["shares"]
    assert [one["pence"] for one in shares] == [100_00, 200_00, 300_00]
    assert (shares[0]["pupils"], shares[0]["pupils_counted_on"]) == (100, "2025-10-02")
    refused = manager.post("/contributions/fair/agreement", {"drawn": 9})
    assert (refused.status_code, refused.json()["code"]) == (409, "contribution_round_changed")
    done = [manager.post("/contributions/fair/agreement", {"drawn": 1}) for _ in range(2)]
    assert [answer.json()["state"] for answer in done] == ["agreed", "agreed"]
    assert Agreement.objects.count() == 3


def test_a_shared_cost_is_read_and_agreed_once(three, manager, actor):
    plan_cost(
        code="bus", title="Bus", term=TERM, lead=three[0], takes=[Taking(one) for one in three],
        parts=[PartTerms("Bus", 100_00, Method.LEAD), PartTerms("Driver", 60_00, Method.PUPILS)], actor=actor,
    )  # fmt: skip
    assert manager.get("/shared-costs").json()["results"][0]["pence"] == 160_00
    done = [manager.post("/shared-costs/bus/agreement", {"version": 1}) for _ in range(2)]
    assert [answer.status_code for answer in done] == [200, 200]
    found = done[1].json()
    assert [one["parts_pence"] for one in found["sharers"]] == [[100_00, 10_00], [0, 20_00], [0, 30_00]]
    assert Agreement.objects.count() == 3
    assert manager.get("/shared-costs/car").status_code == 404
