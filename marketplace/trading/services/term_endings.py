"""Agreements of orders that were credited whole end by themselves."""

from collections import defaultdict
from datetime import date, timedelta

from django.db import transaction

from invoicing.receivables.given_back import wholly_given_back
from marketplace.core.actors import Actor
from subscriptions.agreements.rules.forms import CreditRule
from subscriptions.models import Agreement, BillingPeriod
from subscriptions.services import end

_RUNNING = (Agreement.State.ACTIVE, Agreement.State.SUSPENDED)
REASON = "Everything of it was credited"


def end_credited_agreements(*, on: date, actor: Actor) -> int:
    """Ends the agreements made by orders of which everything that was charged was given back. Returns how many.

    They end on the day, or where they would have begun later, on their first; nothing further is charged or comes back,
    and no notice is asked for. One of which a part was credited runs on. Twice is once.
    """
    charged = BillingPeriod.objects.filter(
        line__agreement__state__in=_RUNNING, line__agreement__source_key__startswith="order:"
    ).exclude(charge_key="")
    gone = wholly_given_back(charged.values("charge_key"))  # type: ignore[arg-type]
    if not gone:
        return 0
    found = charged.filter(charge_key__in=gone).values("line__agreement")
    keys: dict[int, set[str]] = defaultdict(set)
    for pk, key in charged.filter(line__agreement__in=found).values_list("line__agreement", "charge_key"):
        keys[pk].add(key)
    whole = sorted(pk for pk, own in keys.items() if own <= gone)
    return sum(_end(pk, on, actor) for pk in whole)


@transaction.atomic
def _end(agreement_id: int, on: date, actor: Actor) -> int:
    row = Agreement.objects.select_for_update().get(pk=agreement_id)
    day = max(on, row.term_from)
    if row.state not in _RUNNING or row.ended_on is not None or day >= row.runs_to:
        return 0
    in_time = day - timedelta(weeks=row.notice_weeks)
    end(agreement=row, on=day, given_on=min(on, in_time), credit=CreditRule.DAYS, reason=REASON, actor=actor)
    return 1
