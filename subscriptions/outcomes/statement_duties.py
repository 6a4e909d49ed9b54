"""What statements do by themselves: what is paid is marked so, a retention whose day came gets its statement, and on the
first of a month the costs expected for the month before are accrued. Freezing is finance's own act.
"""

from datetime import date, timedelta

from django.utils import timezone

from marketplace.core.actors import platform
from marketplace.core.periodic import every
from subscriptions.outcomes.services.accruing import MonthIsClosed, accrue_expected
from subscriptions.outcomes.services.stating import mark_paid_due, release_due

ACTOR = platform("Outcome contracts")


def mark_paid_today() -> int:
    today = timezone.localdate()
    return release_due(on=today, actor=ACTOR) + mark_paid_due(on=today, actor=ACTOR)


def accrue_last_month(on: date | None = None) -> int:
    """On the first of a month only: later, finance says when."""
    today = on or timezone.localdate()
    if today.day != 1:
        return 0
    try:
        return accrue_expected(month_end=today - timedelta(days=1), on=today, actor=ACTOR)
    except MonthIsClosed:
        return 0


every(3600, "subscriptions.outcome_statements_paid", mark_paid_today)
every(3600, "subscriptions.outcome_costs_accrued", accrue_last_month)
