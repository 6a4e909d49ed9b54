"""Reads of hubs, scoped to an actor: sealed until the deadline, and never shown to whoever has an interest."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from marketplace.core.actors import Actor, Role
from marketplace.core.errors import NotFound
from marketplace.organisations.models import RoleAssignment
from marketplace.organisations.services.people import on_day
from subscriptions.hubs.models import (
    AgreedPoints,
    HubApplication,
    HubCall,
    HubPartner,
    PanelInterest,
    PanelMember,
    PanelScore,
)
from subscriptions.hubs.rules.ranking import Criterion, Ranked, Spread, counted, rank, spread
from subscriptions.outcomes.acting import claims_for
from subscriptions.outcomes.models import OutcomeContract

State = HubApplication.State
READING = (Role.ORGANISER, Role.FINANCE_MANAGER, Role.FINANCE_OFFICER, Role.AUDITOR, Role.ADMINISTRATOR)
"""Who of the partnership reads calls and, once they are closed, what was sent."""
APPLYING = (Role.HUB_LEAD, Role.APPROVER)
OPENED = ("closed", "scored", "decided")
"""A call's states in which applications are open to those who may read them."""


def calls_for(actor: Actor) -> QuerySet[HubCall]:
    """All for the partnership's staff; published ones for whoever may apply; those of one's panels for a member."""
    found = HubCall.objects.all()
    if actor.system or actor.has(*READING):
        return found
    panels = Exists(PanelMember.objects.filter(call=OuterRef("pk"), person_id=actor.person_id or 0, left_on=None))
    mine = Q(panels) if actor.has(Role.PANEL) else Q(pk__in=[])
    if actor.has(*APPLYING):
        mine |= Q(state="open") | Q(pk__in=applications_for(actor).values("call_id"))
    return found.filter(mine & ~Q(state="draft"))


def call_for(actor: Actor, number: str) -> HubCall:
    """The call of that number, if the actor may see it; NotFound otherwise."""
    found = calls_for(actor).filter(number=number).first()
    if found is None:
        raise NotFound("There is no such call.")
    return found


def panel_calls_for(actor: Actor) -> QuerySet[HubCall]:
    """The calls on whose panel the actor is, newest first; none without that role."""
    if not actor.has(Role.PANEL) or actor.person_id is None:
        return HubCall.objects.none()
    mine = PanelMember.objects.filter(person_id=actor.person_id, left_on=None).values("call_id")
    return HubCall.objects.filter(pk__in=mine).exclude(state="draft").order_by("-pk")


def applications_for(actor: Actor) -> QuerySet[HubApplication]:
    """What the actor may read: their own schools' whenever they like; others' as ``opened_for`` says.

    A school that is asked to apply with others reads the draft to which it answers, unless it declined.
    """
    found = HubApplication.objects.select_related("call", "lead", "contract")
    if actor.system:
        return found
    own = actor.organisations(*APPLYING)
    return found.filter(_of(own) | Q(pk__in=opened_for(actor).values("pk")))


def school_applications(actor: Actor) -> QuerySet[HubApplication]:
    """Those of the actor's own schools alone, led by them or together with others."""
    found = HubApplication.objects.select_related("call", "lead", "contract")
    return found.filter(_of(actor.organisations(*APPLYING)))


def _of(schools: set[int]) -> Q:
    partner = HubPartner.objects.filter(organisation__in=schools).exclude(answer=HubPartner.Answer.DECLINED)
    return Q(lead__in=schools) | Q(pk__in=partner.values("application_id"))


def partnerships_for(actor: Actor) -> QuerySet[HubPartner]:
    """What the actor's schools are asked to apply for with others, or have answered."""
    found = HubPartner.objects.select_related("application__call", "application__lead", "organisation")
    return found.filter(organisation__in=actor.organisations(*APPLYING))


def opened_for(actor: Actor) -> QuerySet[HubApplication]:
    """What was sent and is opened to whoever scores, decides or reads it, never one in which they have an interest.

    Once the call is closed: to the partnership's staff, and to a member of its panel who has declared their interests.
    """
    found = HubApplication.objects.select_related("call", "lead", "contract").filter(call__state__in=OPENED)
    found = found.exclude(state__in=[State.DRAFT, State.WITHDRAWN])
    if actor.system:
        return found
    if actor.has(*READING):
        return found.exclude(_apart(actor))
    if not actor.has(Role.PANEL):
        return found.none()
    declared = PanelMember.objects.filter(person_id=actor.person_id or 0, left_on=None, declared_on__isnull=False)
    return found.filter(call__in=declared.values("call_id")).exclude(_apart(actor))


def opened_application(actor: Actor, number: str) -> HubApplication:
    """The application of that number, if it is opened to the actor; NotFound otherwise."""
    found = opened_for(actor).filter(number=number).first()
    if found is None:
        raise NotFound("There is no such application.")
    return found


def _apart(actor: Actor) -> Q:
    """Applications in which the actor has an interest: declared, or a role at one of the schools, whichever login."""
    person = actor.person_id or 0
    schools = set(RoleAssignment.objects.filter(on_day(timezone.localdate()), person=person).values_list(
        "organisation_id", flat=True)) | actor.organisations(deputies=True)  # fmt: skip
    declared = PanelInterest.objects.filter(member__person=person).values("application_id")
    partners = HubPartner.objects.filter(organisation__in=schools).values("application_id")
    return Q(lead__in=schools) | Q(pk__in=declared) | Q(pk__in=partners)


def application_for(actor: Actor, number: str) -> HubApplication:
    """The application of that number, if the actor may see it; NotFound otherwise."""
    found = applications_for(actor).filter(number=number).first()
    if found is None:
        raise NotFound("There is no such application.")
    return found


def submitted(call: HubCall) -> QuerySet[HubApplication]:
    """What waits to be scored or decided, in the order of its numbers. The caller has checked who asks."""
    found = HubApplication.objects.filter(call=call, state=State.SUBMITTED)
    return found.select_related("call", "lead").prefetch_related("partners__organisation").order_by("number")


def own_applications(actor: Actor, applications: Iterable[HubApplication], on: date) -> list[HubApplication]:
    """Those of schools at which the person holds any role on the day, or later, whichever login they use."""
    held = RoleAssignment.objects.filter(
        Q(valid_to=None) | Q(valid_to__gt=on), person_id=actor.person_id or 0
    ).values_list("organisation_id", flat=True)
    schools = set(held) | actor.organisations(deputies=True)
    return [
        one for one in applications
        if one.lead_id in schools or any(partner.organisation_id in schools for partner in one.partners.all())
    ]  # fmt: skip


def barred(application: HubApplication, actor: Actor, on: date) -> bool:
    """Whether the actor has an interest in the application. The database's ``hubs_barred`` says the same."""
    declared = PanelInterest.objects.filter(application=application, member__person=actor.person_id or 0)
    return bool(own_applications(actor, [application], on)) or declared.exists()


def barred_members(call: HubCall) -> dict[int, set[int]]:
    """The ids of the members who are barred, by application; in two queries."""
    found: dict[int, set[int]] = defaultdict(set)
    for application, member in PanelInterest.objects.filter(member__call=call).values_list(
        "application_id", "member_id"
    ):
        found[application].add(member)
    return found


@dataclass(frozen=True)
class CriterionPoints:
    """One application's points for one criterion: of each member who counts, their spread, what was agreed, what counts."""

    criterion_id: int
    spread: Spread | None
    agreed: AgreedPoints | None
    counted: Fraction | None
    given: tuple[PanelScore, ...] = ()


@dataclass(frozen=True)
class Scored:
    """One application with its place and the points behind it."""

    application: HubApplication
    ranked: Ranked
    points: tuple[CriterionPoints, ...]


def ranking(call: HubCall) -> list[Scored]:
    """All applications of a call that were sent and not withdrawn, by place; in a constant number of queries.

    The caller has checked who asks. Points of members who are barred or left do not count.
    """
    criteria = list(call.criteria.all())
    outside = barred_members(call)
    found = list(
        HubApplication.objects.filter(call=call)
        .exclude(state__in=[State.DRAFT, State.WITHDRAWN]).select_related("lead", "contract")
        .prefetch_related("scores__member__person", "agreed", "partners__organisation").order_by("number")
    )  # fmt: skip
    points = {one.pk: tuple(_points(one, criterion.pk, outside[one.pk]) for criterion in criteria) for one in found}
    rules = [Criterion(one.position, one.weight, one.most_points) for one in criteria]
    position = {one.pk: one.position for one in criteria}
    given = {pk: {position[each.criterion_id]: each.counted for each in all_} for pk, all_ in points.items()}
    by_id = {one.pk: one for one in found}
    return [Scored(by_id[one.key], one, points[one.key]) for one in rank(rules, given)]


def _points(application: HubApplication, criterion_id: int, outside: set[int]) -> CriterionPoints:
    scores = tuple(
        one for one in application.scores.all()
        if one.criterion_id == criterion_id and one.member_id not in outside and one.member.left_on is None
    )  # fmt: skip
    agreed = next((one for one in application.agreed.all() if one.criterion_id == criterion_id), None)
    values = [one.points for one in scores]
    return CriterionPoints(
        criterion_id, spread(values), agreed, counted(values, agreed.points if agreed else None), scores
    )


def leads(actor: Actor, contract: OutcomeContract, on: date | None = None) -> bool:
    """Whether the actor writes for the hub: its lead, or a deputy named on the contract, today unless said."""
    return claims_for(contract, actor, on or timezone.localdate())
