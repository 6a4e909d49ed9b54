"""The panel: invited, declaring interests before anything is opened, scoring, agreeing where members differ, ending.

A member first sees no more than which schools apply. Once they declared, the applications open to them, except those in which
they have an interest: their own school's by itself, and any that they named. People are compared, never logins.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db import transaction

from marketplace.core.actors import Actor, Role
from marketplace.core.errors import DomainError, NotAllowed, NotFound, WrongInput
from marketplace.core.text import clean_line
from marketplace.organisations.models import Person, RoleAssignment
from marketplace.organisations.services.people import on_day
from subscriptions.hubs.models import (
    AgreedPoints,
    HubApplication,
    HubCall,
    HubCriterion,
    PanelInterest,
    PanelMember,
    PanelScore,
)
from subscriptions.hubs.queries import barred, barred_members, own_applications, submitted
from subscriptions.hubs.services.writing import (
    CallMoved,
    move_call,
    record_application,
    record_call,
    require_running,
)

State = HubCall.State
OWN_WORDS = "Holds a role at a school that applies"


class Barred(DomainError):
    """Whoever has an interest in an application neither sees, scores nor decides it."""

    code = "has_an_interest"
    status = 403


class DeclareFirst(DomainError):
    """Interests are declared before any application is opened."""

    code = "declare_interests_first"


class ScoringIncomplete(DomainError):
    """Applications without enough points; ``detail`` says which."""

    code = "scoring_incomplete"


@dataclass(frozen=True)
class Points:
    """What a member gives for one criterion, and why."""

    points: int
    words: str = ""


@transaction.atomic
def invite_member(*, call: HubCall, person: Person, on: date, actor: Actor) -> PanelMember:
    """Asks somebody with the role of a panel member to score this call. Asking again changes nothing."""
    require_running(actor, to="choose the panel of a call")
    if call.state not in (State.DRAFT, State.OPEN, State.CLOSED):
        raise CallMoved(f"{call.number} is {call.get_state_display().lower()} by now, so its panel stands.")
    if not RoleAssignment.objects.filter(on_day(on), person=person, role=Role.PANEL).exists():
        raise WrongInput(f"{person.name} is no member of a panel. Ask an administrator to give them that role.")
    made, new = PanelMember.objects.get_or_create(
        call=call, person=person, defaults={"invited_on": on, "invited_by_id": actor.person_id}
    )
    if not new and made.left_on is None:
        return made
    PanelMember.objects.filter(pk=made.pk).update(left_on=None)
    made.refresh_from_db()
    record_call("hub_panel.invited", call, actor, member=made.pk)
    return made


@transaction.atomic
def take_off_panel(*, member: PanelMember, on: date, actor: Actor) -> PanelMember:
    """The member scores no longer, and what they scored does not count. Not once the scoring has ended."""
    require_running(actor, to="change the panel of a call")
    call = HubCall.objects.select_for_update(of=("self",)).get(pk=member.call_id)
    if call.state not in (State.DRAFT, State.OPEN, State.CLOSED):
        raise CallMoved(f"{call.number} is {call.get_state_display().lower()} by now, so its panel stands.")
    PanelMember.objects.filter(pk=member.pk, left_on=None).update(left_on=on)
    member.refresh_from_db()
    record_call("hub_panel.left", call, actor, member=member.pk)
    return member


@transaction.atomic
def declare_interests(*, call: HubCall, interests: Mapping[str, str], on: date, actor: Actor) -> PanelMember:
    """Says in which applications, by number, one has an interest and which; in all others one has none.

    Only once the call is closed, since before it nobody knows who applies. Those of one's own schools are added by
    themselves. Once more adds to what was declared; nothing is ever taken back.
    """
    member = member_of(call, actor)
    if call.state != State.CLOSED:
        raise CallMoved("Interests are declared once the call is closed and everybody can see who applies.")
    known = {one.number: one for one in submitted(call)}
    if unknown := set(interests) - set(known):
        raise NotFound(f"There is no application {sorted(unknown)[0]} to this call.")
    found = {
        known[number].pk: (clean_line(words, what="Your interest", limit=300), False)
        for number, words in interests.items()
    }
    for application in own_applications(actor, list(known.values()), on):
        found[application.pk] = (OWN_WORDS, True)
    PanelInterest.objects.bulk_create(
        [
            PanelInterest(member=member, application_id=pk, words=words, own=own, declared_on=on)
            for pk, (words, own) in sorted(found.items())
        ],
        ignore_conflicts=True,
    )
    first = PanelMember.objects.filter(pk=member.pk, declared_on=None).update(declared_on=on) == 1
    member.refresh_from_db()
    record_call("hub_panel.declared", call, actor, member=member.pk, barred=len(found), first=first)
    return member


def member_of(call: HubCall, actor: Actor) -> PanelMember:
    """The actor's place on this panel; NotAllowed for everybody else."""
    found = PanelMember.objects.filter(call=call, person_id=actor.person_id or 0, left_on=None).first()
    if found is None or not actor.has(Role.PANEL):
        raise NotAllowed("You are not on the panel of this call. Ask the partnership who is.")
    return found


@transaction.atomic
def score(*, application: HubApplication, points: Mapping[int, Points], on: date, actor: Actor) -> list[PanelScore]:
    """Keeps what a member gives, by the position of the criterion; giving again changes it. While the call is scored.

    Refused before interests are declared (DeclareFirst), to whoever is barred (Barred), above a criterion's most points.
    """
    call = HubCall.objects.select_for_update(of=("self",)).get(pk=application.call_id)
    member = member_of(call, actor)
    if member.declared_on is None:
        raise DeclareFirst("Declare your interests first, then the applications open. Nothing was recorded.")
    if barred(application, actor, on):
        raise Barred("You have an interest in this application, so others score it. Nothing was recorded.")
    _require_scoring(call, application)
    criteria = {one.position: one for one in call.criteria.all()}
    kept = []
    for position, given in sorted(points.items()):
        criterion = criteria.get(position)
        if criterion is None:
            raise NotFound("There is no such criterion in this call.")
        if not 0 <= given.points <= criterion.most_points:
            raise WrongInput(f"{criterion.name} must be from 0 to {criterion.most_points} points")
        made, _ = PanelScore.objects.update_or_create(
            member=member, application=application, criterion=criterion,
            defaults={
                "points": given.points, "scored_on": on,
                "words": clean_line(given.words, what="Why", limit=500, required=False),
            },
        )  # fmt: skip
        kept.append(made)
    record_application("hub_application.scored", application, actor, applicants=False, criteria=len(kept))
    return kept


def _require_scoring(call: HubCall, application: HubApplication) -> None:
    if call.state != State.CLOSED or application.state != HubApplication.State.SUBMITTED:
        raise CallMoved(f"{application.number} is not being scored now. Nothing was recorded. Look at where it stands.")


@transaction.atomic
def agree_points(
    *, application: HubApplication, criterion: HubCriterion, points: Decimal, reason: str, on: date, actor: Actor
) -> AgreedPoints:
    """What the panel agreed for one criterion after talking about it: it counts instead of the mean. Written by an organiser."""
    require_running(actor, to="write down what a panel agreed")
    require_no_interest(application, actor, on)
    call = HubCall.objects.select_for_update(of=("self",)).get(pk=application.call_id)
    _require_scoring(call, application)
    if criterion.call_id != call.pk:
        raise NotFound("There is no such criterion in this call.")
    if not 0 <= points <= criterion.most_points or points.as_tuple().exponent < -2:  # type: ignore[operator]
        raise WrongInput(f"Points must be from 0 to {criterion.most_points}, with no more than 2 decimals")
    made, _ = AgreedPoints.objects.update_or_create(
        application=application, criterion=criterion,
        defaults={
            "points": points, "reason": clean_line(reason, what="Reason", limit=500), "agreed_on": on,
            "agreed_by_id": actor.person_id,
        },
    )  # fmt: skip
    record_application(
        "hub_application.agreed", application, actor, applicants=False, criterion=criterion.position,
        points=str(points),
    )  # fmt: skip
    return made


def require_no_interest(application: HubApplication, actor: Actor, on: date) -> None:
    """Raises Barred where the actor holds a role at one of the schools, or declared an interest."""
    if barred(application, actor, on):
        raise Barred("You have an interest in this application, so somebody else must decide. Nothing was recorded.")


@transaction.atomic
def finish_scoring(*, call: HubCall, on: date, actor: Actor) -> HubCall:
    """Ends the scoring: the ranking stands. Refused while an application lacks points of ``quorum`` members (ScoringIncomplete)."""
    require_running(actor, to="end the scoring of a call")
    HubCall.objects.select_for_update(of=("self",)).get(pk=call.pk)
    if missing := missing_scores(call):
        raise ScoringIncomplete(f"{missing[0]} The scoring goes on.", detail=missing)
    move_call(call, State.CLOSED, State.SCORED, scored_on=on)
    record_call("hub_call.scored", call, actor)
    if not submitted(call).exists():
        move_call(call, State.SCORED, State.DECIDED, decided_on=on)
        record_call("hub_call.decided", call, actor, awards=0)
    return call


@transaction.atomic
def score_again(*, call: HubCall, reason: str, on: date, actor: Actor) -> HubCall:
    """Opens the scoring again, with a reason, while nothing is decided."""
    require_running(actor, to="open the scoring of a call again")
    reason = clean_line(reason, what="Reason", limit=300)
    decided = call.applications.filter(state__in=[HubApplication.State.AWARDED, HubApplication.State.DECLINED])
    if decided.exists():
        raise CallMoved("An application is decided, so the scores stand.")
    move_call(call, State.SCORED, State.CLOSED, scored_on=None)
    record_call("hub_call.scored_again", call, actor, text={"reason": reason})
    return call


def missing_scores(call: HubCall) -> list[str]:
    """Which applications too few members scored, in sentences. Agreed points for every criterion do instead."""
    criteria = call.criteria.count()
    outside = barred_members(call)
    found = []
    for application in submitted(call).prefetch_related("scores__member", "agreed"):
        given: dict[int, int] = {}
        for one in application.scores.all():
            if one.member.left_on is None and one.member_id not in outside[application.pk]:
                given[one.member_id] = given.get(one.member_id, 0) + 1
        whole = sum(count == criteria for count in given.values())
        if whole < call.quorum and len(application.agreed.all()) < criteria:
            found.append(f"{application.number} has the points of {whole} of {call.quorum} members.")
    return found
