"""What contracts that pay on outcomes do by themselves at their end: over, they are ended, and what is left is settled."""

from django.utils import timezone

from marketplace.core.actors import platform
from marketplace.core.periodic import every
from subscriptions.outcomes.services.ending import end_contracts_over

ACTOR = platform("Outcome contracts")


def end_today() -> int:
    return end_contracts_over(on=timezone.localdate(), actor=ACTOR)


every(3600, "subscriptions.end_outcome_contracts", end_today)
