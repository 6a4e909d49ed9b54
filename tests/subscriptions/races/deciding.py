"""What the processes do that approve the same service credits, and agree the same rounds of contributions."""

import time
from collections.abc import Sequence
from datetime import date
from typing import Any

from tests.invoicing.races.settling import _each_together, _without_row_locks

TODAY = date(2026, 7, 1)


def approve_together(index: int, credits: Sequence[int], guarded: bool, barrier: Any) -> list[str]:
    """Everybody gives the same service credits back at the same moment."""
    from marketplace.core.actors import platform
    from subscriptions.desk.services import crediting
    from subscriptions.models import ServiceCredit

    if not guarded:
        _unguarded()
        crediting._decide = _look_then_decide  # type: ignore[assignment]
        crediting.reduce = lambda **_: None  # type: ignore[assignment]  # its own key would give it back once

    def attempt(number: int) -> None:
        credit = ServiceCredit.objects.get(pk=credits[number])
        crediting.approve_credit(credit=credit, on=TODAY, actor=platform(f"race {index}"))

    return _each_together(barrier, len(credits), attempt)


def _unguarded() -> None:
    """The control: nobody holds the rows, and the database's own guards are off."""
    from django.db import connection

    _without_row_locks()
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")


def _look_then_decide(credit: Any, state: str, on: date, actor: Any, **more: str) -> Any:
    """The control: what was looked at a moment ago is written."""
    from subscriptions.desk.services.proposing import record_credit
    from subscriptions.models import ServiceCredit

    time.sleep(0.05)
    ServiceCredit.objects.filter(pk=credit.pk).update(state=state, decided_on=on, **more)
    credit.refresh_from_db()
    record_credit("service_credit.approved", credit, actor)
    return credit


def agree_together(index: int, rounds: Sequence[int], guarded: bool, barrier: Any) -> list[str]:
    """Everybody agrees the same rounds at the same moment."""
    from marketplace.core.actors import platform
    from subscriptions.membership import rounds as verbs
    from subscriptions.models import ContributionRound

    if not guarded:
        _unguarded()
        locked = verbs._locked

        def slowly(one: Any) -> Any:
            found = locked(one)
            time.sleep(0.05)
            return found

        verbs._locked = slowly

    def attempt(number: int) -> None:
        one = ContributionRound.objects.get(pk=rounds[number])
        verbs.agree_round(round=one, drawn=1, on=TODAY, actor=platform(f"race {index}"))

    return _each_together(barrier, len(rounds), attempt)
