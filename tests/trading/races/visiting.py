"""What the processes do that answer the same visits at the same moment."""

import time
from typing import Any

from tests.invoicing.races.processes import CONTEXT, run_all
from tests.invoicing.races.settling import _each_together

ANSWERERS = 4


def race(*, visits: list[int], guarded: bool) -> list[list[str]]:
    """Of each visit: what each of the processes was told."""
    barrier = CONTEXT.Barrier(ANSWERERS)
    told = run_all(answer_together, [(n, visits, guarded, barrier) for n in range(ANSWERERS)], seconds=180)
    return [list(column) for column in zip(*told, strict=True)]


def answer_together(index: int, visits: list[int], guarded: bool, barrier: Any) -> list[str]:
    """All but the last process agree; the last takes as agreed what nobody answered."""
    from django.db import transaction

    from marketplace.core.actors import platform
    from marketplace.trading.engagements.services import visits as services
    from marketplace.trading.engagements.visit_models import Visit
    from tests.trading.engagements.world import DAY

    if not guarded:
        _without_guard(services)
    actor = platform("race")

    def attempt(number: int) -> None:
        visit = Visit.objects.select_related(*services.WHOLE).get(pk=visits[number])
        if index < ANSWERERS - 1:
            services.agree_visit(visit=visit, on=DAY, actor=actor)
            return
        with transaction.atomic():
            services._decide(visit, [Visit.State.SUBMITTED], Visit.State.TAKEN, DAY, actor)

    return _each_together(barrier, len(visits), attempt)


def _without_guard(services: Any) -> None:
    """The control: nobody holds the booking; looks how the visit stands, then writes; the triggers are off as well."""
    from django.db import connection

    from marketplace.trading.engagements.models import EngagementDate
    from marketplace.trading.engagements.visit_models import Visit

    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")

    def look_then_write(visit: Any, before: list[str], values: dict[str, Any]) -> None:
        if Visit.objects.get(pk=visit.pk).state not in before:
            raise services.VisitDecided("Answered by now")
        time.sleep(0.02)
        Visit.objects.filter(pk=visit.pk).update(**values)

    def move_date(date: Any, before: list[str], state: str, reason: str = "") -> None:
        EngagementDate.objects.filter(pk=date.pk).update(state=state, reason=reason or "race")

    services._hold, services._move, services._move_date = lambda _: None, look_then_write, move_date
