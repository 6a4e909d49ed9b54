"""Eight processes draw on the same packages for another source each; they start each package together."""

import time
from decimal import Decimal
from typing import Any

from tests.invoicing.races.processes import CONTEXT, run_all

PROCESSES, ROOM = 8, 3


def race(*, packages: list[int], guarded: bool) -> list[tuple[int, int]]:
    """Of each package: how many were told that it pays for them, and how many units are drawn of it."""
    from subscriptions.models import Package

    barrier = CONTEXT.Barrier(PROCESSES)
    told = run_all(draw_each, [(n, packages, guarded, barrier) for n in range(PROCESSES)], seconds=180)
    drawn = dict(Package.objects.filter(pk__in=packages).values_list("pk", "drawn"))
    return [(sum(column), int(drawn[pk])) for column, pk in zip(zip(*told, strict=True), packages, strict=True)]


def draw_each(index: int, packages: list[int], guarded: bool, barrier: Any) -> list[int]:
    """In one process: 1 for each package that pays for it, otherwise 0."""
    from subscriptions.commissions.services import drawing
    from subscriptions.models import Package

    if not guarded:
        drawing.hold, drawing.claim = looked_at, look_then_take
    got = []
    for pk in packages:
        one = Package.objects.get(pk=pk)
        school = one.schools.order_by("pk").first().school
        barrier.wait(timeout=60)
        try:
            drawing.draw(
                package=one, school=school, units=Decimal(1), source_key=f"race:{pk}:{index}", label="A day",
                on=one.valid_from,
            )  # fmt: skip
            got.append(1)
        except drawing.PackageUsedUp:
            got.append(0)
    return got


def looked_at(pk: int) -> Any:
    """The control: the package without holding it."""
    from subscriptions.models import Package

    return Package.objects.select_related("council__contract__party").get(pk=pk)


def look_then_take(package: Any, units: Decimal) -> bool:
    """The control: looks at what is left, and takes it afterwards by what it saw."""
    from subscriptions.models import Package

    time.sleep(0.02)
    if package.drawn + units > package.allocation:
        return False
    return Package.objects.filter(pk=package.pk).update(drawn=package.drawn + units) == 1
