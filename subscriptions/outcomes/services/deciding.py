"""Deciding on what was claimed, by somebody who neither claimed it nor works for the claimant, and why.

Only accepting makes anything payable: before it the item has earned nothing. States: ``claiming``.
"""

from datetime import date, timedelta
from decimal import Decimal

from django.db import transaction
from django.db.models import Count, Max

from marketplace.core.actors import Actor
from marketplace.core.errors import WrongInput
from marketplace.core.wording import long_date
from marketplace.core.working_days import previous_working_day, working_days_after
from subscriptions.outcomes.acting import require_decider
from subscriptions.outcomes.models import Measure, OutcomeContract, OutcomeItem, Statement, Submission
from subscriptions.outcomes.rules import achieving
from subscriptions.outcomes.services.items import (
    REASON_LIMIT,
    ItemStands,
    State,
    clean_figure,
    clean_reason,
    locked,
    move_item,
    move_submission,
    require_state,
    tell,
)

SEND_AGAIN_DAYS = 28
PAID_AFTER = timedelta(days=25)
"""How long after its cut-off a statement that was added for a late decision pays."""
Claim = Submission.State


@transaction.atomic
def accept(*, submission: Submission, on: date, actor: Actor) -> Submission:
    """Accepts what was claimed as it was claimed. What it earns goes on the next open statement.

    A claim that reaches nothing of the target is decided as not met. Refused: the claimant and everybody of their
    organisation, whoever is no verifier of the measure (NotAllowed); a claim decided or withdrawn already (ItemStands).
    """
    return _accept(submission, submission.claimed, Claim.ACCEPTED, "", on, actor)


@transaction.atomic
def accept_part(*, submission: Submission, accepted: Decimal, reason: str, on: date, actor: Actor) -> Submission:
    """Accepts less than was claimed, in the measure's unit, with the sentence that the claimant reads."""
    why = clean_reason(reason, limit=REASON_LIMIT)
    figure = clean_figure(accepted, what="What you accept")
    if submission.claimed is None:
        raise WrongInput("Nothing was claimed in figures. Accept it, or send it back.")
    if figure is None or figure >= submission.claimed:
        raise WrongInput(f"What you accept must be less than the {submission.claimed.normalize():f} that was claimed")
    return _accept(submission, figure, Claim.PART, why, on, actor)


@transaction.atomic
def reject(*, submission: Submission, reason: str, on: date, actor: Actor, again_by: date | None = None) -> Submission:
    """Sends the claim back with a sentence that the claimant reads. It may be sent again by ``again_by`` (28 days on), or
    by the item's own day where that is later."""
    why = clean_reason(reason)
    item, organisation = _to_decide(submission, on, actor)
    again = max(again_by or on + timedelta(days=SEND_AGAIN_DAYS), item.due_on)
    if again_by is not None and again_by <= on:
        raise WrongInput(f"Send it again by must be after {long_date(on)}")
    move_submission(submission, Claim.REJECTED, reason=why, **_by(actor, organisation, on))
    move_item(item, State.REJECTED, reason=why, due_on=again, reminded_on=None)
    tell(
        "outcome_item.sent_back", item, actor, text={"reason": why}, submission=submission.ordinal,
        again_by=again.isoformat(),
    )  # fmt: skip
    return submission


@transaction.atomic
def undo_acceptance(*, submission: Submission, reason: str, on: date, actor: Actor) -> Submission:
    """Takes a decision back while no frozen statement has it: the same claim waits again, as a new one. Returns that.

    By somebody who may decide on it. A paid item is never undone: finance takes it back on a later statement.
    """
    why = clean_reason(reason, limit=REASON_LIMIT)
    item = _locked_to_pay(submission.item)
    require_decider(item.contract, item.measure, actor, on, claimant_id=submission.claimant_id)
    require_state(item, State.ELIGIBLE, State.NOT_MET, to="take the decision back")
    submission.refresh_from_db()
    if submission.state not in (Claim.ACCEPTED, Claim.PART):
        raise ItemStands(f"This claim is {submission.get_state_display().lower()}: there is nothing to take back.")
    _clear(item, State.SUBMITTED)
    move_submission(submission, Claim.UNDONE, reason=why)
    waits = Submission.objects.create(
        item=item, ordinal=_next(item), claimed=submission.claimed, words=submission.words,
        claimant_id=submission.claimant_id, claimant_organisation_id=submission.claimant_organisation_id,
        submitted_on=on, decide_by=working_days_after(on, _measure(item).decide_days),
    )  # fmt: skip
    tell(
        "outcome_item.undone", item, actor, text={"reason": why}, submission=submission.ordinal, waits=waits.ordinal
    )  # fmt: skip
    return waits


@transaction.atomic
def mark_not_met(*, item: OutcomeItem, reason: str, on: date, actor: Actor) -> OutcomeItem:
    """Decides that nothing was achieved: of a claim at once, of what nobody claimed after its day."""
    why = clean_reason(reason)
    found = locked(item)
    waits = Submission.objects.filter(item=found, state=Claim.SUBMITTED).first()
    organisation = require_decider(found.contract, found.measure, actor, on, claimant_id=_last_claimant(found))
    require_state(found, State.PLANNED, State.REJECTED, State.SUBMITTED, to="decide that it was not met")
    _measure(found)
    if waits is None and on <= found.due_on:
        raise WrongInput(f"{found.name} may be claimed until {long_date(found.due_on)}. Decide on it after that.")
    if waits is not None:
        move_submission(waits, Claim.REJECTED, reason=why, **_by(actor, organisation, on))
    move_item(found, State.NOT_MET, reason=why)
    tell("outcome_item.not_met", found, actor, text={"reason": why})
    return found


@transaction.atomic
def extend(*, item: OutcomeItem, due_on: date, reason: str, on: date, actor: Actor) -> OutcomeItem:
    """Gives more time: until ``due_on``, later than today and than the day before. What was not met may be claimed again."""
    why = clean_reason(reason)
    found = _locked_to_pay(item)
    require_decider(found.contract, found.measure, actor, on, claimant_id=_last_claimant(found))
    require_state(found, State.PLANNED, State.REJECTED, State.NOT_MET, to="give more time")
    _measure(found)
    if due_on <= max(on, found.due_on):
        raise WrongInput(f"The new day must be after {long_date(max(on, found.due_on))}")
    if found.state == State.NOT_MET:
        for one in Submission.objects.filter(item=found, state__in=[Claim.ACCEPTED, Claim.PART]):
            move_submission(one, Claim.UNDONE, reason=why)
    after = State.REJECTED if found.state == State.REJECTED else State.PLANNED
    reason_kept = found.reason if after == State.REJECTED else ""
    move_item(found, after, due_on=due_on, reason=reason_kept, reminded_on=None)
    tell("outcome_item.extended", found, actor, text={"reason": why}, due_on=due_on.isoformat())
    return found


def worth_of(item: OutcomeItem, figure: Decimal | None) -> achieving.Earned:
    """What the amount earns where this figure is accepted for it; without a figure, where it was done."""
    measure = _measure(item)
    stick = achieving.yardstick(
        partial=measure.partial, baseline=measure.baseline, target=measure.target, tolerance=measure.tolerance,
        steps=measure.steps,
    )  # fmt: skip
    return achieving.earned(item.pence, achieving.share_earned(stick, figure), item.contract.cut_places)


def _accept(submission: Submission, figure: Decimal | None, state: str, why: str, on: date, actor: Actor) -> Submission:
    """Writes the decision, then what it earns: the item earns nothing without an accepted claim to point to."""
    item, organisation = _to_decide(submission, on, actor)
    earned = worth_of(item, figure)
    move_submission(submission, state, accepted=figure, reason=why, **_by(actor, organisation, on))
    if earned.pence == 0:
        move_item(item, State.NOT_MET, reason=why or "What was achieved earns nothing of it.")
        tell("outcome_item.not_met", item, actor, text={"reason": item.reason}, submission=submission.ordinal)
        return submission
    statement = _next_statement(item.contract, on)
    move_item(
        item, State.ELIGIBLE, earned=earned.exact, earned_pence=earned.pence, verified_by_submission=submission,
        statement=statement, reason=why[:300],
    )  # fmt: skip
    kind = "outcome_item.accepted" if state == Claim.ACCEPTED else "outcome_item.accepted_part"
    tell(
        kind, item, actor, text={"reason": why}, submission=submission.ordinal, earned_pence=earned.pence,
        statement=statement.ordinal,
    )  # fmt: skip
    return submission


def _to_decide(submission: Submission, on: date, actor: Actor) -> tuple[OutcomeItem, int]:
    """The item under lock and for whom the actor decides, or a refusal."""
    item = _locked_to_pay(submission.item)
    submission.refresh_from_db()
    organisation = require_decider(item.contract, item.measure, actor, on, claimant_id=submission.claimant_id)
    require_state(item, State.SUBMITTED, to="decide on it")
    return item, organisation


def _locked_to_pay(item: OutcomeItem) -> OutcomeItem:
    """The item under lock, its contract and the contract's open statements before it, always in this order."""
    list(OutcomeContract.objects.select_for_update().filter(pk=item.contract_id))
    list(_open_statements(item.contract_id))
    return locked(item)


def _open_statements(contract_id: int) -> list[Statement]:
    found = Statement.objects.select_for_update().filter(contract=contract_id, state=Statement.State.OPEN)
    return list(found.order_by("pk"))


def _next_statement(contract: OutcomeContract, on: date) -> Statement:
    """The next open statement whose cut-off is not past; else the last that is still open; else one that is added."""
    found = sorted(_open_statements(contract.pk), key=lambda one: one.cut_off)
    coming = [one for one in found if one.cut_off >= on]
    if coming or found:
        return coming[0] if coming else found[0]
    so_far = Statement.objects.filter(contract=contract).aggregate(last=Max("cut_off"), count=Count("pk"))
    first = so_far["last"] + timedelta(days=1)
    cut_off = max(on, first)
    return Statement.objects.create(
        contract=contract, ordinal=so_far["count"] + 1, closing=True, service_from=first, cut_off=cut_off,
        pay_on=previous_working_day(cut_off + PAID_AFTER),
    )  # fmt: skip


def _clear(item: OutcomeItem, after: str) -> None:
    move_item(
        item, after, earned=Decimal(0), earned_pence=0, verified_by_submission=None, statement=None, reason=""
    )  # fmt: skip


def _by(actor: Actor, organisation: int, on: date) -> dict[str, object]:
    return {"decided_by_id": actor.person_id, "decided_organisation_id": organisation, "decided_on": on}


def _next(item: OutcomeItem) -> int:
    return (Submission.objects.filter(item=item).aggregate(last=Max("ordinal"))["last"] or 0) + 1


def _last_claimant(item: OutcomeItem) -> int | None:
    """Whoever claimed it last, whatever became of that claim."""
    return Submission.objects.filter(item=item).order_by("-ordinal").values_list("claimant_id", flat=True).first()


def _measure(item: OutcomeItem) -> Measure:
    if item.measure is None:
        raise WrongInput(f"{item.name} is paid by its day: there is nothing to decide.")
    return item.measure
