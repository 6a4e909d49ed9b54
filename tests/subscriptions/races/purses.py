"""Eight processes draw on the same purses for an order each; they start each purse together."""

import time
from typing import Any

from tests.invoicing.races.processes import CONTEXT, run_all

PROCESSES, ROOM, PENCE = 8, 3, 100_00


def race(*, codes: list[str], guarded: bool) -> list[tuple[int, int]]:
    """Of each purse: how many orders were told that it pays them, and how many pence it keeps for them."""
    from subscriptions.models import Purse

    barrier = CONTEXT.Barrier(PROCESSES)
    told = run_all(draw_on_each, [(n, codes, guarded, barrier) for n in range(PROCESSES)], seconds=180)
    kept = dict(Purse.objects.filter(code__in=codes).values_list("code", "reserved_pence"))
    return [(sum(column), kept[code]) for column, code in zip(zip(*told, strict=True), codes, strict=True)]


def draw_on_each(index: int, codes: list[str], guarded: bool, barrier: Any) -> list[int]:
    """In one process: 1 for each purse that pays its order, otherwise 0."""
    from subscriptions.models import Purse
    from subscriptions.purses import drawing
    from tests.subscriptions.purses.tampering import ON

    if not guarded:
        drawing.held, drawing.claim = looked_at, look_then_keep
    got = []
    for code in codes:
        member = Purse.objects.get(code=code).members.exclude(organisation__led_purses__code=code).get()
        barrier.wait(timeout=60)
        try:
            drawing.draw(
                code=code, organisation=member.organisation, source_key=f"race:{code}:{index}", label="Order",
                pence=PENCE, charge_keys=[], on=ON,
            )  # fmt: skip
            got.append(1)
        except drawing.PurseTooSmall:
            got.append(0)
    return got


def looked_at(code: str) -> Any:
    """The control: the purse without holding it."""
    from subscriptions.models import Purse

    return Purse.objects.filter(code=code).first()


def look_then_keep(purse: Any, pence: int) -> bool:
    """The control: looks at what is left, without holding the purse, and keeps it afterwards."""
    from django.db.models import F

    from subscriptions.models import Purse
    from subscriptions.purses.queries import money_on

    left = money_on([purse]).get(purse.pk, 0) - purse.reserved_pence
    time.sleep(0.02)
    if left < pence:
        return False
    return Purse.objects.filter(pk=purse.pk).update(reserved_pence=F("reserved_pence") + pence) == 1
