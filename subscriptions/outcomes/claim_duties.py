"""What claiming does by itself: late decisions are told to the partnership, items that fall due to their claimant."""

from django.utils import timezone

from marketplace.core.actors import platform
from marketplace.core.periodic import every
from subscriptions.outcomes.services.watching import escalate_due, remind_due

EVERY_SECONDS = 3600
ACTOR = platform("Outcome contracts")


def watch_claims() -> int:
    """Of the day in London."""
    on = timezone.localdate()
    return escalate_due(on=on, actor=ACTOR) + remind_due(on=on, actor=ACTOR)


every(EVERY_SECONDS, "subscriptions.watch_claims", watch_claims, until_idle=True)
