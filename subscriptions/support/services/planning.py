"""A school's support plan: drawn up, agreed by the school, looked at on its days, taken over by others, ended.

| state | meaning | who moves it |
|---|---|---|
| draft | being drawn up by the partnership | ``agree_plan``, ``withdraw_plan`` |
| agreed | runs over its term | ``rebroker_plan``, ``end_plans_over`` |
| rebrokered | another plan with other providers took over | nobody |
| ended, withdrawn | over | nobody |
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import transaction

from marketplace.core import events, series
from marketplace.core.actors import Actor, Role
from marketplace.core.errors import DomainError, NotAllowed, WrongInput
from marketplace.core.moving import move_state
from marketplace.core.periods import Period
from marketplace.core.text import clean_line
from marketplace.organisations.models import Organisation
from subscriptions.outcomes.services.items import clean_words
from subscriptions.support.models import SupportPart, SupportPlan, SupportReview
from subscriptions.support.rules import review_days

SERIES, PREFIX = "support-plan", "SP"
MOST_PARTS = 20
State = SupportPlan.State


class PlanStands(DomainError):
    """What is asked does not go with the state that the plan is in."""

    code = "plan_stands"


@dataclass(frozen=True)
class PartTerms:
    """One provider's part: days, and pence before VAT."""

    provider: Organisation
    what: str
    days: Decimal
    pence: int


@transaction.atomic
def draft_plan(
    *,
    school: Organisation,
    title: str,
    need: str,
    programme: str,
    term: Period,
    parts: Sequence[PartTerms],
    funder: Organisation,
    every_weeks: int,
    on: date,
    actor: Actor,
    confidential: bool = False,
    follows: SupportPlan | None = None,
) -> SupportPlan:
    """A plan for one school over ``term``, with a review every so many weeks. By an organiser. Nothing is charged or owed
    by it: what its providers do is booked or contracted as anything else."""
    actor.require(Role.ORGANISER, to="draw up support plans")
    if school.kind != Organisation.Kind.SCHOOL:
        raise WrongInput("A support plan is for one school. Choose a school.")
    if not 1 <= len(parts) <= MOST_PARTS:
        raise WrongInput(f"A plan has 1 to {MOST_PARTS} parts. Say who does what.")
    if any(part.pence < 0 or part.days < 0 for part in parts):
        raise WrongInput("Days and cost cannot be below 0")
    if any(part.provider.pk == school.pk for part in parts):
        raise WrongInput(f"{school.name} is supported, so somebody else must give the support.")
    if every_weeks < 1:
        raise WrongInput("Reviews must be at least a week apart")
    series.ensure_series(code=SERIES, prefix=PREFIX)
    [number] = series.claim(series=SERIES)
    made = SupportPlan.objects.create(
        number=number, school=school, funder=funder, title=clean_line(title, what="Title", limit=160),
        need=_said(need, "Need"), programme=_said(programme, "Programme"),
        valid_from=term.start, valid_to=term.end, cost_pence=sum(part.pence for part in parts),
        confidential=confidential, follows=follows, drafted_by_id=actor.person_id, drafted_on=on,
    )  # fmt: skip
    SupportPart.objects.bulk_create(
        SupportPart(
            plan=made, position=at, provider=part.provider, what=clean_line(part.what, what="What", limit=200),
            days=part.days, pence=part.pence,
        )
        for at, part in enumerate(parts, start=1)
    )  # fmt: skip
    SupportReview.objects.bulk_create(
        SupportReview(plan=made, due_on=day) for day in review_days(term, every_weeks=every_weeks)
    )
    record("support_plan.drafted", made, actor, cost_pence=made.cost_pence)
    return made


@transaction.atomic
def agree_plan(*, plan: SupportPlan, on: date, actor: Actor) -> SupportPlan:
    """The school agrees. By its approver (the head), never by who drew it up."""
    if plan.school_id not in actor.organisations(Role.APPROVER):
        raise NotAllowed(f"Only an approver of {plan.school.name} may agree its plan. Ask its head.")
    if actor.person_id == plan.drafted_by_id:
        raise NotAllowed("You drew this plan up, so someone else must agree it.")
    _move(plan, State.DRAFT, State.AGREED, agreed_by_id=actor.person_id, agreed_on=on)
    if plan.follows is not None:
        _take_over(plan, on)
    record("support_plan.agreed", plan, actor)
    return plan


def _take_over(plan: SupportPlan, on: date) -> None:
    """The plan before runs up to the day on which this one begins; its later reviews fall away."""
    before = plan.follows
    if before is None:
        return
    _move(
        before, State.AGREED, State.REBROKERED, valid_to=plan.valid_from, ended_on=on,
        end_reason=f"{plan.number} took over",
    )  # fmt: skip
    SupportReview.objects.filter(plan=before, held_on=None, due_on__gte=plan.valid_from).delete()


def _said(text: str, what: str) -> str:
    """What a person wrote, over several lines; refused where there is nothing."""
    if not (said := clean_words(text)):
        raise WrongInput(f"Enter {what[0].lower()}{what[1:]}")
    return said


@transaction.atomic
def rebroker_plan(
    *,
    plan: SupportPlan,
    from_day: date,
    parts: Sequence[PartTerms],
    reason: str,
    every_weeks: int,
    on: date,
    actor: Actor,
) -> SupportPlan:
    """Draws up the plan that takes over from a day on with other providers; the old one runs until the school agrees.

    Need, programme, funder and last day stay. ``reason`` is what both sides read in the programme. Within the term.
    """
    if plan.state != State.AGREED:
        raise PlanStands(
            f"{plan.number} is {plan.get_state_display().lower()} now. Only a plan that runs is taken over."
        )
    if not plan.valid_from < from_day < plan.valid_to:
        raise WrongInput("Another provider takes over on a day within the plan's term")
    if SupportPlan.objects.filter(follows=plan).exists():
        raise PlanStands(f"Another plan waits already to take over from {plan.number}.")
    said = clean_line(reason, what="Reason", limit=300)
    return draft_plan(
        school=plan.school, title=plan.title, need=plan.need, programme=f"{plan.programme}\n\nFrom {from_day:%-d %B %Y}: {said}",
        term=Period(from_day, plan.valid_to), parts=parts, funder=plan.funder, every_weeks=every_weeks, on=on, actor=actor,
        confidential=plan.confidential, follows=plan,
    )  # fmt: skip


@transaction.atomic
def withdraw_plan(*, plan: SupportPlan, reason: str, on: date, actor: Actor) -> SupportPlan:
    """Takes a draft back before the school agreed. By an organiser."""
    actor.require(Role.ORGANISER, to="take support plans back")
    said = clean_line(reason, what="Reason", limit=300)
    _move(plan, State.DRAFT, State.WITHDRAWN, ended_on=on, end_reason=said)
    SupportPlan.objects.filter(pk=plan.pk).update(follows=None)
    record("support_plan.withdrawn", plan, actor)
    return plan


@transaction.atomic
def record_review(
    *, review: SupportReview, rating: str, found: str, next_steps: str, on: date, actor: Actor
) -> SupportReview:
    """What a review found, once. By an organiser; a plan that runs."""
    actor.require(Role.ORGANISER, to="write up reviews of support plans")
    if rating not in SupportReview.Rating.values:
        raise WrongInput("Choose how the plan stands")
    if review.plan.state != State.AGREED:
        raise PlanStands(f"{review.plan.number} does not run, so there is nothing to review.")
    values = {
        "held_on": on, "rating": rating, "found": _said(found, "what was found"), "next_steps": clean_words(next_steps),
        "written_by_id": actor.person_id,
    }  # fmt: skip
    if SupportReview.objects.filter(pk=review.pk, held_on=None).update(**values) != 1:
        raise PlanStands("Somebody has written this review already. Look at it again.")
    review.refresh_from_db()
    record("support_plan.reviewed", review.plan, actor, due_on=review.due_on.isoformat(), rating=rating)
    return review


def end_plans_over(*, on: date, actor: Actor) -> int:
    """Plans whose last day has passed end by themselves; returns how many."""
    ended = 0
    for plan in SupportPlan.objects.filter(state=State.AGREED, valid_to__lte=on).order_by("pk"):
        with transaction.atomic():
            _move(plan, State.AGREED, State.ENDED, ended_on=plan.valid_to)
            record("support_plan.ended", plan, actor)
        ended += 1
    return ended


def _move(plan: SupportPlan, before: str, after: str, **values: Any) -> None:
    move_state(plan, before, after, named=plan.number, refusal=PlanStands, **values)


def record(kind: str, plan: SupportPlan, actor: Actor, **payload: object) -> None:
    """An event of a plan, in the scope of its school and of who funds it; of nobody where it is confidential. Nothing that was
    written stands in it."""
    events.record(
        kind=kind, subject_kind="support_plan", subject=plan.number,
        organisation_ids=[] if plan.confidential else sorted({plan.school_id, plan.funder_id}),
        payload=dict(payload), actor=actor,
    )  # fmt: skip
