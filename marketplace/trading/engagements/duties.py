"""Requests that nobody answered in time close by themselves."""

from django.utils import timezone

from marketplace.core.actors import platform
from marketplace.core.periodic import every
from marketplace.trading.engagements.services.asking import lapse_requests

EVERY_SECONDS = 3600


def lapse_due() -> int:
    """Closes what lapsed by today."""
    return lapse_requests(on=timezone.localdate(), actor=platform("Requests that ran out"))


every(EVERY_SECONDS, "trading.lapse_consultant_requests", lapse_due)
