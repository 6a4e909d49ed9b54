"""A customer asks for a pause or an end before the term; finance grants it in one step, or refuses with the reason.

| state | meaning | who moves it |
|---|---|---|
| asked | waits for finance; nothing is changed | ``ask_change`` |
| granted | done, with the calculation of the day of granting | ``grant_change`` |
| refused | not done, ``answer`` says why | ``refuse_change`` |
| withdrawn | the customer no longer wants it | ``withdraw_change`` |
"""

from datetime import date

from django.db import IntegrityError, transaction

from marketplace.core import events
from marketplace.core.actors import FINANCE, Actor
from marketplace.core.errors import DomainError
from marketplace.core.text import clean_line
from subscriptions.agreements.models import Agreement
from subscriptions.agreements.rules.changes import Change
from subscriptions.agreements.services import preview_end, preview_suspend, suspend
from subscriptions.agreements.services.agreeing import require_party
from subscriptions.agreements.services.changing import AmountChanged
from subscriptions.agreements.services.standing import locked
from subscriptions.asking.models import AskedChange
from subscriptions.plans.services import end
from subscriptions.slas.queries import credit_rule_of

Kind, State = AskedChange.Kind, AskedChange.State
_ANSWERED: dict[str, str] = {
    State.GRANTED: "agreement.change_granted",
    State.REFUSED: "agreement.change_refused",
    State.WITHDRAWN: "agreement.change_withdrawn",
}


class AskedAlready(DomainError):
    """Something waits for this agreement already."""

    code = "change_asked_already"


class AnsweredAlready(DomainError):
    """Somebody came first; what was answered stands."""

    code = "change_answered_already"


def preview_asked(*, agreement: Agreement, kind: str, on: date, given_on: date, today: date) -> Change:
    """What granting it on the day ``today`` would do, by the engine's own calculation: notice counts from ``given_on``, and
    what comes back is what the terms of the service say. Raises why it cannot be."""
    if kind == Kind.PAUSE:
        return preview_suspend(agreement=agreement, on=on, today=today)
    return preview_end(agreement=agreement, on=on, given_on=given_on, credit=credit_rule_of(agreement))


@transaction.atomic
def ask_change(*, agreement: Agreement, kind: str, on: date, reason: str, today: date, actor: Actor) -> AskedChange:
    """Asks finance for a pause or an end from a day on. Nothing is changed by it.

    By who buys or approves for the customer. Refuses what could not be granted as it stands, and a second request while
    one waits (AskedAlready).
    """
    require_party(agreement=agreement, actor=actor)
    reason = clean_line(reason, what="Reason", limit=200)
    row = locked(agreement)
    shown = preview_asked(agreement=row, kind=kind, on=on, given_on=today, today=today)
    try:
        with transaction.atomic():
            made = AskedChange.objects.create(
                agreement=row, kind=kind, on=on, reason=reason, shown_pence=shown.net_pence, asked_on=today,
                asked_by_person_id=actor.person_id,
            )  # fmt: skip
    except IntegrityError:
        raise AskedAlready(f"A change of {row.number} was asked for already. Take it back first, or wait.") from None
    _record("agreement.change_asked", made, actor, reason)
    return made


@transaction.atomic
def grant_change(*, asked: AskedChange, today: date, actor: Actor, expected_pence: int | None = None) -> AskedChange:
    """Does what was asked, once: notice for an end counts from the day of asking.

    ``expected_pence`` is what finance saw before VAT; another sum does nothing (AmountChanged). Raises AnsweredAlready,
    and why it can no longer be done.
    """
    actor.require(*FINANCE, to="grant what a customer asked")
    agreement = locked(asked.agreement)
    found = _held(asked)
    shown = preview_asked(agreement=agreement, kind=found.kind, on=found.on, given_on=found.asked_on, today=today)
    if expected_pence is not None and expected_pence != shown.net_pence:
        raise AmountChanged(
            "It comes to another sum by now. Nothing was done. Look at it again.", net_pence=shown.net_pence
        )
    if found.kind == Kind.PAUSE:
        suspend(agreement=agreement, on=found.on, today=today, reason=found.reason, actor=actor)
    else:
        end(
            agreement=agreement, on=found.on, given_on=found.asked_on, credit=credit_rule_of(agreement),
            reason=found.reason, actor=actor,
        )  # fmt: skip
    return _answered(found, State.GRANTED, "", today, actor)


@transaction.atomic
def refuse_change(*, asked: AskedChange, answer: str, today: date, actor: Actor) -> AskedChange:
    """Does not do it; ``answer`` says why, as the customer reads it. Raises AnsweredAlready."""
    actor.require(*FINANCE, to="refuse what a customer asked")
    answer = clean_line(answer, what="Why not", limit=200)
    locked(asked.agreement)
    return _answered(_held(asked), State.REFUSED, answer, today, actor)


@transaction.atomic
def withdraw_change(*, asked: AskedChange, today: date, actor: Actor) -> AskedChange:
    """The customer takes it back. Raises AnsweredAlready where finance came first."""
    require_party(agreement=asked.agreement, actor=actor)
    locked(asked.agreement)
    return _answered(_held(asked), State.WITHDRAWN, "", today, actor)


def _held(asked: AskedChange) -> AskedChange:
    """The request as it is now; the agreement's row is held, which everybody who answers holds first."""
    found = AskedChange.objects.select_related("agreement__organisation").get(pk=asked.pk)
    if found.state != State.ASKED:
        words = State(found.state).label.lower()
        raise AnsweredAlready(f"This was {words} already. Nothing further was done.", state=found.state)
    return found


def _answered(found: AskedChange, state: str, answer: str, today: date, actor: Actor) -> AskedChange:
    waiting = AskedChange.objects.filter(pk=found.pk, state=State.ASKED)
    if waiting.update(state=state, answer=answer, answered_on=today, answered_by_person_id=actor.person_id) != 1:
        raise AnsweredAlready("This was answered a moment ago. Nothing further was done.", state=found.state)
    found.refresh_from_db()
    _record(_ANSWERED[state], found, actor, answer)
    return found


def _record(kind: str, asked: AskedChange, actor: Actor, reason: str) -> None:
    events.record(
        kind=kind,
        subject_kind="agreement",
        subject=asked.agreement.number,
        organisation_ids=[asked.agreement.organisation_id],
        payload={"request": asked.pk, "asked": asked.kind, "on": asked.on.isoformat(), "net_pence": asked.shown_pence},
        text={"reason": reason} if reason else None,
        actor=actor,
    )
