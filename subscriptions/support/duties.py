"""What support does by itself: plans end with their term, what promises did not come to goes back."""

from django.utils import timezone

from marketplace.core.actors import platform
from marketplace.core.periodic import every
from subscriptions.support.services.matching import release_unused
from subscriptions.support.services.planning import end_plans_over


def ended_today() -> int:
    """Returns how many plans ended and promises were released."""
    on, actor = timezone.localdate(), platform("Support")
    return end_plans_over(on=on, actor=actor) + release_unused(on=on, actor=actor)


every(3600, "subscriptions.support", ended_today)
"""Once an hour is enough for what changes with the day."""
