"""Course dates."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import pairwise

from django.db import transaction
from django.utils import timezone

from catalogue.models import CourseRun, Meeting, Offer
from marketplace.core import events
from marketplace.core.actors import Actor, Role
from marketplace.core.errors import WrongInput
from marketplace.core.text import clean_line

MAX_CAPACITY = 10_000
MAX_MEETINGS = 40
JOINING_LIMIT = 2_000


@dataclass(frozen=True)
class MeetingTimes:
    """When one meeting is held, in moments that know their zone; ``venue`` where it is another than the run's."""

    starts_at: datetime
    ends_at: datetime
    venue: str = ""


@transaction.atomic
def add_run(
    *,
    offer: Offer,
    code: str,
    mode: CourseRun.Mode,
    capacity: int,
    actor: Actor,
    starts_at: datetime | None = None,
    ends_at: datetime | None = None,
    meetings: Sequence[MeetingTimes] = (),
    venue: str = "",
    min_numbers: int | None = None,
    decide_by: date | None = None,
    joining: str = "",
    joining_link: str = "",
) -> CourseRun:
    """A date of a course, with its places: from ``starts_at`` to ``ends_at``, or over several ``meetings`` in order.

    Times must know their zone. Refuses what is no course, a code in use, an end before the start, meetings that overlap,
    no places, a minimum above the places, and a day of decision after the first day.
    """
    actor.require(Role.ORGANISER, Role.ADMINISTRATOR, to="add course dates")
    if offer.kind != Offer.Kind.COURSE:
        raise WrongInput(f"{offer.title} is no course and has no course dates")
    if not meetings:
        if starts_at is None or ends_at is None:
            raise WrongInput("Enter when the course date starts and ends")
        meetings = [MeetingTimes(starts_at, ends_at)]
    check_meetings(meetings)
    if not 1 <= capacity <= MAX_CAPACITY:
        raise WrongInput(f"Places must be a whole number from 1 to {MAX_CAPACITY:,}")
    if min_numbers is not None and not 0 <= min_numbers <= capacity:
        raise WrongInput(f"The minimum number must be from 0 to the {capacity} places")
    if CourseRun.objects.filter(code=code).exists():
        raise WrongInput(f"The code {code} belongs to another course date. Choose another code.")
    run = CourseRun(
        offer=offer,
        code=code,
        mode=mode,
        venue=clean_line(venue, what="Venue", limit=120, required=False),
        starts_at=meetings[0].starts_at,
        ends_at=meetings[-1].ends_at,
        capacity=capacity,
        min_numbers=min_numbers,
        decide_by=decide_by,
        joining=joining.strip()[:JOINING_LIMIT],
        joining_link=joining_link.strip(),
    )
    if decide_by is not None and decide_by > run.starts_on:
        raise WrongInput("The day of decision must not be after the first day of the course")
    run.clean_fields()
    run.save()
    write_meetings(run, meetings)
    events.record(
        kind="run.added",
        subject_kind="run",
        subject=code,
        organisation_ids=[],
        payload={"offer": offer.code, "starts": run.starts_at.isoformat(), "capacity": capacity},
        actor=actor,
    )
    return run


def check_meetings(meetings: Sequence[MeetingTimes]) -> None:
    """Refuses times without a zone, an end before its start, meetings that overlap or stand out of order."""
    if not 1 <= len(meetings) <= MAX_MEETINGS:
        raise WrongInput(f"A course date has 1 to {MAX_MEETINGS} meetings")
    for meeting in meetings:
        if timezone.is_naive(meeting.starts_at) or timezone.is_naive(meeting.ends_at):
            raise WrongInput("The times of a course date must be given with their time zone")
        if meeting.ends_at <= meeting.starts_at:
            raise WrongInput("The end of a course date must be after its start")
    if any(later.starts_at < earlier.ends_at for earlier, later in pairwise(meetings)):
        raise WrongInput("The meetings of a course date must follow each other, without overlapping")


def write_meetings(run: CourseRun, meetings: Sequence[MeetingTimes]) -> None:
    """The meetings of a date that has none yet, numbered from 1."""
    Meeting.objects.bulk_create(
        [
            Meeting(run=run, position=index, starts_at=one.starts_at, ends_at=one.ends_at, venue=one.venue)
            for index, one in enumerate(meetings, start=1)
        ]
    )
