"""Course dates."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from catalogue.models import CourseRun, Offer
from marketplace.core import events
from marketplace.core.actors import Actor, Role
from marketplace.core.errors import WrongInput
from marketplace.core.text import clean_line

MAX_CAPACITY = 10_000


@transaction.atomic
def add_run(
    *,
    offer: Offer,
    code: str,
    mode: CourseRun.Mode,
    starts_at: datetime,
    ends_at: datetime,
    capacity: int,
    actor: Actor,
    venue: str = "",
    min_numbers: int | None = None,
) -> CourseRun:
    """A date of a course, with its places. Times must know their zone.

    Refuses services, a code in use, an end before the start, no places, and a minimum above the places.
    """
    actor.require(Role.ORGANISER, Role.ADMINISTRATOR, to="add course dates")
    if offer.kind != Offer.Kind.COURSE:
        raise WrongInput(f"{offer.title} is a service and has no course dates")
    if timezone.is_naive(starts_at) or timezone.is_naive(ends_at):
        raise WrongInput("The times of a course date must be given with their time zone")
    if ends_at <= starts_at:
        raise WrongInput("The end of a course date must be after its start")
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
        starts_at=starts_at,
        ends_at=ends_at,
        capacity=capacity,
        min_numbers=min_numbers,
    )
    run.clean_fields()
    run.save()
    events.record(
        kind="run.added",
        subject_kind="run",
        subject=code,
        organisation_ids=[],
        payload={"offer": offer.code, "starts": starts_at.isoformat(), "capacity": capacity},
        actor=actor,
    )
    return run
