"""What waits for an organiser: dates to decide, places to pass on, rooms and links missing, registers, needs."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import Count, F, Q, QuerySet
from django.utils import timezone

from catalogue.models import CourseRun
from frontend.formats import long_date, plural
from frontend.jinja import url
from marketplace.core.actors import Actor, Role
from marketplace.trading.models import Booking, WaitingEntry
from marketplace.trading.queries_of_days import open_registers

SOON = timedelta(days=14)
MOST = 20
Item = dict[str, Any]


def waits_for(actor: Actor, on: date) -> list[Item]:
    """What waits for an organiser on a day, as ``waits`` draws it; nothing for anybody else. Five queries, however much."""
    if actor.system or not actor.has(Role.ORGANISER):
        return []
    return [*_to_decide(on), *_to_pass_on(on), *_without_room(on), *_registers(), *_needs(on)]


def _coming(on: date) -> QuerySet[CourseRun]:
    """Dates that are still to come and were not cancelled, soonest first."""
    start = timezone.make_aware(datetime.combine(on, time.min))
    return (
        CourseRun.objects.filter(state=CourseRun.State.OPEN, starts_at__gte=start)
        .select_related("offer")
        .order_by("starts_at")
    )


def _soon(on: date) -> QuerySet[CourseRun]:
    end = timezone.make_aware(datetime.combine(on + SOON + timedelta(days=1), time.min))
    return _coming(on).filter(starts_at__lt=end)


def _named(run: CourseRun) -> str:
    return f"{run.offer.title} on {long_date(run.starts_at)}"


def _to_decide(on: date) -> Iterator[Item]:
    """Dates that are not certain, whose day of decision is near or over."""
    tentative = _coming(on).filter(min_numbers__gt=0, confirmed_on__isnull=True)
    for run in tentative.filter(Q(decide_by__lte=on + SOON) | Q(decide_by__isnull=True, taken__gte=F("min_numbers")))[
        :MOST
    ]:
        reached = run.taken >= (run.min_numbers or 0)
        verb = "Confirm" if reached else "Decide on"
        over = run.decide_by is not None and run.decide_by < on
        yield {
            "text": f"{verb} {_named(run)}: {run.taken} of at least {run.min_numbers}",
            "href": url("organise-date", code=run.code),
            "due": None if over else run.decide_by,
            "since": run.decide_by if over else None,
            "next": f"It was to be decided by {long_date(run.decide_by)}" if over and run.decide_by else "Confirm it, or cancel it with everything back",
        }  # fmt: skip


def _to_pass_on(on: date) -> Iterator[Item]:
    """Dates with a free place for which somebody waits."""
    queue = WaitingEntry.objects.filter(
        state=WaitingEntry.State.WAITING, run__in=_coming(on).filter(taken__lt=F("capacity"))
    )
    counted = dict(queue.order_by().values_list("run").annotate(Count("pk")))
    for run in CourseRun.objects.filter(pk__in=counted).select_related("offer").order_by("starts_at")[:MOST]:
        yield {
            "text": f"{plural(run.places_left, 'place is', 'places are')} free on {_named(run)}, and {plural(counted[run.pk], 'school waits', 'schools wait')}",
            "href": url("organise-date", code=run.code),
            "next": "Places are offered in the order of asking; those who want more together may have been passed over",
        }  # fmt: skip


def _without_room(on: date) -> Iterator[Item]:
    """Dates within two weeks without a room, or online without a link."""
    no_link = Q(mode__in=[CourseRun.Mode.ONLINE, CourseRun.Mode.HYBRID], joining_link="")
    no_room = Q(mode__in=[CourseRun.Mode.FACE_TO_FACE, CourseRun.Mode.HYBRID], venue="")
    for run in _soon(on).filter(no_link | no_room, taken__gt=0)[:MOST]:
        missing = "link to join" if run.joining_link == "" and run.mode != CourseRun.Mode.FACE_TO_FACE else "room"
        yield {
            "text": f"Enter the {missing} of {_named(run)}",
            "href": url("organise-date-joining" if missing == "link to join" else "organise-date-move", code=run.code),
            "due": run.starts_on,
        }


def _registers() -> Iterator[Item]:
    """Meetings that were held and whose register is open."""
    found = list(open_registers(timezone.now())[: MOST + 1])
    if found:
        oldest = found[0]
        yield {
            "text": f"Close the register of {plural(len(found), 'meeting')}",
            "href": url("organise-registers"),
            "next": f"The oldest is {_named(oldest.run)}",
        }


def _needs(on: date) -> Iterator[Item]:
    """How many people on dates within two weeks told us of a need; what it is stands behind a button that is logged."""
    booked = Booking.objects.filter(state=Booking.State.BOOKED, run__in=_soon(on)).exclude(needs="").order_by()
    counted = dict(booked.values_list("run").annotate(Count("pk")))
    for run in CourseRun.objects.filter(pk__in=counted).select_related("offer").order_by("starts_at")[:MOST]:
        yield {
            "text": f"{plural(counted[run.pk], 'person has', 'people have')} needs on {_named(run)}",
            "href": url("organise-date-needs", code=run.code),
            "due": None,
            "next": "Opening them is recorded",
        }
