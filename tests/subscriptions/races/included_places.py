"""Twelve processes use the last included places of many allowances; they start each allowance together."""

from typing import Any

from tests.invoicing.races.processes import CONTEXT, run_all

PROCESSES, PLACES = 12, 3


def race(*, allowance_ids: list[int], guarded: bool) -> list[tuple[int, int]]:
    """Of each allowance: how many were told that they got a place, and how many are taken."""
    from subscriptions.models import Allowance

    barrier = CONTEXT.Barrier(PROCESSES)
    told = run_all(use_one_of_each, [(n, allowance_ids, guarded, barrier) for n in range(PROCESSES)], seconds=180)
    taken = dict(Allowance.objects.filter(pk__in=allowance_ids).values_list("pk", "taken"))
    return [(sum(column), taken[pk]) for column, pk in zip(zip(*told, strict=True), allowance_ids, strict=True)]


def use_one_of_each(index: int, allowance_ids: list[int], guarded: bool, barrier: Any) -> list[int]:
    """In one process: 1 for each allowance of which it got a place, otherwise 0."""
    from subscriptions.allowances import services
    from tests.subscriptions.test_allowances import ON

    if not guarded:
        services.claim_allowance = look_then_take
    got = []
    for pk in allowance_ids:
        barrier.wait(timeout=60)
        try:
            services.reserve_places(source_key=f"race:{pk}:{index}", allowance_id=pk, places=1, label="Course", on=ON)
            got.append(1)
        except services.AllowanceUsedUp:
            got.append(0)
    return got


def look_then_take(allowance_id: int, places: int) -> bool:
    """The control: looks whether some are left, then takes them."""
    from django.db.models import F

    from subscriptions.models import Allowance

    if Allowance.objects.get(pk=allowance_id).left < places:
        return False
    return Allowance.objects.filter(pk=allowance_id).update(taken=F("taken") + places) == 1
