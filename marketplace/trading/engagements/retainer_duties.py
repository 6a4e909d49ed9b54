"""Periods of retainers begin and close by themselves."""

from django.utils import timezone

from marketplace.core.actors import platform
from marketplace.core.periodic import every
from marketplace.trading.engagements.services.retainer_periods import close_periods, open_periods

ACTOR = platform("Retainers")


def begun_today() -> int:
    """Begins what is due by today."""
    return open_periods(on=timezone.localdate(), actor=ACTOR)


def closed_today() -> int:
    """Closes what may not be taken any more."""
    return close_periods(on=timezone.localdate(), actor=ACTOR)


every(3600, "trading.retainers_begun", begun_today)
every(3600, "trading.retainers_closed", closed_today)
