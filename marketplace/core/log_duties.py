"""The log's recurring duties: sealing what waits, and anchoring each day that has ended."""

from django.utils import timezone

from marketplace.core import periodic
from marketplace.core.actors import platform
from marketplace.core.anchoring import anchor_ended_days
from marketplace.core.sealing import seal_turn


def anchor() -> int:
    """Anchors the days before today; returns how many anchors were made."""
    return len(anchor_ended_days(today=timezone.localdate(), actor=platform("anchoring")))


periodic.every(3, "core.sealing", seal_turn, until_idle=True)
periodic.every(600, "core.anchoring", anchor)
