"""One person prepares, another approves: then it is done in the same transaction, as it was prepared, or not at all."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, transaction

from invoicing.second_person.models import Action, PreparedAction
from marketplace.core import events
from marketplace.core.actors import FINANCE, Actor, Role
from marketplace.core.errors import DomainError, NotFound, WrongInput
from marketplace.core.text import clean_line
from marketplace.organisations.models import Organisation

# Does what was prepared and names what came of it, such as the credit note's number. Refuses where it has changed.
Execute = Callable[[PreparedAction, date, Actor], str]
_executors: dict[str, Execute] = {}


class AlreadyWaits(DomainError):
    """The same thing waits for approval already."""

    code = "already_waits"


class AlreadyDecided(DomainError):
    """What was decided is decided once."""

    code = "already_decided"


class OwnPreparation(DomainError):
    """Nobody approves what they prepared."""

    code = "own_preparation"


def executes(action: Action, run: Execute) -> None:
    """Says who does an action once it is approved; from the module of its verb."""
    _executors[action] = run


def prepare(
    *,
    action: Action,
    organisation: Organisation,
    subject: str,
    pence: int,
    arguments: dict[str, Any],
    reason: str,
    actor: Actor,
) -> PreparedAction:
    """Puts something before a second person. ``pence`` is its sum with VAT; nothing is posted.

    Raises AlreadyWaits where the same thing for the same sum waits already.
    """
    actor.require(*FINANCE, to="prepare this")
    if actor.person_id is None:
        raise WrongInput("Only a person prepares what another approves.")
    try:
        with transaction.atomic():
            prepared = PreparedAction.objects.create(
                action=action,
                organisation=organisation,
                subject=subject,
                pence=pence,
                arguments=arguments,
                reason=clean_line(reason, what="Reason", limit=240),
                prepared_by_id=actor.person_id,
            )
            _record("prepared.sent", prepared, actor)
    except IntegrityError as error:
        if PreparedAction.objects.filter(action=action, subject=subject, pence=pence, state="waiting").exists():
            raise AlreadyWaits(
                f"The same {Action(action).label.lower()} for {subject} waits for approval already. It was not sent again."
            ) from error
        raise
    return prepared


@transaction.atomic
def approve(*, prepared: PreparedAction, on: date, at: datetime, actor: Actor) -> PreparedAction:
    """A finance manager who did not prepare it approves it, and it is done, dated ``on``.

    Raises what the verb raises where the books have changed meanwhile: then nothing is decided.
    """
    actor.require(Role.FINANCE_MANAGER, to="approve this")
    locked = _waiting(prepared)
    if actor.person_id is None or actor.person_id == locked.prepared_by_id:
        raise OwnPreparation("You prepared this, so someone else must approve it.")
    outcome = _executors[locked.action](locked, on, actor)
    return _decided(locked, PreparedAction.State.APPROVED, at, actor, outcome=outcome)


@transaction.atomic
def send_back(*, prepared: PreparedAction, answer: str, at: datetime, actor: Actor) -> PreparedAction:
    """A finance manager who did not prepare it does not approve it, and says why. Nothing is posted."""
    actor.require(Role.FINANCE_MANAGER, to="send this back")
    locked = _waiting(prepared)
    if actor.person_id is None or actor.person_id == locked.prepared_by_id:
        raise OwnPreparation("You prepared this. Withdraw it instead.")
    answer = clean_line(answer, what="Reason", limit=240)
    return _decided(locked, PreparedAction.State.SENT_BACK, at, actor, answer=answer)


@transaction.atomic
def withdraw(*, prepared: PreparedAction, at: datetime, actor: Actor) -> PreparedAction:
    """Whoever prepared it takes it back before it is decided."""
    actor.require(*FINANCE, to="withdraw this")
    locked = _waiting(prepared)
    if actor.person_id != locked.prepared_by_id:
        raise WrongInput("Only whoever prepared this withdraws it. Send it back instead.")
    return _decided(locked, PreparedAction.State.WITHDRAWN, at, actor)


def _waiting(prepared: PreparedAction) -> PreparedAction:
    locked = PreparedAction.objects.select_for_update().filter(pk=prepared.pk).first()
    if locked is None:
        raise NotFound("There is nothing to approve here.")
    if locked.state != PreparedAction.State.WAITING:
        raise AlreadyDecided(f"This was decided already: {locked.get_state_display().lower()}.")
    return locked


def _decided(
    locked: PreparedAction, state: str, at: datetime, actor: Actor, *, answer: str = "", outcome: str = ""
) -> PreparedAction:
    changed = PreparedAction.objects.filter(pk=locked.pk, state=PreparedAction.State.WAITING).update(
        state=state, decided_by_id=actor.person_id, decided_at=at, answer=answer, outcome=outcome
    )
    if changed != 1:
        raise AlreadyDecided("This was decided a moment ago.")
    locked.refresh_from_db()
    _record(f"prepared.{state}", locked, actor, answer)
    return locked


def _record(kind: str, prepared: PreparedAction, actor: Actor, answer: str = "") -> None:
    events.record(
        kind=kind,
        subject_kind="prepared",
        subject=str(prepared.pk),
        organisation_ids=[prepared.organisation_id],
        payload={
            "action": prepared.action,
            "of": prepared.subject,
            "pence": prepared.pence,
            "outcome": prepared.outcome,
        },
        text={"reason": prepared.reason, "answer": answer},
        actor=actor,
    )
