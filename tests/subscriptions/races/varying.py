"""What the processes do when one approves a variation while the other freezes the statement that it would change."""

import time
from collections.abc import Sequence
from datetime import date
from typing import Any

from tests.invoicing.races.settling import _each_together, _without_row_locks

ON = date(2025, 7, 1)


def approve_or_freeze(
    index: int, versions: Sequence[int], person: int, council: int, guarded: bool, barrier: Any
) -> list[str]:
    """The first approves each variation for the council; the second freezes each contract's first statement."""
    from marketplace.core.actors import Actor, Grant, Role, platform
    from subscriptions.outcomes.models import ContractVersion, Statement
    from subscriptions.outcomes.services import stating, varying

    if not guarded:
        _unguarded()
    commissioner = Actor(person, None, "Cara", frozenset({Grant(Role.COMMISSIONER, council)}))

    def attempt(number: int) -> None:
        version = ContractVersion.objects.select_related("contract").get(pk=versions[number])
        # Now the one, now the other is a little ahead.
        time.sleep(0.006 * (number // 2) if guarded and number % 2 == index else 0)
        if index == 0:
            varying.approve_variation(version=version, on=ON, actor=commissioner)
        else:
            statement = Statement.objects.get(contract=version.contract, ordinal=1)
            stating.freeze_statement(statement=statement, on=ON, actor=platform("freeze"))

    return _each_together(barrier, len(versions), attempt)


def _unguarded() -> None:
    """The control: nobody holds the contract, an amount is left out whatever became of it, and the guards are off."""
    from django.db import connection

    from subscriptions.outcomes.models import OutcomeItem
    from subscriptions.outcomes.services import carrying_out

    _without_row_locks()
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
    worked_out = carrying_out.work_out_of

    def slowly(version: Any, standing: Any) -> Any:
        found = worked_out(version, standing)
        time.sleep(0.15)
        return found

    def blindly(version: Any, codes: Sequence[str]) -> None:
        wanted = OutcomeItem.objects.filter(contract_id=version.contract_id, code__in=codes)
        wanted.update(state="cancelled", reason="Left out", earned=0, earned_pence=0, settled_pence=0)

    carrying_out.work_out_of, carrying_out._leave_out = slowly, blindly
