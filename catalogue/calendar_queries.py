"""The public calendar: meetings of course dates, by month and as a feed for other programs."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import TruncDate
from django.utils import timezone

from catalogue.models import CourseRun, ListedOffer, Meeting, TagSet
from catalogue.queries import published_offers

FEED_BEHIND, FEED_AHEAD = timedelta(days=31), timedelta(days=400)
MOST_IN_FEED = 1_500


@dataclass(frozen=True)
class CalendarChoice:
    """What the calendar is narrowed to; empty means not narrowed."""

    theme: str = ""
    phase: str = ""
    mode: str = ""


def meetings_in(first: date, end: date, choice: CalendarChoice) -> QuerySet[Meeting]:
    """Meetings of open dates of published courses over ``[first, end)`` in London, soonest first.

    Each carries ``run.offer`` and ``of_how_many`` meetings its date has.
    """
    return _together(_narrowed(_held(first, end), choice).filter(run__state=CourseRun.State.OPEN))


def count_by_day(first: date, end: date, choice: CalendarChoice) -> Mapping[date, int]:
    """How many such meetings each day has; a day without any is left out. One query."""
    found = _narrowed(_held(first, end), choice).filter(run__state=CourseRun.State.OPEN)
    by_day = found.annotate(day=TruncDate("starts_at", tzinfo=timezone.get_default_timezone()))
    return dict(by_day.order_by().values("day").annotate(count=Count("pk")).values_list("day", "count"))


def feed_meetings(on: date, choice: CalendarChoice) -> QuerySet[Meeting]:
    """What a feed tells: a month back and thirteen ahead, with dates that were cancelled, 1,500 meetings at most."""
    found = _narrowed(_held(on - FEED_BEHIND, on + FEED_AHEAD), choice)
    return _together(found)[:MOST_IN_FEED]


def themes_in_use() -> list[str]:
    """The themes of what is published, in order. One query."""
    used = TagSet.objects.filter(pk__in=ListedOffer.objects.values("themes"))
    return sorted({theme for tags in used.values_list("tags", flat=True) for theme in tags})


def _held(first: date, end: date) -> QuerySet[Meeting]:
    return Meeting.objects.filter(starts_at__gte=_midnight(first), starts_at__lt=_midnight(end))


def _narrowed(found: QuerySet[Meeting], choice: CalendarChoice) -> QuerySet[Meeting]:
    offers, wanted = published_offers(), Q()
    if choice.theme:
        offers = offers.filter(themes__contains=[choice.theme])
    if choice.phase:
        offers = offers.filter(phases__contains=[choice.phase])
    if choice.mode:
        wanted = Q(run__mode=choice.mode)
    return found.filter(wanted, run__offer__in=offers)


def _together(found: QuerySet[Meeting]) -> QuerySet[Meeting]:
    of_run = Meeting.objects.filter(run=OuterRef("run")).order_by().values("run")
    count = Subquery(of_run.annotate(count=Count("pk")).values("count"))
    return (
        found.select_related("run__offer__provider__organisation")
        .annotate(of_how_many=count)
        .order_by("starts_at", "pk")
    )


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))
