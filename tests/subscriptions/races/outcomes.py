"""What the processes do that decide, freeze and vary the same outcome contracts at the same moment."""

import time
from collections.abc import Sequence
from datetime import date
from typing import Any

from tests.invoicing.races.settling import _each_together
from tests.subscriptions.races.two_at_once import freeze_or, slowed, unguarded, verifier_of

DECIDED, AFTER = date(2026, 12, 20), date(2027, 1, 2)


def verify_together(
    index: int, claims: Sequence[int], verifiers: Sequence[int], guarded: bool, barrier: Any
) -> list[str]:
    """Everybody accepts the same claims."""
    from subscriptions.outcomes.models import OutcomeItem, Submission
    from subscriptions.outcomes.services import deciding

    if not guarded:
        unguarded()

        def look_then_move(model: Any) -> Any:
            def move(one: Any, after: str, **values: Any) -> None:
                time.sleep(0.05)
                model.objects.filter(pk=one.pk).update(state=after, **values)
                one.refresh_from_db()

            return move

        deciding.move_submission = look_then_move(Submission)
        deciding.move_item = look_then_move(OutcomeItem)

    def attempt(number: int) -> None:
        claim = Submission.objects.select_related("item__contract__party").get(pk=claims[number])
        deciding.accept(submission=claim, on=DECIDED, actor=verifier_of(verifiers, index))

    return _each_together(barrier, len(claims), attempt)


def freeze_or_accept(
    index: int, statements: Sequence[int], claims: Sequence[int], verifiers: Sequence[int], guarded: bool, barrier: Any
) -> list[str]:
    """One freezes the statements onto which the other's acceptance puts an item."""
    from subscriptions.outcomes.models import Submission
    from subscriptions.outcomes.services import deciding

    if not guarded:
        unguarded()
        deciding._next_statement = slowed(deciding._next_statement, 0.3)

    def attempt(number: int) -> None:
        claim = Submission.objects.select_related("item__contract__party").get(pk=claims[number])
        deciding.accept(submission=claim, on=DECIDED, actor=verifier_of(verifiers, 0))

    return freeze_or(attempt, index, statements, AFTER, guarded, barrier)


def freeze_or_vary(
    index: int, statements: Sequence[int], versions: Sequence[int], party: int, guarded: bool, barrier: Any
) -> list[str]:
    """One freezes a statement with an amount on it that the other's approval leaves out, with the value."""
    from marketplace.core.actors import Actor, Grant, Role, platform
    from subscriptions.outcomes.models import ContractVersion, Statement
    from subscriptions.outcomes.services import freezing, stating, varying

    if not guarded:
        unguarded()
        stating.work_out_open = slowed(stating.work_out_open, 0.3)
        freezing._move = _move_whatever
    lead = Actor(person_id=None, user_id=None, name="Lead", grants=frozenset({Grant(Role.HUB_LEAD, party)}))

    def attempt(number: int) -> None:
        if index == 0:
            one = Statement.objects.select_related("contract").get(pk=statements[number])
            stating.freeze_statement(statement=one, on=AFTER, actor=platform("race"))
        else:
            if not guarded:
                time.sleep(0.1)
            version = ContractVersion.objects.select_related("contract__party").get(pk=versions[number])
            varying.approve_variation(version=version, on=AFTER, actor=lead)

    return _each_together(barrier, len(statements), attempt)


def _move_whatever(statement: str, rows: Sequence[Sequence[Any]], *before: Any) -> None:
    """The control: nobody looks whether the update hit."""
    from django.db import connection

    from marketplace.core.bulk import as_array

    if rows:
        with connection.cursor() as cursor:
            cursor.execute(statement, [*before, *[as_array(column) for column in zip(*rows, strict=True)]])
