"""Two processes at the same work at the same moment, and the control in which nothing holds them apart."""

import time
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

from tests.invoicing.races.processes import CONTEXT, run_all
from tests.invoicing.races.settling import _each_together, _without_row_locks

RACERS = 2


def race(do: Callable[..., list[str]], *given: Any, guarded: bool) -> list[Counter[str]]:
    """What became of each trial, told by both."""
    barrier = CONTEXT.Barrier(RACERS)
    told = run_all(do, [(index, *given, guarded, barrier) for index in range(RACERS)])
    return [Counter(column) for column in zip(*told, strict=True)]


def unguarded() -> None:
    """The control: nobody holds the rows, and the database's own guards are off."""
    from django.db import connection

    _without_row_locks()
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")


def slowed(do: Callable[..., Any], seconds: float) -> Callable[..., Any]:
    """The same, which then waits, so that the other comes in between."""

    def slowly(*args: Any, **more: Any) -> Any:
        found = do(*args, **more)
        time.sleep(seconds)
        return found

    return slowly


def verifier_of(verifiers: Sequence[int], index: int) -> Any:
    """One of the verifiers; the last of the numbers is the organisation for which they verify."""
    from marketplace.core.actors import Actor, Grant, Role

    grants = frozenset({Grant(Role.VERIFIER, verifiers[-1])})
    return Actor(person_id=verifiers[index], user_id=None, name=f"Verifier {index}", grants=grants)


def freeze_or(
    other: Callable[[int], None], index: int, statements: Sequence[int], on: Any, guarded: bool, barrier: Any
) -> list[str]:
    """The first freezes the statements, the second does the other thing to the same; without guards the first comes later."""
    from marketplace.core.actors import platform
    from subscriptions.outcomes.models import Statement
    from subscriptions.outcomes.services import stating

    def attempt(number: int) -> None:
        if index:
            other(number)
            return
        if not guarded:
            time.sleep(0.1)
        one = Statement.objects.select_related("contract").get(pk=statements[number])
        stating.freeze_statement(statement=one, on=on, actor=platform("race"))

    return _each_together(barrier, len(statements), attempt)


def broken(begins: str) -> set[str]:
    """The invariants whose names begin so and that do not hold."""
    from marketplace.core.verification import check, registered

    return {one.name for one in registered() if one.name.startswith(begins) and check(one).violations}
