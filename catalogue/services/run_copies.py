"""The same course on another day."""

from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils import timezone

from catalogue.models import CourseRun, Offer, RunCost
from catalogue.services.running import Cost, set_costs
from catalogue.services.runs import MeetingTimes, add_run
from marketplace.core.actors import Actor, Role
from marketplace.core.errors import WrongInput


def copy_run(*, run: CourseRun, code: str, first_day: date, on: date, actor: Actor) -> CourseRun:
    """The same course again from another first day: its meetings as far apart and at the same times in London.

    Places, minimum, costs, joining text and venue are copied, the day of decision as many days before. Its link is not:
    a meeting online has one of its own. Refuses a first day that is not after ``on``.
    """
    actor.require(Role.ORGANISER, to="add course dates")
    if first_day <= on:
        raise WrongInput("The first day must be in the future")
    gap = first_day - run.starts_on
    with transaction.atomic():
        made = add_run(
            offer=run.offer,
            code=code,
            mode=CourseRun.Mode(run.mode),
            capacity=run.capacity,
            meetings=[
                MeetingTimes(shifted(one.starts_at, gap), shifted(one.ends_at, gap), one.venue)
                for one in run.meetings.order_by("position")
            ],
            venue=run.venue,
            min_numbers=run.min_numbers,
            decide_by=run.decide_by + gap if run.decide_by else None,
            joining=run.joining,
            actor=actor,
        )
        made.joining_days, made.confirms_itself = run.joining_days, run.confirms_itself
        made.save(update_fields=["joining_days", "confirms_itself"])
        costs = [Cost(RunCost.Kind(c.kind), c.pence, c.description, c.by_day) for c in run.costs.all()]
        if costs:
            set_costs(run=made, costs=costs, actor=actor)
    return made


def shifted(moment: datetime, gap: timedelta) -> datetime:
    """As many days later at the same time of the clock in London, summer time or not."""
    local = timezone.localtime(moment)
    return timezone.make_aware(local.replace(tzinfo=None) + gap)


def free_code(offer: Offer, day: date) -> str:
    """A code for a new date of an offer: its day, with a number where another date has that code."""
    stem = f"{offer.code[:40]}-{day:%Y%m%d}"
    taken = set(CourseRun.objects.filter(code__startswith=stem).values_list("code", flat=True))
    return next(code for n in range(1, len(taken) + 2) if (code := stem if n == 1 else f"{stem}-{n}") not in taken)
