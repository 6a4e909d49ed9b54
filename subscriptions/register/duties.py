"""What the register does by itself: it announces the notice dates that come near."""

from django.utils import timezone

from marketplace.core.actors import platform
from marketplace.core.periodic import every
from subscriptions.register.reminding import announce_notices

EVERY_SECONDS = 3600


def announce_due() -> int:
    """Of the day in London."""
    return announce_notices(on=timezone.localdate(), actor=platform("Notice dates of contracts"))


every(EVERY_SECONDS, "subscriptions.announce_notices", announce_due)
