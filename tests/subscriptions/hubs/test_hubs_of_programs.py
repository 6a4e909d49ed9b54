"""Programs walk a hub from the call to its life, and see no more than the pages show."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile

from marketplace.core.actors import Actor, Role
from marketplace.core.models import Event
from marketplace.core.wording import LONDON
from marketplace.organisations.models import Organisation, Person
from subscriptions.hubs.models import HubApplication, HubCall
from subscriptions.outcomes.models import OutcomeContract
from subscriptions.outcomes.services.contracting import agree_contract
from tests.api.calling import Program
from tests.core.small_files import PDF
from tests.shop import person
from tests.subscriptions.hubs.calling import head_of, member

pytestmark = pytest.mark.django_db
OFFER = {"title": "Our hub", "plan": "Twelve schools", "people": "Deputy, one day"}
CALL: dict[str, Any] = {
    "kind": "hub", "title": "Reading hub", "priorities": "Every child reads", "monthly_pence": 100_000,
    "budget_pence": 3_600_000, "valid_from": "2026-09-01", "months": 36, "opens_at": "2026-03-01T09:00:00Z",
    "closes_at": "2026-05-01T11:00:00Z", "outputs": "0.70", "outcomes": "0.30",
    "output_measures": [{"code": "outputs", "name": "Outputs", "weight": "1"}],
    "outcome_measures": [{"code": "reading", "name": "Reading well", "weight": "1", "unit": "%", "target": "75"}],
    "criteria": [{"name": "Plan", "weight": "60"}, {"name": "Reach", "weight": "40", "most_points": 10}], "quorum": 1,
}  # fmt: skip


@pytest.fixture(autouse=True)
def clock() -> Any:
    with time_machine.travel(datetime(2026, 4, 1, 10, 0, tzinfo=LONDON), tick=False) as moved:
        yield moved


def program(actor: Actor) -> Program:
    return Program(actor)


def ok(answer: Any, status: int = 200) -> Any:
    assert answer.status_code == status, (answer.status_code, answer.content[:500])
    return answer.json()


def email_of(actor: Actor) -> str:
    return Person.objects.get(pk=actor.person_id).email


def numbers(answer: Any) -> list[str]:
    return [one["number"] for one in ok(answer)["results"]]


@pytest.fixture
def desk(olga: Actor) -> Program:
    return program(olga)


@pytest.fixture
def published(desk: Program) -> str:
    made = ok(desk.post("/hub-calls", CALL), 201)
    changed = ok(desk.send("PUT", f"/hub-calls/{made['number']}", CALL | {"title": "Early reading hub"}))
    assert (changed["state"], changed["criteria"][1]["most_points"]) == ("draft", 10)
    assert ok(desk.post(f"/hub-calls/{made['number']}/step", {"do": "publish"}))["state"] == "open"
    return str(made["number"])


def test_a_school_applies_with_another_and_nobody_else_reads_it(
    published, desk, elm, birch, cedar, head, birch_head, actor
):
    ours, theirs = program(head), program(birch_head)
    assert numbers(ours.get("/hub-calls")) == [published]
    told = ok(ours.get(f"/hub-calls/{published}"))
    assert (told["monthly_pence"], told["budget_pence"], told["panel"]) == (100_000, None, None)
    made = ok(ours.post("/hub-applications", {"call": published, "school": elm.number}), 201)
    path = f"/hub-applications/{made['number']}"
    assert ours.post("/hub-applications", {"call": published, "school": birch.number}).status_code == 404
    ok(ours.send("PUT", path, OFFER | {"asked_pence": 3_000_000}))
    assert theirs.get(path).status_code == 404
    ok(ours.post(f"{path}/partners", {"school": birch.number, "part": "Hosts"}))
    assert ok(theirs.get(path))["plan"] == "Twelve schools"
    refused = ours.post(f"{path}/step", {"do": "send"})
    assert refused.status_code == 409 and refused.json()["code"] == "hub_application_incomplete"
    assert ours.post(f"{path}/partners/{birch.number}/answer", {"answer": "confirmed"}).status_code == 404
    assert theirs.send("PUT", path, OFFER).status_code == 403
    ok(theirs.post(f"{path}/partners/{birch.number}/answer", {"answer": "confirmed"}))
    assert ok(ours.post(f"{path}/step", {"do": "send"}))["state"] == "submitted"
    for somebody in (desk, program(head_of(cedar, actor))):
        assert somebody.get(path).status_code == 404 and numbers(somebody.get("/hub-applications")) == []
    assert numbers(theirs.get("/hub-applications?state=submitted")) == [made["number"]]
    assert ok(ours.post(f"{path}/step", {"do": "withdraw"}))["state"] == "withdrawn"


def _sent(call: str, school: Organisation, head: Actor) -> str:
    ours = program(head)
    made = ok(ours.post("/hub-applications", {"call": call, "school": school.number}), 201)
    ok(ours.send("PUT", f"/hub-applications/{made['number']}", OFFER))
    ok(ours.post(f"/hub-applications/{made['number']}/step", {"do": "send"}))
    return str(made["number"])


def _closed(published: str, clock: Any, olga: Actor) -> Program:
    clock.move_to(datetime(2026, 5, 1, 12, 0, tzinfo=LONDON))
    desk = program(olga)
    assert ok(desk.post(f"/hub-calls/{published}/step", {"do": "close"}))["state"] == "closed"
    return desk


def test_a_member_sees_no_application_before_declaring_and_none_with_an_interest(
    published, clock, elm, birch, head, birch_head, olga, partnership, actor
):
    first, second = _sent(published, elm, head), _sent(published, birch, birch_head)
    desk = _closed(published, clock, olga)
    bea, pia = member(partnership, actor, "Bea Panel", at=birch), member(partnership, actor, "Pia Panel")
    for one in (bea, pia):
        invited = ok(desk.post(f"/hub-calls/{published}/panel", {"email": email_of(one)}))
    assert [one["name"] for one in invited["panel"]] == ["Bea Panel", "Pia Panel"]
    judge = program(bea)
    seen = ok(judge.get(f"/hub-calls/{published}/applicants"))
    assert seen["declared_on"] is None and [one["application"] for one in seen["applicants"]] == [first, second]
    assert judge.get(f"/hub-applications/{first}").status_code == 404
    points = {"points": [{"criterion": 1, "points": 4}, {"criterion": 2, "points": 7, "words": "Wide"}]}
    assert judge.post(f"/hub-applications/{first}/scores", points).status_code == 404
    declared = ok(judge.post(f"/hub-calls/{published}/interests", {}))
    assert [one["application"] for one in declared["interests"]] == [second]
    assert ok(judge.get(f"/hub-applications/{first}"))["feedback"] is None
    assert ok(judge.post(f"/hub-applications/{first}/scores", points))["points"][1]["points"] == 7
    for tail in ("", "/scores"):
        own = judge.get(f"/hub-applications/{second}{tail}")
        assert own.status_code == 404 or (tail == "" and own.json()["lead"] == birch.number)
    assert judge.post(f"/hub-applications/{second}/scores", points).status_code == 404
    assert program(pia).get(f"/hub-applications/{first}/scores").status_code == 404
    assert judge.get(f"/hub-calls/{published}/ranking").status_code == 404
    off = ok(desk.post(f"/hub-calls/{published}/panel/{invited['panel'][1]['id']}/removal"))
    assert [one["name"] for one in off["panel"]] == ["Bea Panel"]


def _awarded(
    published: str, clock: Any, elm: Organisation, head: Actor, birch: Organisation, birch_head: Actor, olga: Actor
) -> str:
    first, second = _sent(published, elm, head), _sent(published, birch, birch_head)
    desk = _closed(published, clock, olga)
    for number, points in ((first, "5"), (second, "3.5")):
        for criterion in (1, 2):
            given = {"criterion": criterion, "points": points, "reason": "All agreed"}
            ok(desk.post(f"/hub-applications/{number}/agreed-points", given))
    ok(desk.post(f"/hub-calls/{published}/step", {"do": "finish_scoring"}))
    ranked = ok(desk.get(f"/hub-calls/{published}/ranking"))
    assert [(one["application"], one["place"], one["total"]) for one in ranked] == [
        (first, 1, "80.00"),
        (second, 2, "56.00"),
    ]
    assert (
        program(head).post(f"/hub-applications/{first}/decision", {"do": "award", "feedback": "x"}).status_code == 404
    )
    made = ok(desk.post(f"/hub-applications/{first}/decision", {"do": "award", "feedback": "The fullest"}))
    ok(desk.post(f"/hub-applications/{second}/decision", {"do": "decline", "feedback": "Too thin"}))
    assert ok(program(birch_head).get(f"/hub-applications/{second}"))["feedback"] == "Too thin"
    assert ok(desk.get(f"/hub-calls/{published}"))["awarded_pence"] == 3_600_000
    return str(made["contract"])


def test_a_call_is_decided_and_its_hub_is_lived(
    published, clock, elm, birch, head, birch_head, olga, actor, partnership
):
    number = _awarded(published, clock, elm, head, birch, birch_head, olga)
    contract = OutcomeContract.objects.get(number=number)
    assert (HubCall.objects.get().state, HubApplication.objects.get(contract=contract).lead) == ("decided", elm)
    agree_contract(contract=contract, on=date(2026, 5, 20), actor=head)
    clock.move_to(datetime(2026, 11, 10, 10, 0, tzinfo=LONDON))
    lena = person(elm, actor, name="Lena Lead", role=Role.HUB_LEAD)
    lead, desk, hub = program(lena), program(olga), f"/hubs/{number}"
    [row] = ok(lead.post(f"{hub}/schools", {"school": birch.number, "joined_on": "2026-09-01"}), 201)
    school = f"{hub}/schools/{row['id']}"
    did = {"done_on": "2026-10-06", "kind": "visit", "words": "Phonics", "hours": "2.5", "people": 9}
    line = ok(lead.post(f"{school}/engagements", did), 201)
    assert desk.post(f"{school}/engagements", did).status_code == 403
    assert [one["hours"] for one in ok(desk.get(f"{school}/engagements"))["results"]] == ["2.50"]
    assert ok(lead.post(f"{school}/engagements/{line['id']}/removal", {"why": "Twice"}))["taken_off_on"] == "2026-11-10"
    spent = {"spent_on": "2026-10-06", "category": "cover", "words": "Cover", "pence": 225_50}
    assert ok(lead.post(f"{hub}/spend", spent), 201)["ordinal"] == 1
    assert ok(lead.post(f"{hub}/spend/1/removal", {"why": "Paid by us"}))["taken_off_on"] == "2026-11-10"
    bought = spent | {"words": "Books", "receipt": SimpleUploadedFile("till.pdf", PDF)}
    line = ok(lead.form(f"{hub}/spend", **bought), 201)
    listed = ok(desk.get(f"{hub}/spend"))["results"]
    assert [one["receipt"] for one in listed] == [line["receipt"], None] and line["ordinal"] == 2
    assert desk.get(f"/files/{line['receipt']}").content == PDF
    picture = {"receipt": SimpleUploadedFile("till.pdf", b"not one")}
    assert lead.form(f"{hub}/spend", **(bought | picture)).status_code == 400
    assert ok(lead.post(f"{school}/leaving", {"left_on": "2026-11-01"}))[0]["left_on"] == "2026-11-01"
    assert len(ok(lead.get(f"{hub}/reviews"))) == 3
    review = f"{hub}/reviews/1"
    ok(lead.post(review, {"do": "prepare", "words": "Ten schools"}))
    assert lead.post(review, {"do": "hold", "decision": "continue", "words": "Go on"}).status_code == 403
    assert ok(desk.post(review, {"do": "hold", "decision": "continue", "words": "Go on"}))["state"] == "held"
    dan = person(elm, actor, name="Dan Deputy")
    named = {"email": email_of(dan), "valid_from": "2026-11-10"}
    assert lead.post(f"{hub}/deputies", named | {"email": "who@nowhere.example"}).status_code == 400
    [deputy] = ok(lead.post(f"{hub}/deputies", named), 201)
    assert deputy["name"] == "Dan Deputy" and program(dan).get(f"{hub}/deputies").status_code == 404
    assert ok(lead.post(f"{hub}/deputies/{deputy['id']}/end")) == []
    outsider = program(member(partnership, actor, "Una Panel"))
    for path in (
        f"{hub}/schools",
        f"{hub}/spend",
        f"{school}/engagements",
        f"{hub}/reviews",
        review,
        f"{hub}/deputies",
    ):
        assert outsider.get(path).status_code == 404


def test_papers_of_a_draft_are_added_read_and_taken_off(published, elm, head, birch_head):
    ours, theirs = program(head), program(birch_head)
    number = ok(ours.post("/hub-applications", {"call": published, "school": elm.number}), 201)["number"]
    papers = f"/hub-applications/{number}/files"
    assert ours.form(papers, file=SimpleUploadedFile("plan.exe", b"MZ")).status_code == 400
    assert ours.post(papers, {}).status_code == 400
    assert theirs.form(papers, file=SimpleUploadedFile("plan.pdf", PDF)).status_code == 404
    twice = [ours.form(papers, key="the-same-paper-1", file=SimpleUploadedFile("plan.pdf", PDF)) for _ in range(2)]
    [paper] = ok(twice[1], 201)["files"]
    assert twice[0].json() == twice[1].json() and (paper["name"], paper["size"]) == ("plan.pdf", len(PDF))
    read = ours.get(f"/files/{paper['id']}")
    assert (read.content, read["Content-Type"], read["X-Content-Type-Options"]) == (PDF, "application/pdf", "nosniff")
    assert Event.objects.filter(kind="file.seen").count() == 1
    assert theirs.get(f"/files/{paper['id']}").status_code == 404
    off = f"{papers}/{paper['id']}/removal"
    assert theirs.post(off).status_code == 404
    assert ok(ours.post(off))["files"] == [] and ours.post(off).status_code == 404
    assert ours.get(f"/files/{paper['id']}").status_code == 404


def test_what_cannot_be_is_refused_in_words(published, desk, head, birch_head):
    late = {"closes_at": (datetime(2026, 5, 1, 11, tzinfo=LONDON) - timedelta(days=1)).isoformat()}
    refused = desk.post(f"/hub-calls/{published}/deadline", late)
    assert refused.status_code == 400 and "must be later" in refused.json()["message"]
    assert desk.post("/hub-calls", CALL | {"valid_from": "9999-01-01"}).status_code == 400
    assert desk.post(f"/hub-calls/{published}/step", {"do": "finish_scoring"}).json()["code"] == "hub_call_moved"
    assert program(head).post("/hub-calls", CALL).status_code == 403
    assert ok(desk.post(f"/hub-calls/{published}/step", {"do": "cancel", "reason": "No money"}))["state"] == "cancelled"
