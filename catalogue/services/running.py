"""The life of a course date: confirmed, changed, moved, cancelled. What follows for bookings is trading's to do."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from catalogue.models import CourseRun, Meeting, RunCost
from catalogue.services.presenter_slots import follow_meetings, free_presenters
from catalogue.services.run_texts import clean_joining, clean_venue, days_before
from catalogue.services.runs import MAX_CAPACITY, MeetingTimes, check_meetings
from marketplace.core import events
from marketplace.core.actors import Actor, Role
from marketplace.core.errors import DomainError, WrongInput
from marketplace.core.text import clean_line
from marketplace.core.wording import long_date

MOST_COSTS = 20


class RunClosed(DomainError):
    """The course date was cancelled or has begun, so it cannot change any more."""

    code = "run_closed"


class RunChanged(DomainError):
    """Somebody changed the course date after it was looked at; nothing was done."""

    code = "run_changed"


class RunConfirmed(DomainError):
    """The course date was confirmed already, or never depended on a minimum."""

    code = "run_confirmed"


class CapacityBelowTaken(DomainError):
    """More places are taken than there would be. ``taken`` says how many."""

    code = "capacity_below_taken"


@dataclass(frozen=True)
class Cost:
    """One thing that a course date costs us, in pence before VAT; ``by_day`` for each day on which it meets."""

    kind: RunCost.Kind
    pence: int
    description: str = ""
    by_day: bool = False


@transaction.atomic
def confirm_run(*, run: CourseRun, on: date, actor: Actor) -> CourseRun:
    """The course takes place, whatever its numbers: those who booked are told so.

    Refuses one that needs no confirming, was confirmed, cancelled, or has begun.
    """
    actor.require(Role.ORGANISER, to="confirm course dates")
    _check_changeable(run, on)
    tentative = CourseRun.objects.filter(
        pk=run.pk, state=CourseRun.State.OPEN, confirmed_on__isnull=True, min_numbers__gt=0
    )
    if tentative.update(confirmed_on=on) != 1:
        raise RunConfirmed(f"{run.offer.title} on {long_date(run.starts_on)} is certain already. Nothing was done.")
    run.refresh_from_db()
    _record("run.confirmed", run, actor, taken=run.taken, minimum=run.min_numbers)
    return run


@transaction.atomic
def change_places(
    *,
    run: CourseRun,
    capacity: int,
    min_numbers: int | None,
    decide_by: date | None,
    confirms_itself: bool,
    on: date,
    actor: Actor,
) -> CourseRun:
    """How many places there are, and how many must be taken, by when, for it to take place.

    ``confirms_itself``: the booking that reaches the minimum confirms it. Raises CapacityBelowTaken where more are taken.
    """
    actor.require(Role.ORGANISER, to="change course dates")
    _check_changeable(run, on)
    if not 1 <= capacity <= MAX_CAPACITY:
        raise WrongInput(f"Places must be a whole number from 1 to {MAX_CAPACITY:,}")
    if min_numbers is not None and not 1 <= min_numbers <= capacity:
        raise WrongInput(f"The minimum number must be from 1 to the {capacity} places")
    if decide_by is not None and decide_by > run.starts_on:
        raise WrongInput("The day of decision must not be after the first day of the course")
    values = {"capacity": capacity, "min_numbers": min_numbers, "decide_by": decide_by}
    before = {name: _told(getattr(run, name)) for name in values}
    room = CourseRun.objects.filter(pk=run.pk, state=CourseRun.State.OPEN, taken__lte=capacity)
    if room.update(**values, confirms_itself=confirms_itself and min_numbers is not None) != 1:
        run.refresh_from_db()
        raise CapacityBelowTaken(
            f"{run.taken} places are taken, so there cannot be {capacity}. Enter {run.taken} or more.", taken=run.taken
        )
    run.refresh_from_db()
    _record("run.places_changed", run, actor, before=before, after={n: _told(v) for n, v in values.items()})
    return run


@transaction.atomic
def set_joining(
    *, run: CourseRun, joining: str, joining_link: str, joining_days: Sequence[int], on: date, actor: Actor
) -> CourseRun:
    """What those with a place must know, the link of an online course, and how many days before they are sent it.

    The text stays out of the event: it is for those who come.
    """
    actor.require(Role.ORGANISER, to="write joining instructions")
    _check_changeable(run, on, until_end=True)
    run.joining, run.joining_link = clean_joining(joining), joining_link.strip()
    run.joining_days = days_before(joining_days)
    run.clean_fields(exclude=[name for name in _field_names() if name not in ("joining", "joining_link")])
    run.save(update_fields=["joining", "joining_link", "joining_days"])
    _record("run.joining_changed", run, actor, days=list(run.joining_days), link=bool(run.joining_link))
    return run


@transaction.atomic
def set_costs(*, run: CourseRun, costs: Sequence[Cost], actor: Actor) -> None:
    """What the date costs us, in place of what was entered before; it decides from how many places on it pays."""
    actor.require(Role.ORGANISER, to="enter what course dates cost")
    if len(costs) > MOST_COSTS:
        raise WrongInput(f"A course date has at most {MOST_COSTS} costs")
    if any(cost.pence <= 0 for cost in costs):
        raise WrongInput("A cost must be more than £0.00")
    list(CourseRun.objects.select_for_update().filter(pk=run.pk))
    before = _sum_of(list(run.costs.all()))
    run.costs.all().delete()
    made = RunCost.objects.bulk_create(
        [
            RunCost(
                run=run,
                kind=cost.kind,
                pence=cost.pence,
                by_day=cost.by_day,
                description=clean_line(cost.description, what="Description", limit=120, required=False),
            )
            for cost in costs
        ]
    )
    _record("run.costs_changed", run, actor, before={"pence": before}, after={"pence": _sum_of(made)})


def first_day_elsewhere(meetings: Sequence[MeetingTimes], on: date) -> date:
    """The first day of meetings to which a date may be moved: they follow each other, and begin after ``on``."""
    check_meetings(meetings)
    first = timezone.localdate(meetings[0].starts_at)
    if first <= on:
        raise WrongInput(f"The first day must be in the future, and {first:%-d %B %Y} is not. Choose a later day.")
    return first


@transaction.atomic
def put_elsewhere(
    *,
    run: CourseRun,
    sequence: int,
    meetings: Sequence[MeetingTimes],
    venue: str,
    mode: CourseRun.Mode,
    free_cancelling_until: date,
    on: date,
    actor: Actor,
) -> CourseRun:
    """Other times, another venue, another mode, as the part of moving a date that is the catalogue's own.

    Calendar entries get the next ``sequence``. Raises RunChanged unless the date still has the ``sequence`` that was
    looked at, RunClosed for one that was cancelled or has begun, SlotTaken where somebody who presents it is taken then;
    refuses a first day that is not after ``on``.
    """
    actor.require(Role.ORGANISER, to="move course dates")
    _check_changeable(run, on)
    first = first_day_elsewhere(meetings, on)
    before = facts_of(run)
    values: dict[str, Any] = {
        "starts_at": meetings[0].starts_at,
        "ends_at": meetings[-1].ends_at,
        "venue": clean_venue(venue),
        "mode": mode,
        "free_cancelling_until": free_cancelling_until,
        "decide_by": min(run.decide_by, first) if run.decide_by else None,
        "sequence": F("sequence") + 1,
    }
    same = CourseRun.objects.filter(pk=run.pk, state=CourseRun.State.OPEN, sequence=sequence)
    if same.update(**values) != 1:
        raise RunChanged("Somebody moved or cancelled this date after you looked. Nothing was done. Look again.")
    _rewrite_meetings(run, meetings)
    run = CourseRun.objects.select_related("offer").get(pk=run.pk)  # the caller's stays as it was looked at
    follow_meetings(run)
    _record("run.moved", run, actor, sequence=run.sequence, before=before, after=facts_of(run))
    return run


@transaction.atomic
def close_run(*, run: CourseRun, sequence: int, on: date, actor: Actor) -> CourseRun:
    """Takes a date out of sale for ever, as the part of cancelling it that is the catalogue's own; nothing is booked from
    here on. Raises RunChanged and RunClosed as ``put_elsewhere`` does."""
    actor.require(Role.ORGANISER, to="cancel course dates")
    _check_changeable(run, on)
    same = CourseRun.objects.filter(pk=run.pk, state=CourseRun.State.OPEN, sequence=sequence)
    if same.update(state=CourseRun.State.CANCELLED, cancelled_on=on, sequence=F("sequence") + 1) != 1:
        raise RunChanged("Somebody moved or cancelled this date after you looked. Nothing was done. Look again.")
    free_presenters(run)
    return CourseRun.objects.select_related("offer").get(pk=run.pk)  # the caller's stays as it was looked at


def facts_of(run: CourseRun) -> dict[str, Any]:
    """Where and when, as events tell it."""
    return {
        "starts": run.starts_at.isoformat(),
        "ends": run.ends_at.isoformat(),
        "venue": run.venue,
        "mode": str(run.mode),
    }


def _rewrite_meetings(run: CourseRun, meetings: Sequence[MeetingTimes]) -> None:
    """The meetings in their order; those that there were keep their rows, so that what refers to them stays."""
    Meeting.objects.filter(run=run, position__gt=len(meetings)).delete()
    for index, one in enumerate(meetings, start=1):
        values = {"starts_at": one.starts_at, "ends_at": one.ends_at, "venue": clean_venue(one.venue)}
        Meeting.objects.update_or_create(run=run, position=index, defaults=values)


def _check_changeable(run: CourseRun, on: date, *, until_end: bool = False) -> None:
    if run.state == CourseRun.State.CANCELLED:
        raise RunClosed(f"This date was cancelled on {long_date(run.cancelled_on or on)}. Add a new date instead.")
    last = run.ends_on if until_end else run.starts_on
    if on > last:
        raise RunClosed(f"This course was on {long_date(last)}, so its date cannot change any more.")


def _field_names() -> list[str]:
    return [field.name for field in CourseRun._meta.fields]


def _sum_of(costs: Sequence[RunCost]) -> int:
    return sum(cost.pence for cost in costs)


def _told(value: object) -> object:
    return value.isoformat() if isinstance(value, date) else value


def _record(kind: str, run: CourseRun, actor: Actor, **payload: object) -> None:
    events.record(
        kind=kind,
        subject_kind="run",
        subject=run.code,
        organisation_ids=[],
        payload={"offer": run.offer.code, **payload},
        actor=actor,
    )
