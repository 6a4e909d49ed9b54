"""E-mails about hubs: who may apply, who is asked to apply with others, who applied, who sits on the panel; never what was
written or decided and why."""

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pytest
from django.utils import timezone

from marketplace.core import outbox
from marketplace.core.actors import Actor, Role, platform
from marketplace.core.models import Delivery
from marketplace.messaging.models import Message
from marketplace.messaging.services import choose
from marketplace.organisations.models import Organisation, Person
from subscriptions.hubs.models import HubCall
from subscriptions.hubs.services.applying import save_application, start_application
from subscriptions.hubs.services.awarding import award, decline
from subscriptions.hubs.services.panel import invite_member
from subscriptions.hubs.services.partnering import answer_partner, name_partner
from subscriptions.hubs.services.watching import remind_reviews, remind_unsent
from subscriptions.outcomes.services.contracting import agree_contract
from tests.shop import person
from tests.subscriptions.hubs.calling import (
    APPLIED,
    AWARDED_ON,
    CLOSES,
    OFFER,
    applied,
    closed,
    four_schools,
    gave,
    head_of,
    member,
    on_panel,
    opened,
    scored,
)

pytestmark = pytest.mark.django_db
Post = Callable[[str], list[tuple[str, str]]]
ACTOR = platform("test")


@pytest.fixture
def post() -> Post:
    """Delivers every event, then returns to whom about what was written since, by topic."""
    seen: set[int] = set()

    def deliver(topic: str) -> list[tuple[str, str]]:
        Delivery.objects.update(next_at=timezone.now())
        while outbox.deliver():
            pass
        failed = Delivery.objects.filter(handler__startswith="notices.hub").exclude(last_error="")
        assert list(failed.values_list("handler", "last_error")) == []
        found = Message.objects.filter(topic=topic).exclude(pk__in=seen).order_by("to", "pk")
        seen.update(one.pk for one in found)
        for one in found:
            assert "Twelve schools" not in one.plain and "Too thin" not in one.plain, "read on the page alone"
        return [(".".join(one.to.split(".")[:2]), one.subject) for one in found]

    return deliver


@pytest.fixture
def area(partnership: Organisation, tmp_path: Path, actor: Actor) -> list[Organisation]:
    return four_schools(tmp_path, actor)


@pytest.fixture
def olga(partnership: Organisation, actor: Actor) -> Actor:
    return person(partnership, actor, name="Olga Organiser", role=Role.ORGANISER)


@pytest.fixture
def heads(area: list[Organisation], actor: Actor) -> list[Actor]:
    return [head_of(school, actor) for school in area[:2]]


@pytest.fixture
def call(heads: list[Actor], olga: Actor) -> HubCall:
    return opened(olga)


def test_a_published_call_is_told_to_who_may_apply_and_wants_to_know(heads, area, actor, olga, post):
    person(area[2], actor, name="Bea Bursar")
    person(area[2], actor, name="Lena Lead", role=Role.HUB_LEAD)
    choose(choices={"hubs": "never"}, actor=heads[1])
    opened(olga)
    subject = "Apply before 12 noon on 1 May 2026: Reading hub"
    assert post("hubs") == [("head.elm", subject), ("lena.lead", subject)]


def test_a_partner_is_asked_and_the_lead_reads_its_answer(call, heads, area, post):
    elm, birch = heads
    made = start_application(call=call, lead=area[0], at=APPLIED, actor=elm)
    save_application(application=made, offer=OFFER, at=APPLIED, actor=elm)
    post("hubs")
    partner = name_partner(application=made, school=area[1], part="Hosts", actor=elm)
    assert post("hubs") == [("head.birch", "Say whether you apply with Elm Park Primary School: Reading hub")]
    answer_partner(partner=partner, confirms=False, at=APPLIED, actor=birch)
    assert post("hubs") == [("head.elm", "Birch Lane Primary School does not apply with you: Reading hub")]
    answer_partner(partner=partner, confirms=True, at=APPLIED, actor=birch)
    assert post("hubs") == [("head.elm", "Birch Lane Primary School applies with you: Reading hub")]


def test_a_draft_is_reminded_of_once_when_its_deadline_nears(call, heads, area, post):
    start_application(call=call, lead=area[0], at=APPLIED, actor=heads[0])
    applied(call, heads[1], area[1])
    post("hubs")
    assert remind_unsent(at=CLOSES - timedelta(days=4), actor=ACTOR) == 0
    assert remind_unsent(at=CLOSES - timedelta(days=2), actor=ACTOR) == 1
    assert remind_unsent(at=CLOSES - timedelta(days=1), actor=ACTOR) == 0
    assert post("hubs") == [("head.elm", "Not sent yet, the deadline is 12 noon on 1 May 2026: Reading hub")]


def test_the_panel_is_asked_and_every_school_reads_that_it_is_decided(
    call, heads, area, olga, partnership, actor, post
):
    bids = [applied(call, head, school) for head, school in zip(heads, area, strict=False)]
    told = [("head.birch", "Received: your application HA-000002 for Reading hub")]
    told.append(("head.elm", "Received: your application HA-000001 for Reading hub"))
    assert [one for one in post("hubs") if one[1].startswith("Received")] == told
    judge = member(partnership, actor, "Pia Panel")
    closed(call, olga)
    assert post("panels") == [], "nobody is on it yet"
    on_panel(call, olga, judge, member(partnership, actor, "Raj Panel"))
    declare = "Declare your interests, then score: Reading hub"
    assert post("panels") == [("pia.panel", declare), ("raj.panel", declare)]
    for bid in bids:
        for one in call.members.all():
            gave(bid, Actor(one.person_id, None, "Judge", judge.grants), 4, 4, 4)
    scored(call, olga)
    contract = award(application=bids[0], feedback="The fullest", on=AWARDED_ON, actor=olga)
    decline(application=bids[1], feedback="Too thin", on=AWARDED_ON, actor=olga)
    assert post("hubs") == [
        ("head.birch", "You are not chosen: Reading hub"), ("head.elm", "You are chosen: Reading hub"),
    ]  # fmt: skip
    agree_contract(contract=contract, on=AWARDED_ON, actor=heads[0])
    person(area[0], actor, name="Lena Lead", role=Role.HUB_LEAD)
    assert remind_reviews(on=date(2027, 7, 1), actor=ACTOR) == 0
    assert remind_reviews(on=date(2027, 7, 5), actor=ACTOR) == 1
    assert remind_reviews(on=date(2027, 7, 6), actor=ACTOR) == 0
    assert post("hubs") == [
        ("lena.lead", "Prepare review 1 due 31 July 2027: Elm Park reading hub"),
        ("olga.organiser", "Hold review 1 due 31 July 2027: Elm Park reading hub"),
    ]


def test_whoever_is_put_on_a_panel_early_is_told_when_it_opens(call, olga, partnership, actor, post):
    pia = member(partnership, actor, "Pia Panel")
    invite_member(call=call, person=Person.objects.get(pk=pia.person_id), on=APPLIED.date(), actor=olga)
    assert post("panels") == [("pia.panel", "You are on the panel: Reading hub")]
    closed(call, olga)
    assert post("panels") == [("pia.panel", "Declare your interests, then score: Reading hub")]
