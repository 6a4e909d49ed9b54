"""What trading does by itself."""

from django.utils import timezone

from marketplace.core.actors import platform
from marketplace.core.periodic import every
from marketplace.trading.services import expire_approvals

EVERY_SECONDS = 600


def expire_due() -> int:
    """Ends the approvals whose last day in London is over."""
    return expire_approvals(on=timezone.localdate(), actor=platform("Approvals that ran out"))


every(EVERY_SECONDS, "trading.expire_approvals", expire_due)
