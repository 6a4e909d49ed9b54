"""Announcing last days for notice: 60 and 14 days before, once each, while nobody has decided."""

from datetime import date, timedelta

from django.db import transaction

from marketplace.core.actors import Actor
from subscriptions.register.models import ContractReminder, OutsideContract
from subscriptions.register.services import record

DAYS_BEFORE = (14, 60)


@transaction.atomic
def announce_notices(*, on: date, actor: Actor) -> int:
    """Announces the notice dates that come near, each once for 60 and once for 14 days before. Returns how many.

    A contract entered late is announced once, by the nearer of the two. Whoever looks after it is written to because of
    the event. Any number of callers may run at once.
    """
    due = OutsideContract.objects.filter(
        ended_on__isnull=True, decision="", notice_by__gte=on, notice_by__lte=on + timedelta(days=max(DAYS_BEFORE))
    )
    told = 0
    for contract in due.select_for_update(of=("self",), skip_locked=True).order_by("pk"):
        if contract.notice_by is None:  # the query leaves them out
            continue
        left = (contract.notice_by - on).days
        step = min(days for days in DAYS_BEFORE if left <= days)
        _, made = ContractReminder.objects.get_or_create(
            contract=contract, notice_by=contract.notice_by, days_before=step, defaults={"reminded_on": on}
        )
        if made:
            payload = {"notice_by": str(contract.notice_by), "days_before": step, "days_left": left}
            record("outside_contract.notice_near", contract, actor, payload)
            told += 1
    return told
