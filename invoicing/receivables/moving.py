"""What was sold is delivered on other days: items not invoiced yet follow, and so does income that still waits for its day."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db import connection, transaction
from django.db.models import Q

from invoicing.receivables.models import Charge
from marketplace.core import events
from marketplace.core.actors import Actor, Role
from marketplace.core.bulk import as_array
from marketplace.core.errors import NotFound
from marketplace.core.periods import Period
from marketplace.core.text import clean_line

_LOCK_DEFERRALS = """
SELECT id FROM invoicing_deferral
WHERE source_key = ANY(%s) AND pattern = 'on_date' AND open_pence > 0 ORDER BY id FOR UPDATE
"""
_MOVE_INCOME = """
UPDATE invoicing_deferralpart p SET income_on = %(day)s
FROM invoicing_deferral d
WHERE d.id = p.deferral_id AND d.id = ANY(%(locked)s::bigint[]) AND p.state = 'waiting'
  AND p.pence > p.cancelled_pence AND p.income_on <> %(day)s
RETURNING d.source_key
"""


@dataclass(frozen=True)
class MovedDelivery:
    """What followed: so many items not invoiced yet, and so many invoiced ones whose income waits for its day."""

    items: int
    income: int


@transaction.atomic
def move_delivery(
    *, charge_source_keys: Sequence[str], service: Period, on: date, actor: Actor, description: str | None = None
) -> MovedDelivery:
    """What these items pay for is delivered on the days of ``service`` instead; amounts and VAT stay as they are.

    An item not invoiced yet takes the new days, and the new ``description`` where one is given. Of an invoiced one the
    document stays as it was issued, and income that still waits for the day of delivery waits for the last new day; what
    is income already stays income. The same call again changes nothing. Some statements, however many items. Raises
    NotFound for a source that was never charged. For organisers and finance.
    """
    actor.require(Role.ORGANISER, Role.FINANCE_OFFICER, Role.FINANCE_MANAGER, to="move what was sold to other days")
    keys = sorted(set(charge_source_keys))
    found = list(Charge.objects.select_for_update(of=("self",)).filter(source_key__in=keys).order_by("pk"))
    if missing := set(keys) - {one.source_key for one in found}:
        raise NotFound(f"There is no item to invoice {min(missing)}")
    changes = {"service_from": service.start, "service_to": service.end}
    text = {} if description is None else {"description": clean_line(description, what="Description", limit=240)}
    waiting = [one.pk for one in found if one.state == Charge.State.PENDING]
    stale = ~Q(**changes, **text)
    moved = list(Charge.objects.filter(stale, pk__in=waiting).values_list("pk", flat=True))
    changed = Charge.objects.filter(pk__in=moved, state=Charge.State.PENDING).update(**changes, **text)
    if changed != len(moved):
        raise RuntimeError(f"{changed} of {len(moved)} items to invoice moved")
    billed = [one.source_key for one in found if one.state == Charge.State.BILLED]
    income = _move_income(billed, service.last_day)
    followed = [one for one in found if one.pk in set(moved) or one.source_key in income]
    _record(followed, service, on, actor)
    return MovedDelivery(len(moved), len(income))


def _move_income(source_keys: Sequence[str], day: date) -> set[str]:
    """The sources whose income waits for another day now.

    Deferrals are locked in the order of their ids, as the release and credits lock them.
    """
    if not source_keys:
        return set()
    with connection.cursor() as cursor:
        cursor.execute(_LOCK_DEFERRALS, [list(source_keys)])
        locked = [pk for (pk,) in cursor.fetchall()]
        cursor.execute(_MOVE_INCOME, {"day": day, "locked": as_array(locked)})
        return {key for (key,) in cursor.fetchall()}


def _record(found: Sequence[Charge], service: Period, on: date, actor: Actor) -> None:
    events.record_many(
        facts=[
            {
                "kind": "charge.delivery_moved",
                "subject_kind": "charge",
                "subject": str(one.pk),
                "organisation_ids": sorted({one.consumer_id, one.invoice_to_id}),
                "payload": {
                    "on": on.isoformat(),
                    "before": _days(one.service_from, one.service_to),
                    "after": _days(service.start, service.end),
                },
            }
            for one in found
        ],
        actor=actor,
    )


def _days(start: date | None, end: date | None) -> list[str]:
    return [day.isoformat() for day in (start, end) if day]
