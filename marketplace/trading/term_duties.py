"""What agreements of orders do by themselves: those that were credited whole end."""

from django.utils import timezone

from marketplace.core.actors import platform
from marketplace.core.periodic import every
from marketplace.trading.services.term_endings import end_credited_agreements

ACTOR = platform("agreements")


def credited_today() -> int:
    return end_credited_agreements(on=timezone.localdate(), actor=ACTOR)


every(600, "trading.agreements_credited", credited_today)
