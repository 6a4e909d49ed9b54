"""What licences do by themselves: their ends are announced, and those that were credited whole end."""

from django.utils import timezone

from marketplace.core.actors import platform
from marketplace.core.periodic import every
from marketplace.trading.services.licences import announce_ends, end_credited_licences

ACTOR = platform("licences")


def ends_of_today() -> int:
    return announce_ends(on=timezone.localdate(), actor=ACTOR)


def credited_today() -> int:
    return end_credited_licences(on=timezone.localdate(), actor=ACTOR)


every(3600, "trading.licences_ending", ends_of_today)
every(600, "trading.licences_credited", credited_today)
