"""What the processes do that decide, freeze and vary the same outcome contracts at the same moment."""

import time
from collections.abc import Sequence
from datetime import date
from typing import Any

from tests.invoicing.races.settling import _each_together, _without_row_locks

DECIDED, AFTER = date(2026, 12, 20), date(2027, 1, 2)


def _unguarded() -> None:
    """The control: nobody holds the rows, and the database's own guards are off."""
    from django.db import connection

    _without_row_locks()
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")


def verify_together(
    index: int, claims: Sequence[int], verifiers: Sequence[int], guarded: bool, barrier: Any
) -> list[str]:
    """Everybody accepts the same claims."""
    from marketplace.core.actors import Actor, Grant, Role
    from subscriptions.outcomes.models import OutcomeItem, Submission
    from subscriptions.outcomes.services import deciding

    if not guarded:
        _unguarded()

        def look_then_move(model: Any) -> Any:
            def move(one: Any, after: str, **values: Any) -> None:
                time.sleep(0.05)
                model.objects.filter(pk=one.pk).update(state=after, **values)
                one.refresh_from_db()

            return move

        deciding.move_submission = look_then_move(Submission)
        deciding.move_item = look_then_move(OutcomeItem)
    grants = frozenset({Grant(Role.VERIFIER, verifiers[-1])})
    actor = Actor(person_id=verifiers[index], user_id=None, name=f"Verifier {index}", grants=grants)

    def attempt(number: int) -> None:
        claim = Submission.objects.select_related("item__contract__party").get(pk=claims[number])
        deciding.accept(submission=claim, on=DECIDED, actor=actor)

    return _each_together(barrier, len(claims), attempt)


def freeze_or_accept(
    index: int, statements: Sequence[int], claims: Sequence[int], verifiers: Sequence[int], guarded: bool, barrier: Any
) -> list[str]:
    """One freezes the statements onto which the other's acceptance puts an item."""
    from marketplace.core.actors import Actor, Grant, Role, platform
    from subscriptions.outcomes.models import Statement, Submission
    from subscriptions.outcomes.services import deciding, stating

    if not guarded:
        _unguarded()
        found_next = deciding._next_statement

        def slowly(*args: Any) -> Any:
            found = found_next(*args)
            time.sleep(0.3)
            return found

        deciding._next_statement = slowly
    grants = frozenset({Grant(Role.VERIFIER, verifiers[-1])})
    verifier = Actor(person_id=verifiers[0], user_id=None, name="Verifier", grants=grants)

    def attempt(number: int) -> None:
        if index == 0:
            if not guarded:
                time.sleep(0.1)
            one = Statement.objects.select_related("contract").get(pk=statements[number])
            stating.freeze_statement(statement=one, on=AFTER, actor=platform("race"))
        else:
            claim = Submission.objects.select_related("item__contract__party").get(pk=claims[number])
            deciding.accept(submission=claim, on=DECIDED, actor=verifier)

    return _each_together(barrier, len(statements), attempt)


def freeze_or_vary(
    index: int, statements: Sequence[int], versions: Sequence[int], party: int, guarded: bool, barrier: Any
) -> list[str]:
    """One freezes a statement with an amount on it that the other's approval leaves out, with the value."""
    from marketplace.core.actors import Actor, Grant, Role, platform
    from subscriptions.outcomes.models import ContractVersion, Statement
    from subscriptions.outcomes.services import freezing, stating, varying

    if not guarded:
        _unguarded()
        work_out_open = stating.work_out_open

        def slowly(*args: Any, **more: Any) -> Any:
            found = work_out_open(*args, **more)
            time.sleep(0.3)
            return found

        stating.work_out_open = slowly
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
