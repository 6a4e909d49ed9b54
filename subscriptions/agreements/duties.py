"""What agreements do by themselves: periods whose day has come are charged, and what is over is ended."""

from django.utils import timezone

from marketplace.core.actors import platform
from marketplace.core.periodic import every
from subscriptions.agreements.services import charge_due, end_those_over

ACTOR = platform("Agreements")


def charge_today() -> int:
    return charge_due(on=timezone.localdate(), actor=ACTOR)


def end_today() -> int:
    return end_those_over(on=timezone.localdate(), actor=ACTOR)


every(600, "subscriptions.charge_due", charge_today, until_idle=True)
every(3600, "subscriptions.end_those_over", end_today)
