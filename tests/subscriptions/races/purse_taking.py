"""Four processes refund money of a purse, each another part of it, while four draw on it; they start each purse together."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection

from tests.invoicing.races.processes import CONTEXT, run_all
from tests.subscriptions.races.purses import PENCE, look_then_keep, looked_at

TAKERS, DRAWERS = 4, 4
GUARDS = {
    "invoicing_unallocateditem": "subscriptions_purse_holds",
    "subscriptions_purse": "subscriptions_purse_covered",
}


@contextmanager
def without_guards() -> Iterator[None]:
    """The database lets everything pass; only in this test's database, and put back afterwards."""
    _switch("DISABLE")
    try:
        yield
    finally:
        _switch("ENABLE")


def _switch(how: str) -> None:
    with connection.cursor() as cursor:
        for table, guard in GUARDS.items():
            cursor.execute(f"ALTER TABLE {table} {how} TRIGGER {guard}")


def race(*, codes: list[str], guarded: bool) -> list[int]:
    """Of each purse: how many of those who take and of those who draw were told that they have it."""
    barrier = CONTEXT.Barrier(TAKERS + DRAWERS)
    told = run_all(take_or_draw, [(n, codes, guarded, barrier) for n in range(TAKERS + DRAWERS)], seconds=180)
    return [sum(column) for column in zip(*told, strict=True)]


def take_or_draw(index: int, codes: list[str], guarded: bool, barrier: Any) -> list[int]:
    """In one process: 1 for each purse of which it has its part, otherwise 0."""
    from invoicing.receivables.keeping import MoneyKept
    from subscriptions.models import Purse
    from subscriptions.purses import drawing

    if not guarded:
        drawing.held, drawing.claim = looked_at, look_then_keep
    got = []
    for code in codes:
        purse = Purse.objects.get(code=code)
        barrier.wait(timeout=60)
        try:
            _refund(purse, index) if index < TAKERS else _draw(purse, index)
            got.append(1)
        except (MoneyKept, drawing.PurseTooSmall):
            got.append(0)
    return got


def _refund(purse: Any, index: int) -> None:
    from invoicing.services import refund
    from marketplace.core.actors import platform
    from tests.subscriptions.purses.tampering import ON

    money = purse.account.unallocated_items.order_by("pk")[index]
    time.sleep(0.01)
    refund(source=money, pence=PENCE, reason="Asked back", on=ON, actor=platform("test"))


def _draw(purse: Any, index: int) -> None:
    from subscriptions.purses.drawing import draw
    from tests.subscriptions.purses.tampering import ON

    draw(
        code=purse.code, organisation=purse.lead, source_key=f"taking:{purse.code}:{index}", label="Order", pence=PENCE,
        charge_keys=[], on=ON,
    )  # fmt: skip
