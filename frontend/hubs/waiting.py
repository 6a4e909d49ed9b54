"""What waits about hubs on home: calls to apply to, interests to declare and bids to score, decisions, reviews."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from django.db.models import Q
from django.utils import timezone

from frontend.formats import money, plural
from frontend.jinja import url
from marketplace.core.actors import Actor, Role
from marketplace.core.wording import LONDON
from subscriptions.hubs.models import HubApplication, HubCall, HubPartner, PanelMember, PanelScore, ReviewPoint
from subscriptions.hubs.queries import APPLYING, calls_for, opened_for, partnerships_for, school_applications
from subscriptions.hubs.services.writing import RUNNING
from subscriptions.outcomes.models import OutcomeContract

SOON = timedelta(days=28)
MOST = 20
Item = dict[str, Any]


def waits_for(actor: Actor, on: date) -> list[Item]:
    """What waits on a day, as ``waits`` draws it; nothing for whoever has no part in hubs."""
    if actor.system:
        return []
    found: list[Item] = []
    if actor.has(*APPLYING):
        found += [*_to_confirm(actor), *_to_apply(actor), *_to_prepare(actor, on)]
    if actor.has(Role.PANEL):
        found += _to_score(actor)
    if actor.has(*RUNNING):
        found += [*_to_decide(actor), *_to_review(on)]
    return found


def _deadline(call: HubCall) -> date:
    return call.closes_at.astimezone(LONDON).date()


def _to_apply(actor: Actor) -> Iterator[Item]:
    """Drafts to send, and open calls to which none of one's schools applies yet."""
    now = timezone.now()
    standing = school_applications(actor).filter(call__state="open").exclude(state="withdrawn").order_by("pk")
    own = actor.organisations(*APPLYING)
    mine = {one.call_id: one for one in sorted(standing, key=lambda one: one.lead_id in own)}
    calls = calls_for(actor).filter(state="open", opens_at__lte=now, closes_at__gt=now).order_by("closes_at")[:MOST]
    for call in calls:
        one = mine.get(call.pk)
        if one is None:
            yield {
                "text": f"Apply for {call.title}: {money(call.monthly_pence)} a month",
                "href": url("school-hub-call", number=call.number), "due": _deadline(call),
                "next": "Then a panel of head teachers chooses",
            }  # fmt: skip
        elif one.state == HubApplication.State.DRAFT and one.lead_id in own:
            yield {
                "text": f"Send the application for {call.title}",
                "href": url("school-hub-application", number=one.number), "due": _deadline(call),
                "next": "Nobody sees a draft; after the deadline it cannot be sent",
            }  # fmt: skip


def _to_confirm(actor: Actor) -> Iterator[Item]:
    """Applications of others in which one's school is named and has not answered."""
    asked = partnerships_for(actor).filter(
        answer=HubPartner.Answer.ASKED, application__state="draft", application__call__state="open",
        application__call__closes_at__gt=timezone.now(),
    )  # fmt: skip
    for one in asked.order_by("application__call__closes_at", "pk")[:MOST]:
        yield {
            "text": f"Say whether {one.organisation.name} applies with {one.application.lead.name}",
            "href": url("school-hub-application", number=one.application.number),
            "due": _deadline(one.application.call), "next": "Without your answer it cannot be sent",
        }  # fmt: skip


def _to_prepare(actor: Actor, on: date) -> Iterator[Item]:
    """Reviews of one's hubs that are near and of which the lead has said nothing."""
    own = actor.organisations(Role.HUB_LEAD)
    near = ReviewPoint.objects.filter(
        state="planned", due_on__lte=on + SOON, lead_words="", contract__party__in=own, contract__state="active"
    )
    for one in near.select_related("contract").order_by("due_on")[:MOST]:
        yield {
            "text": f"Prepare review {one.ordinal} of {one.contract.title}",
            "href": url("hub-review", number=one.contract.number, ordinal=one.ordinal), "due": one.due_on,
            "next": "The partnership holds it and decides how to go on",
        }  # fmt: skip


def _to_score(actor: Actor) -> Iterator[Item]:
    """Interests to declare, then applications that one has not scored."""
    mine = PanelMember.objects.filter(person_id=actor.person_id or 0, left_on=None, call__state="closed")
    for member in mine.select_related("call").order_by("call__closes_at", "pk")[:MOST]:
        call = member.call
        address = url("panel-call", number=call.number)
        if member.declared_on is None:
            yield {
                "text": f"Declare your interests in {call.title}", "href": address, "due": None, "since": _deadline(call),
                "next": "Then the applications open to you",
            }  # fmt: skip
            continue
        given = PanelScore.objects.filter(member=member).values("application_id")
        left = opened_for(actor).filter(call=call, state="submitted").exclude(pk__in=given).count()
        if left:
            yield {
                "text": f"Score {plural(left, 'application')} for {call.title}", "href": address, "due": None,
                "next": "Then the partnership decides by what the panel found",
            }  # fmt: skip


def _to_decide(actor: Actor) -> Iterator[Item]:
    """Calls whose scoring has ended, and those that have a panel to choose."""
    few = Q(state="closed") & ~Q(members__left_on=None, members__isnull=False)
    for call in HubCall.objects.filter(Q(state="scored") | few).distinct().order_by("closes_at")[:MOST]:
        scored = call.state == HubCall.State.SCORED
        yield {
            "text": f"{'Decide on the applications for' if scored else 'Choose the panel of'} {call.title}",
            "href": url("organise-hub-call", number=call.number), "due": None, "since": call.scored_on or _deadline(call),
            "next": "Each applicant reads why" if scored else "Members declare their interests, then score",
        }  # fmt: skip


def _to_review(on: date) -> Iterator[Item]:
    """Reviews that are due."""
    due = ReviewPoint.objects.filter(
        state="planned", due_on__lte=on + timedelta(days=14), contract__state=OutcomeContract.State.ACTIVE
    )
    for one in due.select_related("contract").order_by("due_on")[:MOST]:
        yield {
            "text": f"Hold review {one.ordinal} of {one.contract.title}",
            "href": url("hub-review", number=one.contract.number, ordinal=one.ordinal), "due": one.due_on,
            "next": "Continue, adjust or end",
        }  # fmt: skip
