"""Evidence of waivers is kept for thirty days after the decision, then it goes by itself."""

from django.utils import timezone

from marketplace.core.actors import platform
from marketplace.core.periodic import every
from marketplace.trading.services import delete_evidence

EVERY_SECONDS = 3600


def delete_due() -> int:
    """Deletes the evidence whose time is over today."""
    return delete_evidence(on=timezone.localdate(), actor=platform("Evidence that was kept long enough"))


every(EVERY_SECONDS, "trading.delete_waiver_evidence", delete_due)
