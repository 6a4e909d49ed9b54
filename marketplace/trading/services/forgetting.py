"""What people need is kept until 30 days after their course and then erased."""

from datetime import date, datetime, time, timedelta

from django.db import transaction
from django.utils import timezone

from catalogue.models import CourseRun
from marketplace.core import events
from marketplace.core.actors import Actor
from marketplace.trading.models import Booking

KEPT = timedelta(days=30)


def erase_needs(*, on: date, actor: Actor) -> int:
    """Erases the needs of everybody on courses that ended more than 30 days before a day, whatever became of their
    places; returns of how many. One transaction for each date; a second run finds nothing."""
    ended = timezone.make_aware(datetime.combine(on - KEPT, time.min))
    kept = Booking.objects.filter(run__ends_at__lt=ended).exclude(needs="").order_by().values("run").distinct()
    return sum(_erase(run, actor) for run in CourseRun.objects.filter(pk__in=kept).order_by("pk"))


@transaction.atomic
def _erase(run: CourseRun, actor: Actor) -> int:
    erased = Booking.objects.filter(run=run).exclude(needs="").update(needs="")
    if erased:
        events.record(
            kind="run.needs_erased", subject_kind="run", subject=run.code, organisation_ids=[],
            payload={"people": erased}, actor=actor,
        )  # fmt: skip
    return erased
