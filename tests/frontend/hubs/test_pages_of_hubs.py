"""The pages of hubs, walked by those who use them: a call drawn up, applied to, scored, decided, and the hub lived."""

from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from frontend.home import waits_of
from marketplace.core.actors import Actor, Role
from marketplace.core.models import User
from marketplace.core.wording import LONDON
from marketplace.organisations.models import Organisation
from subscriptions.hubs.models import AgreedPoints, HubApplication, HubCall, HubEngagement, HubSpend, ReviewPoint
from subscriptions.hubs.services.calls import close_calls_over
from subscriptions.outcomes.models import OutcomeContract
from subscriptions.outcomes.services.contracting import agree_contract
from tests.core.small_files import png
from tests.shop import person
from tests.subscriptions.hubs.calling import four_schools, head_of, member

pytestmark = pytest.mark.django_db

TYPED = {
    "kind": "hub", "title": "Reading hub", "priorities": "Every child reads by seven", "monthly": "1,000",
    "budget": "36,000", "starts": "1/9/2026", "months": "36", "opens_on": "1/3/2026", "closes_on": "1/5/2026",
    "closes_at": "12:00", "outputs": "70", "outcomes": "30", "output_measures": "Outputs",
    "outcome_measures": "Pupils reading well | 50 | 75 | %\nSchools | 30\nLeaders | 20", "quorum": "2",
    "criteria": "Track record | 40 | 5\nPlan | 60 | 10 | What would be done",
}  # fmt: skip


def signed_in(actor: Actor) -> Client:
    client = Client()
    client.force_login(User.objects.get(person=actor.person_id))
    return client


def text(client: Client, path: str, status: int = 200) -> str:
    page = client.get(path)
    assert page.status_code == status, (path, page.status_code)
    return page.content.decode()


@pytest.fixture
def today(monkeypatch: pytest.MonkeyPatch) -> "Clock":
    return Clock(monkeypatch)


class Clock:
    """Sets the day and the moment that pages take from the clock."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.monkeypatch = monkeypatch
        self(2026, 4, 1)

    def __call__(self, year: int, month: int, day: int, hour: int = 10) -> datetime:
        moment = datetime(year, month, day, hour, tzinfo=LONDON)
        self.monkeypatch.setattr(timezone, "now", lambda: moment)
        self.monkeypatch.setattr(timezone, "localdate", lambda *_: date(year, month, day))
        return moment


@pytest.fixture
def area(partnership: Organisation, tmp_path: Path, actor: Actor) -> list[Organisation]:
    return four_schools(tmp_path, actor)


@pytest.fixture
def olga(partnership: Organisation, actor: Actor) -> Actor:
    return person(partnership, actor, name="Olga Organiser", role=Role.ORGANISER)


@pytest.fixture
def published(today: Clock, olga: Actor) -> HubCall:
    client = signed_in(olga)
    assert client.post("/organise/hub-calls/new", TYPED).status_code == 302
    client.post("/organise/hub-calls/HC-000001", {"do": "publish"})
    return HubCall.objects.get()


def test_a_call_is_drawn_up_mended_and_published(today, olga):
    client = signed_in(olga)
    wrong = client.post("/organise/hub-calls/new", TYPED | {"criteria": "Plan | much"})
    assert wrong.status_code == 400 and "Line 1: weight must be a number" in wrong.content.decode()
    assert "£36,000.00 over the whole term" in client.post(
        "/organise/hub-calls/new", TYPED | {"budget": "1"}
    ).content.decode()  # fmt: skip
    assert not HubCall.objects.exists()
    client.post("/organise/hub-calls/new", TYPED)
    assert "Plan | 60 | 10 | What would be done" in text(client, "/organise/hub-calls/HC-000001/change")
    client.post("/organise/hub-calls/HC-000001/change", TYPED | {"title": "Early reading hub"})
    client.post("/organise/hub-calls/HC-000001", {"do": "publish"})
    page = text(client, "/organise/hub-calls/HC-000001")
    assert "Early reading hub" in page and "stays sealed until 12 noon on 1 May 2026" in page
    assert client.get("/organise/hub-calls/HC-000001/change").status_code == 404
    call = HubCall.objects.get()
    assert (call.state, call.monthly_pence, call.criteria.get(position=2).most_points) == ("open", 100_000, 10)
    assert "Early reading hub" in text(client, "/organise/hub-calls?state=open")


def apply(head: Actor, today: Clock) -> str:
    client = signed_in(head)
    assert "Apply for Reading hub" in str(waits_of(head, date(2026, 4, 1)))
    school = next(iter(head.organisations()))
    made = client.post("/hub-calls/HC-000001", {"school": school})
    path = made.headers["Location"]
    assert "Say what you would do." in text(client, path)
    refused = client.post(path, {"do": "send", "title": "Our hub"})
    assert refused.status_code == 409 and "Nothing was sent" in refused.content.decode()
    given = {
        "title": "Our hub", "plan": "Twelve schools", "people": "Deputy, one day a week", "schools_planned": "12",
        "do": "send", "paper": SimpleUploadedFile("plan.png", png()),
    }  # fmt: skip
    assert client.post(path, given).status_code == 302
    page = text(client, path)
    assert "Sent on 1 April 2026" in page and "plan.png" in page
    return path


def test_a_school_applies_with_a_partner_and_another_reads_nothing(today, published, area, actor, olga):
    elm, birch, cedar, _ = area
    head, cedar_head = head_of(elm, actor), head_of(cedar, actor)
    client = signed_in(head)
    path = client.post("/hub-calls/HC-000001", {"school": elm.pk}).headers["Location"]
    unknown = client.post(path, {"partner": "999999"})
    assert "No school has this URN" in unknown.content.decode()
    nameless = client.post(path, {"part": "Hosts training", "title": "Kept"})
    assert nameless.status_code == 400 and "or leave out what it would do" in nameless.content.decode()
    client.post(path, {"partner": cedar.school.urn, "part": "Hosts training", "title": "Kept"})
    assert "Cedar Hill Primary School: Hosts training" in text(client, path)
    assert HubApplication.objects.get().title == "Kept", "what was typed is kept"
    refused = client.post(path, {"title": "T", "plan": "P", "people": "Q", "do": "send"})
    assert refused.status_code == 409 and "Cedar Hill Primary School has not confirmed yet" in refused.content.decode()
    asked = "Say whether Cedar Hill Primary School applies with Elm Park Primary School"
    assert asked in str(waits_of(cedar_head, date(2026, 4, 1)))
    partner = signed_in(cedar_head)
    page = text(partner, path)
    assert "Your part: Hosts training." in page and "Send the application" not in page
    assert partner.post(path, {"title": "Theirs", "do": "save"}).status_code == 409
    assert HubApplication.objects.get().title == "T", "the lead alone writes"
    declined = partner.post(path, {"do": f"decline:{cedar.number}", "why": "Too much this year"})
    assert declined.headers["Location"] == "/hub-calls"
    text(partner, path, 404)
    assert "Too much this year" in text(client, path)
    client.post(path, {"partner": cedar.school.urn, "part": "Hosts one day"})
    assert "Asked" in text(client, path)
    partner.post(path, {"do": f"confirm:{cedar.number}"})
    assert asked not in str(waits_of(cedar_head, date(2026, 4, 1)))
    client.post(path, {"title": "T", "plan": "P", "people": "Q", "do": "send"})
    assert "Sent on" in text(signed_in(cedar_head), path)
    for somebody in (head_of(birch, actor), olga):
        text(signed_in(somebody), path, 404)


def test_a_panel_declares_scores_and_one_is_decided_on_pages(today, published, area, partnership, actor, olga):
    elm, birch, *_ = area
    head, birch_head = head_of(elm, actor), head_of(birch, actor)
    elm_path, _ = apply(head, today), apply(birch_head, today)
    members = [member(partnership, actor, "Pia Panel"), member(partnership, actor, "Bea Panel", at=birch)]
    desk = signed_in(olga)
    for one in members:
        desk.post("/organise/hub-calls/HC-000001", {"do": "invite", "person": one.person_id})
        assert "Opens to you once the deadline is over" in text(signed_in(one), "/panel")
    close_calls_over(at=today(2026, 5, 1, 12), actor=actor)
    desk = signed_in(olga)  # a month on, the old session is over
    pia, bea = (signed_in(one) for one in members)
    undeclared = text(pia, "/panel/HC-000001")
    assert "Elm Park Primary School" in undeclared and "Our hub" not in undeclared
    text(pia, "/panel/HC-000001/HA-000001", 404)
    assert "Declare your interests in Reading hub" in str(waits_of(members[0], date(2026, 5, 1)))
    for client in (pia, bea):
        client.post("/panel/HC-000001", {})
    assert "Score 2 applications" in str(waits_of(members[0], date(2026, 5, 1)))
    barred = text(bea, "/panel/HC-000001")
    assert "Birch Lane Primary School: you have an interest (holds a role at a school that applies)" in barred
    text(bea, "/panel/HC-000001/HA-000002", 404)
    assert "Birch Lane Primary School" in text(bea, "/panel/interests")
    assert pia.post("/panel/HC-000001/HA-000001", {"points-1": "4"}).status_code == 400
    for client, numbers in ((pia, ("HA-000001", "HA-000002")), (bea, ("HA-000001",))):
        for number in numbers:
            assert client.post(f"/panel/HC-000001/{number}", {"points-1": "4", "points-2": "8"}).status_code == 302
    without = bea.post("/panel/HC-000001", {"interest": "HA-000001", "words": ""})
    assert without.status_code == 409 and "Enter your interest" in without.content.decode()
    refused = desk.post("/organise/hub-calls/HC-000001", {"do": "finish"})
    assert refused.status_code == 409 and "HA-000002 has the points of 1 of 2 members" in refused.content.decode()
    for criterion, points in (("1", "3"), ("2", "7.5")):
        desk.post(
            "/organise/hub-applications/HA-000002",
            {"criterion": criterion, "points": points, "reason": "Only one may score it"},
        )
    assert AgreedPoints.objects.count() == 2
    desk.post("/organise/hub-calls/HC-000001", {"do": "finish"})
    ranking = text(desk, "/organise/hub-calls/HC-000001")
    assert "80 of 100" in ranking and "69 of 100" in ranking and "7.5 agreed" in ranking
    decided = {"decision": "award", "feedback": "The fullest plan."}
    assert "Enter what its schools read" in desk.post(
        "/organise/hub-applications/HA-000001", {"decision": "award"}
    ).content.decode()  # fmt: skip
    desk.post("/organise/hub-applications/HA-000001", decided)
    over = desk.post("/organise/hub-applications/HA-000002", decided)
    assert over.status_code == 409 and "£0.00 that is left" in over.content.decode()
    desk.post("/organise/hub-applications/HA-000002", {"decision": "decline", "feedback": "Too few schools."})
    assert "You are chosen" in text(signed_in(head), elm_path)
    assert HubCall.objects.get().state == "decided"
    auditor = person(partnership, actor, name="Ann Auditor", role=Role.AUDITOR)
    assert "80 of 100" in text(signed_in(auditor), "/organise/hub-calls/HC-000001")
    assert signed_in(auditor).post("/organise/hub-calls/HC-000001", {"do": "finish"}).status_code == 403


@pytest.fixture
def hub(today, published, area, partnership, actor, olga) -> OutcomeContract:
    elm, *_ = area
    head = head_of(elm, actor)
    apply(head, today)
    members = [member(partnership, actor, "Pia Panel"), member(partnership, actor, "Raj Panel")]
    desk = signed_in(olga)
    for one in members:
        desk.post("/organise/hub-calls/HC-000001", {"do": "invite", "person": one.person_id})
    close_calls_over(at=today(2026, 5, 1, 12), actor=actor)
    desk = signed_in(olga)  # a month on, the old session is over
    for one in members:
        signed_in(one).post("/panel/HC-000001", {})
        signed_in(one).post("/panel/HC-000001/HA-000001", {"points-1": "4", "points-2": "8"})
    desk.post("/organise/hub-calls/HC-000001", {"do": "finish"})
    desk.post("/organise/hub-applications/HA-000001", {"decision": "award", "feedback": "Yes."})
    contract = OutcomeContract.objects.get()
    agree_contract(contract=contract, on=date(2026, 5, 20), actor=head)
    today(2026, 11, 10)
    return contract


def day(prefix: str, year: int, month: int, number: int) -> dict[str, str]:
    return {f"{prefix}_day": str(number), f"{prefix}_month": str(month), f"{prefix}_year": str(year)}


def test_the_lead_keeps_schools_spending_and_reviews_on_pages(today, hub, area, actor, olga):
    elm, birch, *_ = area
    lead = person(elm, actor, name="Lena Lead", role=Role.HUB_LEAD)
    client, stem = signed_in(lead), f"/hub/{hub.number}"
    client.post(f"{stem}/schools", {"urn": birch.school.urn, **day("joined_on", 2026, 9, 1)})
    page = text(client, f"{stem}/schools")
    assert "Birch Lane Primary School" in page and "Nothing was done yet with 1 school." in page
    school = f"{stem}/schools/{hub.hub_schools.get().pk}"
    did = {
        "do": "add",
        "kind": "training",
        "words": "Phonics",
        "hours": "2.5",
        "people": "9",
        **day("done_on", 2026, 10, 6),
    }
    assert client.post(school, did).status_code == 302
    assert client.post(school, did | day("done_on", 2026, 12, 1)).status_code == 409
    assert HubEngagement.objects.get().hours == Decimal("2.5")
    client.post(school, {"do": f"off:{HubEngagement.objects.get().pk}", "why": "Entered twice"})
    assert "taken off: Entered twice" in text(client, school)
    spent = {
        "do": "add", "category": "cover", "words": "Cover for a day", "amount": "225.50", **day("spent_on", 2026, 10, 6),
        "receipt": SimpleUploadedFile("cover.png", png()),
    }  # fmt: skip
    client.post(f"{stem}/spend", spent)
    page = text(client, f"{stem}/spend")
    assert "£225.50 more than was paid" in page and "cover.png" in page and "Supply cover" in page
    client.post(f"{stem}/spend", {"do": "off:1", "why": "Paid by the school"})
    assert HubSpend.objects.get().taken_off_why == "Paid by the school"
    review = f"{stem}/reviews/1"
    assert "31 Jul 2027" in text(client, f"{stem}/reviews")
    assert "Prepare review 1" in str(waits_of(lead, date(2027, 7, 10)))
    client.post(review, {"words": "Ten schools are in."})
    desk = signed_in(olga)
    assert "Ten schools are in." in text(desk, review)
    assert desk.post(review, {"words": "Good"}).status_code == 400
    desk.post(review, {"decision": "continue", "words": "As planned."})
    assert ReviewPoint.objects.get(ordinal=1).decision == "continue"
    assert "As planned." in text(client, review)
    assert desk.post(review, {"decision": "end", "words": "x"}).status_code == 409


def test_a_hub_is_its_own_schools_and_staffs_alone(today, hub, area, partnership, actor, olga):
    paths = [f"/hub/{hub.number}/{name}" for name in ("schools", "spend", "reviews", "reviews/1")]
    outsiders = [head_of(area[1], actor), member(partnership, actor, "Una Panel")]
    for path in paths:
        text(signed_in(olga), path)
        for somebody in outsiders:
            text(signed_in(somebody), path, 404)
    refused = signed_in(olga).post(
        paths[1], {"do": "add", "category": "cover", "words": "x", "amount": "1", **day("spent_on", 2026, 10, 6)}
    )
    assert refused.status_code == 403 and "Ask the hub lead of Elm Park" in refused.content.decode()
    assert not HubSpend.objects.exists()
