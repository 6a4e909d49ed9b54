"""Up to which sum one person may act alone."""

from datetime import date

from django.db import transaction

from invoicing.second_person.models import Action, FinanceLimit
from marketplace.core import events
from marketplace.core.actors import Actor, Role
from marketplace.core.errors import DomainError, WrongInput
from marketplace.core.money import Money

# Where no limit was set: money that leaves, or debts given up, always need a second person; a credit note needs none, nor
# does a repayment request withdrawn: what it asked for is taken from the next payment.
_UNSET: dict[str, int | None] = {
    Action.CREDIT_NOTE: None, Action.WRITE_OFF: 0, Action.REFUND: 0, Action.CARRY: 0, Action.WITHDRAWAL: None,
}  # fmt: skip


class NeedsSecondPerson(DomainError):
    """The sum is above what one person may do alone."""

    code = "needs_second_person"


def limit_on(action: str, on: date) -> int | None:
    """Pence that one person may do alone on a day; None is without limit."""
    row = FinanceLimit.objects.filter(action=action, valid_from__lte=on).order_by("-valid_from").first()
    return row.pence if row else _UNSET[action]


def alone(*, action: str, pence: int, on: date) -> bool:
    """Whether one person may do this alone on a day."""
    limit = limit_on(action, on)
    return limit is None or pence <= limit


def require_alone(*, action: str, pence: int, on: date, actor: Actor) -> None:
    """Raises NeedsSecondPerson where the person who acts may not do this alone. The platform itself acts by rule."""
    if actor.person_id is None or alone(action=action, pence=pence, on=on):
        return
    words = Action(action).label.lower()
    raise NeedsSecondPerson(
        f"A {words} of {Money(pence)} is above {Money(limit_on(action, on) or 0)}, so a second person approves it. "
        "Nothing was done. Send it for approval.",
        pence=pence,
    )


@transaction.atomic
def set_limit(*, action: str, pence: int, valid_from: date, actor: Actor) -> FinanceLimit:
    """Sets up to which sum one person acts alone, from a day on. Finance managers only; a day's limit is set once."""
    actor.require(Role.FINANCE_MANAGER, to="set finance limits")
    if action not in Action.values:
        raise WrongInput(f"{action} has no limit. Choose one of {', '.join(Action.values)}.")
    if pence < 0:
        raise WrongInput("A limit must be £0.00 or more")
    before = limit_on(action, valid_from)
    row, made = FinanceLimit.objects.get_or_create(action=action, valid_from=valid_from, defaults={"pence": pence})
    if not made and row.pence != pence:
        raise WrongInput(
            f"A limit from {valid_from:%-d %B %Y} was set already: {Money(row.pence)}. Choose a later day."
        )
    if made:
        events.record(
            kind="finance_limit.set",
            subject_kind="finance_limit",
            subject=str(action),
            organisation_ids=[],
            payload={"before": before, "after": pence, "valid_from": valid_from.isoformat()},
            actor=actor,
        )
    return row
