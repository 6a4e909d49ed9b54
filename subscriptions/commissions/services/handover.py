"""The exit of a council's contract: what is handed over, by when, and what of it is done."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.db import transaction
from django.db.models import Max

from marketplace.core.actors import Actor
from marketplace.core.text import clean_line
from subscriptions.commissions.models import CouncilContract, HandoverStep
from subscriptions.commissions.services.recording import AGREED, CommissionStands, hold, record
from subscriptions.outcomes.services.contracting import DRAWING_UP

HANDOVER = (
    ("Data about the schools is handed over or erased", -28),
    ("Papers and plans are handed over", -28),
    ("Open cases are agreed one by one with whoever takes over", -14),
    ("People who may transfer are told, with their terms (TUPE)", -56),
    ("Keys, equipment and sign-ins are given back", 0),
    ("The last return and the last statement are agreed", 30),
)
"""What is handed over at an exit, with the days before or after the contract's last day. A start: steps may be added."""
MOST_STEPS = 100


@dataclass(frozen=True)
class StepTerms:
    """One thing to hand over by a day."""

    text: str
    due_on: date


@transaction.atomic
def plan_handover(*, council: CouncilContract, actor: Actor) -> list[HandoverStep]:
    """The checklist of the exit, counted from the contract's last day. Once; a second time it stays as it is.

    Refused while the contract is not agreed.
    """
    held = _held(council, actor)
    if held.handover.exists():
        return list(held.handover.all())
    contract = held.contract
    last = contract.ended_on or contract.valid_to - timedelta(days=1)
    made = HandoverStep.objects.bulk_create(
        HandoverStep(council=held, position=at, text=text, due_on=last + timedelta(days=days))
        for at, (text, days) in enumerate(HANDOVER, start=1)
    )
    record("commission.handover_planned", held, actor, steps=len(made), last_day=f"{last}")
    return made


@transaction.atomic
def add_handover_steps(*, council: CouncilContract, steps: Sequence[StepTerms], actor: Actor) -> list[HandoverStep]:
    """More to hand over, behind what is planned already. Refused while the contract is not agreed."""
    held = _held(council, actor)
    texts = [clean_line(one.text, what="What is handed over", limit=200) for one in steps]
    last = held.handover.aggregate(last=Max("position"))["last"] or 0
    if last + len(steps) > MOST_STEPS:
        raise CommissionStands(f"A handover has {MOST_STEPS} steps at most. Put some of them into one.")
    made = HandoverStep.objects.bulk_create(
        HandoverStep(council=held, position=last + at, text=text, due_on=one.due_on)
        for at, (one, text) in enumerate(zip(steps, texts, strict=True), start=1)
    )
    for one in made:
        record("commission.handover_planned", held, actor, steps=1, text={"step": one.text})
    return made


@transaction.atomic
def tick_handover(*, step: HandoverStep, done: bool, on: date, actor: Actor) -> HandoverStep:
    """A step is done, or was not after all."""
    actor.require(*DRAWING_UP, to="hand over")
    values = {"done_on": on, "done_by_id": actor.person_id} if done else {"done_on": None, "done_by_id": None}
    if HandoverStep.objects.filter(pk=step.pk, done_on__isnull=done).update(**values) == 1:
        council = CouncilContract.objects.select_related("contract").get(pk=step.council_id)
        record("commission.handed_over", council, actor, position=step.position, done=done)
    step.refresh_from_db()
    return step


def _held(council: CouncilContract, actor: Actor) -> CouncilContract:
    """The contract, held so that two plans, or two steps, come one after the other."""
    actor.require(*DRAWING_UP, to="plan a handover")
    held = hold(council)
    if held.contract.state not in AGREED:
        raise CommissionStands(
            f"{held.contract.number} is {held.contract.get_state_display().lower()}, so there is nothing to hand over."
        )
    return held
