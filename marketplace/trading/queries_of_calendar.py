"""What stands in a person's own calendar: meetings of dates on which places are booked for them or for their schools."""

from datetime import date, datetime, time, timedelta

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.utils import timezone

from catalogue.models import CourseRun, Meeting
from marketplace.core.actors import BUYING, Actor
from marketplace.trading.models import Booking

BEHIND, AHEAD = timedelta(days=60), timedelta(days=400)
MOST = 1_000


def own_meetings(actor: Actor, *, on: date) -> QuerySet[Meeting]:
    """Meetings from two months back to thirteen ahead, soonest first, each with ``places`` booked for the actor or the
    schools for which they buy, and ``of_how_many`` meetings its date has. Who comes is not told.

    A date that was cancelled stays, so that a calendar strikes it out; a place that was cancelled is gone.
    """
    own = Q(school_id__in=actor.organisations(*BUYING)) | Q(delegate_person_id=actor.person_id)
    if actor.person_id is None:
        own = Q(pk__in=[])
    gone = Q(state=Booking.State.CANCELLED, run__state=CourseRun.State.CANCELLED)
    mine = Booking.objects.filter(own).filter(Q(state=Booking.State.BOOKED) | gone).filter(run=OuterRef("run"))
    places = Subquery(mine.order_by().values("run").annotate(count=Count("pk")).values("count"))
    of_run = Meeting.objects.filter(run=OuterRef("run")).order_by().values("run")
    found = Meeting.objects.filter(starts_at__gte=_midnight(on - BEHIND), starts_at__lt=_midnight(on + AHEAD))
    return (
        found.select_related("run__offer")
        .annotate(places=places, of_how_many=Subquery(of_run.annotate(count=Count("pk")).values("count")))
        .filter(places__gt=0)
        .order_by("starts_at", "pk")[:MOST]
    )


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))
