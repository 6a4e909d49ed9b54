"""Support plans and matched funding for programs: what pages offer, as confidential as pages are, each write once."""

from datetime import date

import pytest
import time_machine

from marketplace.core.actors import Role
from subscriptions.support.models import MatchedPromise, MatchedScheme, SupportPlan
from subscriptions.support.services.planning import agree_plan
from tests.api.calling import Program
from tests.shop import person
from tests.subscriptions.support.test_support_plans import Cast

pytestmark = pytest.mark.django_db
TODAY = date(2026, 9, 1)


@pytest.fixture(autouse=True)
def today():
    with time_machine.travel(TODAY, tick=True):
        yield


@pytest.fixture
def cast(partnership, council, actor, tmp_path) -> Cast:
    return Cast(partnership, council, actor, tmp_path)


def body(cast: Cast, **more: object) -> dict[str, object]:
    return {
        "school": cast.school.number, "funder": cast.council.number, "title": "Reading", "need": "Phonics",
        "programme": "Coaching", "valid_from": "2026-09-01", "valid_to": "2027-07-24",
        "parts": [{"provider": cast.home.number, "what": "Coaching", "days": "10", "pence": 450_000}],
    } | more  # fmt: skip


def test_a_plan_is_drawn_up_once_agreed_by_the_head_reviewed_and_taken_over(cast):
    organiser, head, payer = Program(cast.organiser), Program(cast.head), Program(cast.commissioner)
    made = [organiser.post("/support-plans", body(cast), key="the-same-plan-0001") for _ in range(2)]
    assert [one.status_code for one in made] == [201, 201] and SupportPlan.objects.count() == 1
    found = made[0].json()
    here = f"/support-plans/{found['number']}"
    assert (found["state"], found["cost_pence"], found["parts"][0]["provider"]) == ("draft", 450_000, cast.home.number)
    assert payer.post(f"{here}/agree").status_code == 403 and organiser.post(f"{here}/agree").status_code == 403
    assert head.post(f"{here}/agree").json()["state"] == "agreed"
    assert head.post(f"{here}/agree").json()["code"] == "plan_stands"
    review = f"{here}/reviews/{found['reviews'][0]['id']}"
    given = {"held_on": "2026-09-01", "rating": "on_track", "found": "Held"}
    assert head.post(review, given).status_code == 403
    assert organiser.post(review, given | {"held_on": "2026-09-02"}).status_code == 400
    assert organiser.post(review, given).json()["reviews"][0]["rating"] == "on_track"
    assert payer.get(here).json()["reviews"][0]["found"] == "Held"
    parts = [{"provider": cast.later.number, "what": "Coaching", "days": "8", "pence": 360_000}]
    later = organiser.post(f"{here}/take-over", {"from_day": "2027-01-04", "reason": "No coach", "parts": parts})
    assert (later.status_code, later.json()["follows"]) == (201, found["number"])
    gone = organiser.post(f"/support-plans/{later.json()['number']}/withdraw", {"reason": "Not needed"})
    assert (gone.json()["state"], gone.json()["end_reason"]) == ("withdrawn", "Not needed")


def test_what_is_wrong_is_refused_in_words_and_nothing_is_written(cast):
    organiser = Program(cast.organiser)
    wrong = [
        body(cast, school="C999999"), body(cast, valid_to="2026-08-31"), body(cast, valid_to="2099-01-01"),
        body(cast, parts=[]), body(cast, every_weeks=0),
    ]  # fmt: skip
    answers = [organiser.post("/support-plans", one) for one in wrong]
    assert [one.status_code for one in answers] == [400] * 5
    assert "no organisation C999999" in answers[0].json()["message"]
    assert not SupportPlan.objects.exists()


def test_a_confidential_plan_is_told_to_its_parties_alone(cast, partnership, actor):
    plan = agree_plan(plan=cast.plan(confidential=True), on=TODAY, actor=cast.head)
    finance = person(partnership, actor, name="Fay Finance", role=Role.FINANCE_OFFICER)
    here = f"/support-plans/{plan.number}"
    for who, status in [
        (cast.organiser, 200), (cast.head, 200), (cast.commissioner, 200),
        (cast.buyer, 404), (cast.neighbour, 404), (cast.auditor, 404), (cast.board, 404), (finance, 404),
    ]:  # fmt: skip
        program = Program(who)
        assert program.get(here).status_code == status, who.name
        assert len(program.get("/support-plans", state="agreed").json()["results"]) == (status == 200), who.name
        assert program.post(f"{here}/withdraw", {"reason": "x"}).status_code != 200
    assert Program(cast.organiser).get("/support-plans", funder=cast.school.number).json()["results"] == []


def test_a_scheme_is_opened_and_promised_within_never_less_than_was_shown(cast, partnership, actor):
    manager = Program(person(partnership, actor, name="Mo Manager", role=Role.FINANCE_MANAGER))
    organiser, head = Program(cast.organiser), Program(cast.head)
    scheme = {
        "code": "jpd", "title": "Joint practice", "share": "0.5", "most_pence": 50_000, "budget_pence": 60_000,
        "valid_from": "2026-09-01", "valid_to": "2027-09-01", "account": "7900", "stream": "SI",
    }  # fmt: skip
    assert organiser.post("/matched-schemes", scheme).status_code == 404
    assert manager.post("/matched-schemes", scheme | {"account": "9999"}).status_code == 400
    assert manager.post("/matched-schemes", scheme).json()["left_pence"] == 60_000
    assert manager.post("/matched-schemes", scheme).json()["code"] == "scheme_exists"
    ask = {"school": cast.school.number, "what": "Cover", "spend_pence": 80_000, "by": "2027-03-31"}
    here = "/matched-schemes/jpd/promises"
    assert manager.post(here, ask).status_code == 403 and head.post(here, ask).status_code == 404
    shown = organiser.post(here, ask | {"preview": True})
    assert (shown.status_code, shown.json()) == (200, {"done": False, "pence": 40_000, "contract": None})
    assert not MatchedPromise.objects.exists(), "a preview promises nothing"
    less = organiser.post(here, ask | {"expected_pence": 40_001})
    assert less.json()["code"] == "budget_spent" and not MatchedPromise.objects.exists()
    made = [organiser.post(here, ask | {"expected_pence": 40_000}, key="the-same-promise-1") for _ in range(2)]
    assert [one.status_code for one in made] == [201, 201]
    assert MatchedScheme.objects.get().promised_pence == 40_000
    number = made[0].json()["contract"]
    assert [one["contract"] for one in head.get("/matched-promises").json()["results"]] == [number]
    assert Program(cast.neighbour).get("/matched-promises").json()["results"] == []
    assert head.get("/matched-schemes").status_code == 404
    assert organiser.get("/matched-schemes").json()["results"][0]["left_pence"] == 20_000
    assert head.get(f"/outcome-contracts/{number}").json()["state"] == "offered"
