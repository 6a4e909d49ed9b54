"""Hubs in the world of the access matrix: each school has sent an application and leads a hub; one call is being scored."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.utils import timezone

from marketplace.core.actors import Actor, Grant, Role
from marketplace.core.money import Money
from marketplace.core.periods import Period, add_months
from marketplace.organisations.models import Organisation, Person
from marketplace.organisations.services.registry import add_organisation
from subscriptions.hubs.models import HubApplication, HubCall, HubEngagement, HubSpend, PanelMember
from subscriptions.hubs.services.applying import (
    Offer,
    attach_paper,
    save_application,
    start_application,
    submit_application,
)
from subscriptions.hubs.services.awarding import award
from subscriptions.hubs.services.calls import CallTerms, close_call, draft_call, publish_call
from subscriptions.hubs.services.life import add_hub_school
from subscriptions.hubs.services.panel import agree_points, declare_interests, finish_scoring
from subscriptions.hubs.services.partnering import name_partner
from subscriptions.outcomes.models import ContractPerson
from subscriptions.outcomes.services.contracting import agree_contract
from tests.conftest import START
from tests.core.small_files import PDF
from tests.subscriptions.hubs.calling import CRITERIA, TEMPLATE

Keys = dict[str, Any]


def hubs_held(*, schools: list[Organisation], today: date, actor: Actor) -> tuple[Keys, Keys, Keys]:
    """What one's own school has, what the other has, and what is the partnership's alone."""
    wanted = _call("Open call", today, actor, days=10)
    drawn = draft_call(terms=_terms("A draft", today, days=10), on=today, actor=actor)
    scored = _call("Call to score", today, actor, days=-10)
    past = _call("Past call", today, actor, days=-10)
    sides: list[Keys] = []
    for school in schools:
        head = _head(school)
        sent = [_applied(one, school, head, today) for one in (wanted, scored, past)]
        sides.append({"hub_application": sent[0].number, "scored_application": sent[1].number})
    third = add_organisation(kind=Organisation.Kind.SCHOOL, name="Third School", valid_from=START, actor=actor)
    joint = _call("Joint call", today, actor, days=12)
    asking = start_application(call=joint, lead=third, at=timezone.now(), actor=actor)
    for school, side in zip(schools, sides, strict=True):
        draft = start_application(call=joint, lead=school, at=timezone.now(), actor=_head(school))
        name_partner(application=draft, school=third, part="Hosts", actor=_head(school))
        name_partner(application=asking, school=school, part="Hosts", actor=actor)
        paper = attach_paper(application=draft, upload=PDF, file_name="plan.pdf", actor=_head(school))
        side |= {
            "hub_joint": draft.number,
            "hub_paper": paper.pk,
            "hub_asked": asking.number,
            "hub_call": wanted.number,
        }
    for one in (scored, past):
        close_call(call=one, at=timezone.now(), actor=actor)
    for one in past.applications.all():
        for criterion in past.criteria.all():
            agree_points(
                application=one,
                criterion=criterion,
                points=Decimal(criterion.most_points),
                reason="Agreed",
                on=today,
                actor=actor,
            )
    finish_scoring(call=past, on=today, actor=actor)
    for school, side in zip(schools, sides, strict=True):
        bid = HubApplication.objects.get(call=past, lead=school)
        contract = award(application=bid, feedback="Yes", on=today, actor=actor)
        agree_contract(contract=contract, on=today, actor=_head(school))
        partner = next(one for one in schools if one != school)
        lead = _head(school, Role.HUB_LEAD)
        joined = add_hub_school(contract=contract, school=partner, joined_on=contract.valid_from, on=today, actor=lead)
        did = HubEngagement.objects.create(
            school=joined, done_on=today, kind="visit", words="A visit", hours=1, recorded_on=today
        )
        HubSpend.objects.create(
            contract=contract, ordinal=1, spent_on=today, category="travel", words="A bus", pence=900, recorded_on=today
        )
        deputy = ContractPerson.objects.create(
            contract=contract, person=Person.objects.create(name=f"Stands in for {lead.name}"), valid_from=today
        )
        side |= {
            "hub_contract": contract.number, "hub_school": joined.pk, "hub_review": 1, "hub_line": did.pk,
            "hub_deputy": deputy.pk,
        }  # fmt: skip
    sits = PanelMember.objects.create(call=wanted, person=Person.objects.create(name="Judges"), invited_on=today)
    shared = {
        "hub_call": wanted.number, "hub_draft": drawn.number, "panel_call": scored.number,
        "panel_application": sides[1]["scored_application"], "hub_bid": sides[1]["scored_application"],
        "hub_member": sits.pk, "hub_partner": third.number,
    }  # fmt: skip
    return sides[0], sides[1], shared


def sits_on_panel(acts: Actor, today: date) -> None:
    """Whoever holds the role of a panel member sits on the panel of the call to score, and has declared their interests."""
    if acts.has(Role.PANEL):
        call = HubCall.objects.get(title="Call to score")
        PanelMember.objects.create(call=call, person=Person.objects.get(pk=acts.person_id), invited_on=today)
        declare_interests(call=call, interests={}, on=today, actor=acts)


def hub_bodies(keys: Keys) -> dict[str, dict[str, Any]]:
    """What each write of the API about hubs is asked to do, where the body says for whom."""
    return {
        "POST /hub-applications": {"call": keys["hub_call"], "school": keys["customer"]},
        "POST /hub-applications/{number}/step": {"do": "withdraw"},
        "POST /hub-applications/{number}/partners/{school}/answer": {"answer": "confirmed"},
        "POST /hub-applications/{number}/decision": {"do": "decline", "feedback": "No"},
    }


def _terms(title: str, today: date, *, days: int) -> CallTerms:
    closes = timezone.now() + timedelta(days=days)
    first = add_months(today.replace(day=1), 2)
    return CallTerms(
        kind="hub", title=title, priorities="Reading", monthly=Money(100_000), budget=Money(9_000_000),
        term=Period(first, add_months(first, 36)), opens_at=closes - timedelta(days=40), closes_at=closes,
        template=TEMPLATE, criteria=CRITERIA, quorum=1,
    )  # fmt: skip


def _call(title: str, today: date, actor: Actor, *, days: int) -> HubCall:
    made = draft_call(terms=_terms(title, today, days=days), on=today, actor=actor)
    return publish_call(call=made, on=today - timedelta(days=30), actor=actor)


def _head(school: Organisation, role: Role = Role.APPROVER) -> Actor:
    made, _ = Person.objects.get_or_create(name=f"Leads {school.pk}")
    return Actor(made.pk, None, made.name, frozenset({Grant(role, school.pk)}))


def _applied(call: HubCall, school: Organisation, head: Actor, today: date) -> HubApplication:
    at = min(timezone.now(), call.closes_at - timedelta(days=5))
    made = start_application(call=call, lead=school, at=at, actor=head)
    offer = Offer(f"Hub of {school.name}", "Twelve schools", people="Deputy head")
    save_application(application=made, offer=offer, at=at, actor=head)
    return submit_application(application=made, at=at, actor=head)
