"""A hub's schools and what was done with them, and the points at which plan and outcome are compared."""

from datetime import date
from decimal import Decimal

from django.db import transaction

from marketplace.core.actors import Actor
from marketplace.core.errors import DomainError, NotAllowed, WrongInput
from marketplace.core.text import clean_line
from marketplace.organisations.models import Organisation
from subscriptions.hubs.models import HubEngagement, HubSchool, ReviewPoint
from subscriptions.hubs.progress import progress_of
from subscriptions.hubs.queries import leads
from subscriptions.hubs.services.writing import clean_text, record_hub, require_running
from subscriptions.outcomes.models import OutcomeContract

MOST_HOURS = Decimal(1000)
KINDS = (OutcomeContract.Kind.HUB, OutcomeContract.Kind.CENTRE)
RUNNING = (OutcomeContract.State.ACTIVE, OutcomeContract.State.ENDED, OutcomeContract.State.TERMINATED)


class HubNotRunning(DomainError):
    """The contract is no hub's, or it is not agreed."""

    code = "hub_not_running"


class ReviewHeld(DomainError):
    """The review point was held before."""

    code = "review_held"


def require_lead(contract: OutcomeContract, actor: Actor, on: date, *, to: str) -> None:
    """Refuses unless the actor writes for this hub, and its contract was agreed."""
    if contract.kind not in KINDS or contract.state not in RUNNING:
        raise HubNotRunning(f"{contract.number} is no hub that runs. Agree its contract first.")
    if not leads(actor, contract, on):
        raise NotAllowed(f"You may not {to}. Ask the hub lead of {contract.party.name} to do it.")


@transaction.atomic
def add_hub_school(
    *, contract: OutcomeContract, school: Organisation, joined_on: date, on: date, actor: Actor
) -> HubSchool:
    """A school works with the hub from a day on. One that does already is returned as it is."""
    require_lead(contract, actor, on, to="add schools to this hub")
    if school.kind != Organisation.Kind.SCHOOL:
        raise WrongInput("Choose a school")
    if school.pk == contract.party_id:
        raise WrongInput("Your own school leads the hub. Add the schools that it works with.")
    if not contract.valid_from <= joined_on < contract.valid_to:
        raise WrongInput("The first day must lie within the contract's term")
    made, new = HubSchool.objects.get_or_create(
        contract=contract, organisation=school, left_on=None, defaults={"joined_on": joined_on}
    )
    if new:
        record_hub("hub.school_joined", contract, actor, school=school.number, joined_on=joined_on.isoformat())
    return made


@transaction.atomic
def end_hub_school(*, school: HubSchool, left_on: date, on: date, actor: Actor) -> HubSchool:
    """The school works with the hub no longer from that day on; what was done stays."""
    require_lead(school.contract, actor, on, to="take schools off this hub")
    if left_on <= school.joined_on:
        raise WrongInput("The last day must be on or after the first")
    if HubSchool.objects.filter(pk=school.pk, left_on=None).update(left_on=left_on) != 1:
        raise WrongInput("This school has left the hub already")
    school.refresh_from_db()
    record_hub(
        "hub.school_left", school.contract, actor, school=school.organisation.number, left_on=left_on.isoformat()
    )
    return school


@transaction.atomic
def record_engagement(
    *,
    school: HubSchool,
    done_on: date,
    kind: str,
    words: str,
    hours: Decimal,
    people: int,
    on: date,
    actor: Actor,
) -> HubEngagement:
    """Something done with the school on a day it was the hub's, not in the future. Nobody is named in ``words``."""
    require_lead(school.contract, actor, on, to="write down what this hub did")
    if kind not in HubEngagement.Kind.values:
        raise WrongInput("Choose what it was")
    if done_on > on:
        raise WrongInput("The day must be today or earlier")
    if done_on < school.joined_on or (school.left_on is not None and done_on >= school.left_on):
        raise WrongInput(f"{school.organisation.name} was not with the hub on that day")
    if not 0 < hours <= MOST_HOURS or hours != hours.quantize(Decimal("0.01")):
        raise WrongInput("Hours must be more than 0 and at most 1,000, such as 1.5")
    if not 0 < people <= 10_000:
        raise WrongInput("Number of people must be from 1 to 10,000")
    made = HubEngagement.objects.create(
        school=school, done_on=done_on, kind=kind, words=clean_line(words, what="What was done", limit=300),
        hours=hours, people=people, recorded_by_id=actor.person_id, recorded_on=on,
    )  # fmt: skip
    record_hub(
        "hub.engagement_recorded", school.contract, actor, school=school.organisation.number, engagement=made.pk,
        done_on=done_on.isoformat(), hours=str(hours),
    )  # fmt: skip
    return made


@transaction.atomic
def take_engagement_off(*, engagement: HubEngagement, why: str, on: date, actor: Actor) -> HubEngagement:
    """It counts no longer, with the reason. Enter it anew where it was wrong."""
    contract = engagement.school.contract
    require_lead(contract, actor, on, to="change what this hub did")
    why = clean_line(why, what="Why", limit=200)
    if HubEngagement.objects.filter(pk=engagement.pk, taken_off_on=None).update(
        taken_off_on=on, taken_off_why=why
    ) != 1:  # fmt: skip
        raise WrongInput("This line was taken off already")
    engagement.refresh_from_db()
    record_hub("hub.engagement_taken_off", contract, actor, engagement=engagement.pk)
    return engagement


@transaction.atomic
def prepare_review(*, review: ReviewPoint, words: str, on: date, actor: Actor) -> ReviewPoint:
    """What the lead says before the review is held; it may be written anew until then."""
    require_lead(review.contract, actor, on, to="prepare this review")
    words = clean_text(words, what="What went well and what did not")
    if ReviewPoint.objects.filter(pk=review.pk, state="planned").update(lead_words=words) != 1:
        raise ReviewHeld("This review was held already. What you wrote was not kept.")
    review.refresh_from_db()
    record_hub("hub.review_prepared", review.contract, actor, review=review.ordinal)
    return review


@transaction.atomic
def hold_review(*, review: ReviewPoint, decision: str, words: str, on: date, actor: Actor) -> ReviewPoint:
    """Compares plan and outcome, keeps both as they stand, and decides: continue, adjust or end.

    By an organiser or a finance manager. It changes no money: an adjustment is a variation, an end is a termination, and
    each is its own act.
    """
    require_running(actor, to="hold the review of a hub")
    if decision not in ReviewPoint.Decision.values:
        raise WrongInput("Choose whether to continue, to adjust or to end")
    words = clean_text(words, what="What was decided and why")
    figures = [one.kept() for one in progress_of(review.contract, on)]
    changed = ReviewPoint.objects.filter(pk=review.pk, state="planned").update(
        state="held", held_on=on, held_by_id=actor.person_id, decision=decision, words=words, figures=figures
    )
    if changed != 1:
        raise ReviewHeld("This review was held already. Nothing was changed.")
    review.refresh_from_db()
    record_hub("hub.review_held", review.contract, actor, review=review.ordinal, decision=decision)
    return review
