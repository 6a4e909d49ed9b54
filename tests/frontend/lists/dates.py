"""What makes the pages of the organiser's desk longer."""

import uuid
from datetime import timedelta

from django.utils import timezone

from catalogue.models import Meeting
from marketplace.trading.models import Booking, RunMessage
from tests.frontend.lists.world import World, copies


def _booked(world: World) -> Booking:
    def make() -> Booking:
        world.bookings(range(1))
        return Booking.objects.earliest("pk")

    return world.kept("a booking of the desk", make)


def coming_runs(world: World, numbers: range) -> None:
    """Dates that are coming, each with a place and a meeting."""
    first = _booked(world)
    begins = timezone.now() + timedelta(days=40)
    runs = copies(
        first.run, numbers, code=lambda n: f"coming-{n}", taken=lambda n: 1, starts_at=lambda n: begins,
        ends_at=lambda n: begins + timedelta(hours=3),
    )  # fmt: skip
    Meeting.objects.bulk_create(
        Meeting(run=run, position=1, starts_at=begins, ends_at=begins + timedelta(hours=3)) for run in runs
    )
    copies(first, numbers, run_id=lambda n: runs[n - numbers.start].pk, position=lambda n: n + 7_000)


def letters(world: World, numbers: range) -> None:
    """Messages to everybody on one date."""
    run = _booked(world).run
    RunMessage.objects.bulk_create(
        RunMessage(run=run, key=uuid.uuid4(), subject=f"Message number {n}", text="Hello", readers=2) for n in numbers
    )
