"""A call with its schools, panel and people, made through public services only. Shared by tests of hubs and scenarios."""

from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from marketplace.core.actors import Actor, Role, platform
from marketplace.core.money import Money
from marketplace.core.periods import Period
from marketplace.core.wording import LONDON
from marketplace.organisations.models import Organisation, Person
from marketplace.organisations.services.people import give_role
from subscriptions.hubs.models import HubApplication, HubCall
from subscriptions.hubs.rules.template import Template, Wanted
from subscriptions.hubs.services.applying import (
    Offer,
    save_application,
    start_application,
    submit_application,
)
from subscriptions.hubs.services.calls import CallTerms, CriterionTerms, close_call, draft_call, publish_call
from subscriptions.hubs.services.panel import Points, declare_interests, finish_scoring, invite_member, score
from subscriptions.hubs.services.partnering import answer_partner, name_partner
from tests.conftest import START
from tests.shop import person, schools

DRAWN_UP = date(2026, 3, 2)
OPENS = datetime(2026, 3, 9, 9, 0, tzinfo=LONDON)
CLOSES = datetime(2026, 5, 1, 12, 0, tzinfo=LONDON)
APPLIED = datetime(2026, 4, 20, 16, 30, tzinfo=LONDON)
CLOSED_ON = date(2026, 5, 1)
SCORED_ON = date(2026, 5, 12)
AWARDED_ON = date(2026, 5, 20)
TERM = Period(date(2026, 9, 1), date(2029, 9, 1))
OUTCOMES = (
    Wanted("reading", "Pupils reading well", weight=Decimal(50), unit="%", target=Decimal(75)),
    Wanted("phonics", "Schools teaching phonics daily", weight=Decimal(30), unit="schools", target=Decimal(12)),
    Wanted("leaders", "New reading leaders", weight=Decimal(20), unit="people", target=Decimal(8)),
)
TEMPLATE = Template(outputs=Decimal("0.7"), outcomes=Decimal("0.3"), outcome_measures=OUTCOMES)
CRITERIA = (
    CriterionTerms("Track record", Decimal(40)),
    CriterionTerms("Plan", Decimal(40), words="What would be done, with whom, by when"),
    CriterionTerms("Reach", Decimal(20)),
)
TERMS = CallTerms(
    kind="hub", title="Reading hub", priorities="Every child reads by seven", monthly=Money(100_000),
    budget=Money(3_600_000), term=TERM, opens_at=OPENS, closes_at=CLOSES, template=TEMPLATE, criteria=CRITERIA,
)  # fmt: skip
OFFER = Offer(
    "Elm Park reading hub", "Twelve schools, three terms", "All maintained primaries", "Deputy head, one day", 12
)
NAMES = ("Elm Park Primary School", "Birch Lane Primary School", "Cedar Hill Primary School", "Dell Primary School")


def four_schools(tmp_path: Path, actor: Actor) -> list[Organisation]:
    """Elm Park, Birch Lane, Cedar Hill and Dell, of the register."""
    rows = [{"EstablishmentName": name, "EstablishmentNumber": f"21{at:02d}"} for at, name in enumerate(NAMES)]
    return schools(tmp_path, actor, *rows)


def head_of(school: Organisation, actor: Actor, name: str = "") -> Actor:
    """The head teacher: an approver of the school."""
    return person(school, actor, name=name or f"Head {school.name.split()[0]}", role=Role.APPROVER)


def member(partnership: Organisation, actor: Actor, name: str, *, at: Organisation | None = None) -> Actor:
    """Somebody with the role of a panel member; ``at`` is the school of which they are head as well."""
    made = person(partnership, actor, name=name, role=Role.PANEL)
    if at is not None:
        give_role(
            person=Person.objects.get(pk=made.person_id), role=Role.APPROVER, organisation=at, valid_from=START,
            actor=actor,
        )  # fmt: skip
    return made


def opened(organiser: Actor, **changed: Any) -> HubCall:
    """A call drawn up and published."""
    call = draft_call(terms=replace(TERMS, **changed), on=DRAWN_UP, actor=organiser)
    return publish_call(call=call, on=DRAWN_UP, actor=organiser)


def applied(
    call: HubCall,
    head: Actor,
    lead: Organisation,
    *partners: Organisation,
    offer: Offer = OFFER,
    at: datetime = APPLIED,
) -> HubApplication:
    """An application written and sent."""
    made = start_application(call=call, lead=lead, at=at, actor=head)
    save_application(application=made, offer=offer, at=at, actor=head)
    for one in partners:
        partner = name_partner(application=made, school=one, part="Hosts training", actor=head)
        answer_partner(partner=partner, confirms=True, at=at, actor=platform(one.name))
    return submit_application(application=made, at=at, actor=head)


def closed(call: HubCall, organiser: Actor) -> HubCall:
    return close_call(call=call, at=CLOSES, actor=organiser)


def on_panel(call: HubCall, organiser: Actor, *members: Actor, on: date = CLOSED_ON) -> None:
    """Each is invited and declares that they have no interest but their own schools'."""
    for one in members:
        invite_member(call=call, person=Person.objects.get(pk=one.person_id), on=on, actor=organiser)
        declare_interests(call=call, interests={}, on=on, actor=one)


def gave(application: HubApplication, judge: Actor, *points: int, on: date = SCORED_ON) -> None:
    """Points for each criterion in order."""
    given = {at: Points(one) for at, one in enumerate(points, start=1)}
    score(application=application, points=given, on=on, actor=judge)


def scored(call: HubCall, organiser: Actor) -> HubCall:
    return finish_scoring(call=call, on=SCORED_ON, actor=organiser)
