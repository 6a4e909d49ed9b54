"""What allowances do by themselves: what may be carried over goes into the next one; what lapses soon is announced."""

from datetime import date, timedelta

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from marketplace.core import events
from marketplace.core.actors import Actor, platform
from marketplace.core.periodic import every
from subscriptions.allowances.changing import carry_over
from subscriptions.allowances.models import Allowance
from subscriptions.allowances.queries import SOME_LEFT

AHEAD = timedelta(days=30)
LATE = timedelta(days=60)
"""How long after its end something is still carried over by itself; afterwards finance does it."""


@transaction.atomic
def announce_lapses(*, on: date, actor: Actor) -> int:
    """Announces each allowance of which something is left that ends within 30 days, once; returns how many.

    The announcement is an event; whoever may still use it is written to because of it. What was granted for no longer
    than 30 days was announced by being granted.
    """
    due = Allowance.objects.filter(
        SOME_LEFT, told_on=None, valid_from__lte=on - AHEAD, valid_to__gt=on, valid_to__lte=on + AHEAD
    )
    rows = list(due.select_related("organisation").select_for_update(of=("self",), skip_locked=True).order_by("pk"))
    Allowance.objects.filter(pk__in=[row.pk for row in rows]).update(told_on=on)
    if rows:
        events.record_many(facts=[_fact(row) for row in rows], actor=actor)
    return len(rows)


def _fact(row: Allowance) -> dict[str, object]:
    return {
        "kind": "allowance.lapses_soon",
        "subject_kind": "allowance",
        "subject": str(row.pk),
        "organisation_ids": [row.organisation_id],
        "payload": {"unit": row.unit, "left": row.left, "to": row.valid_to.isoformat()},
    }


def carry_into_next(*, on: date, actor: Actor) -> int:
    """Carries what is left, at most what was agreed, into the allowance of the same unit that begins as one ends.

    Lapsed or not; returns how many allowances. Twice is once; what was granted later than 60 days after is left alone.
    """
    some = SOME_LEFT | Q(expired__gt=0)
    ended = Allowance.objects.filter(
        some, carry_most__gt=0, carried_into=None, valid_to__lte=on, valid_to__gt=on - LATE
    )
    carried = 0
    for row in ended.order_by("pk"):
        same = Allowance.objects.filter(organisation=row.organisation_id, unit=row.unit, valid_from=row.valid_to)
        into = same.exclude(pk=row.pk).filter(valid_to__gt=on).order_by("pk").first()
        carried += bool(into and carry_over(allowance=row, into=into, on=on, actor=actor))
    return carried


def carried_today() -> int:
    return carry_into_next(on=timezone.localdate(), actor=platform("Included places carried over"))


def lapses_of_today() -> int:
    return announce_lapses(on=timezone.localdate(), actor=platform("Included places that lapse"))


every(3600, "subscriptions.carried_over", carried_today)
every(3600, "subscriptions.lapses", lapses_of_today)
