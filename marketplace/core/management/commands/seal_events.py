from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from marketplace.core.actors import platform
from marketplace.core.anchoring import anchor_ended_days
from marketplace.core.sealing import seal_all


class Command(BaseCommand):
    help = "Seals the events that wait, and anchors each day that has ended. Prints the anchors: keep them elsewhere."

    def handle(self, *args: Any, **options: Any) -> None:
        seals = seal_all()
        if seals:
            events = sum(seal.count for seal in seals)
            self.stdout.write(f"Sealed {events:,} events up to seal {seals[-1].number}: {seals[-1].hash}")
        else:
            self.stdout.write("No event waits for a seal, or another sealer is at work.")
        for anchor in anchor_ended_days(today=timezone.localdate(), actor=platform("seal_events")):
            self.stdout.write(f"Anchor {anchor.day.isoformat()}={anchor.hash}")
