"""What the processes do that decide on the same agreements, or change one while it is invoiced."""

import time
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from tests.invoicing.races.settling import _each_together

TODAY = date(2027, 1, 5)
BILLED = date(2027, 1, 10)  # the first of them, each later one a day later


def decide_together(index: int, pairs: Sequence[tuple[int, int]], guarded: bool, barrier: Any) -> list[str]:
    """Process 0 gives notice for the first agreement of each pair, the others accept the second, which renews it."""
    from marketplace.core.actors import platform
    from subscriptions.agreements.models import Agreement
    from subscriptions.services import accept, give_notice

    if not guarded:
        _without_guard()
    actor = platform(f"race {index}")

    def attempt(number: int) -> None:
        first, second = pairs[number]
        if index == 0 and first:
            give_notice(agreement=Agreement.objects.get(pk=first), on=TODAY, actor=actor)
        else:
            accept(agreement=Agreement.objects.select_related("succeeds").get(pk=second), on=TODAY, actor=actor)

    return _each_together(barrier, len(pairs), attempt)


def _without_guard() -> None:
    """The control: nobody holds the agreement, and what was looked at a moment ago is written; the database's own guard
    is off as well."""
    from django.db import connection

    from subscriptions.agreements.models import Agreement
    from subscriptions.agreements.services import agreeing

    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")

    def look(agreement: Any) -> Any:
        return Agreement.objects.select_related("organisation", "invoice_to").get(pk=agreement.pk)

    def look_then_write(row: Any, state: str, **more: object) -> None:
        if row.state != Agreement.State.OFFERED:
            raise agreeing.NotOffered("decided already")
        time.sleep(0.03)
        Agreement.objects.filter(pk=row.pk).update(state=state, **more)

    def look_slowly(agreement: Any) -> Any:
        found = look(agreement)
        time.sleep(0.03)
        return found

    agreeing.locked, agreeing._move = look_slowly, look_then_write  # type: ignore[assignment]


def change_or_invoice(index: int, agreements: Sequence[int], guarded: bool, barrier: Any) -> list[str]:
    """Process 0 invoices what is due, process 1 moves each agreement to a cheaper level at the same moment."""
    from invoicing.receivables import reducing
    from invoicing.services import run_billing
    from marketplace.core.actors import platform
    from marketplace.core.periods import Period
    from subscriptions.agreements.models import Agreement
    from subscriptions.services import change
    from tests.subscriptions.agreements.terms import SCHOOL_YEAR, line

    actor, day = platform(f"race {index}"), date(2027, 2, 1)
    left = reducing._left_locked

    def slowly(target: Any) -> int:
        found = left(target)
        time.sleep(0.1)
        return found

    reducing._left_locked = slowly
    if not guarded:
        reducing.Charge = _Unlocked(reducing.Charge)  # type: ignore[misc,assignment]

    def attempt(number: int) -> None:
        if index == 0:
            time.sleep(0.05)
            run_billing(on=BILLED + timedelta(days=number), actor=actor)
        else:
            cheaper = line(120_000, SCHOOL_YEAR, title="Silver", valid=Period(day, SCHOOL_YEAR.end))
            agreement = Agreement.objects.get(pk=agreements[number])
            change(agreement=agreement, lines=[cheaper], on=day, today=day, actor=actor)

    return _each_together(barrier, len(agreements), attempt)


class _Unlocked:
    """The control: the item is read without being held."""

    def __init__(self, model: Any) -> None:
        self._model = model
        self.objects = self
        self.State = model.State

    def select_for_update(self, **_: Any) -> Any:
        return self._model._default_manager

    def __getattr__(self, name: str) -> Any:
        return getattr(self._model._default_manager, name)
