"""Naming who presents a course date. Their time is taken in the one calendar with it."""

from collections.abc import Collection, Sequence
from datetime import date

from django.db import transaction

from catalogue.models import CourseRun, CourseRunPresenter
from catalogue.services.presenter_slots import release_meetings, reserve_meetings
from catalogue.services.running import RunClosed
from marketplace.core import events
from marketplace.core.actors import Actor, Role
from marketplace.core.errors import DomainError, WrongInput
from marketplace.core.wording import london_day, long_date
from providers.models import Accreditation, Consultant
from providers.queries import standings_on

MOST_PRESENTERS = 8


class PresenterNotAccredited(DomainError):
    """Somebody whom the partnership accredits is not accredited on a day of the course."""

    code = "presenter_not_accredited"


@transaction.atomic
def name_presenters(*, run: CourseRun, consultants: Sequence[Consultant], on: date, actor: Actor) -> None:
    """These and no others present the date, at all of its meetings.

    Raises SlotTaken, naming whom and when, where somebody is taken then; RunClosed for a date that was cancelled or is
    over; PresenterNotAccredited where one who was accredited is not on a day of it. Nothing changes then; whoever was
    named before stays named, and what they delivered stays owed. Refuses more than eight, and somebody who works for their provider no longer by then.
    """
    actor.require(Role.ORGANISER, to="name who presents course dates")
    [run] = list(CourseRun.objects.select_for_update(of=("self",)).select_related("offer").filter(pk=run.pk))
    wanted = {one.pk: one for one in consultants}
    _check(run, wanted.values(), on)
    named = {one.consultant_id: one for one in run.presenters.select_related("consultant")}
    for gone in sorted(set(named) - set(wanted)):
        release_meetings(run, named[gone].consultant)
        named[gone].delete()
    _require_accredited(run, [wanted[pk] for pk in sorted(set(wanted) - set(named))])
    for new in sorted(set(wanted) - set(named)):
        CourseRunPresenter.objects.create(run=run, consultant=wanted[new])
        reserve_meetings(run, wanted[new])
    if set(named) == set(wanted):
        return
    events.record(
        kind="run.presenters_named",
        subject_kind="run",
        subject=run.code,
        organisation_ids=[],
        payload={"offer": run.offer.code, "presenters": sorted(one.code for one in wanted.values())},
        actor=actor,
    )


def _require_accredited(run: CourseRun, people: Sequence[Consultant]) -> None:
    """Those whom the partnership accredited must be so on each day of the course; others present as guests."""
    known = set(Accreditation.objects.filter(consultant__in=people).values_list("consultant_id", flat=True))
    asked = [one for one in people if one.pk in known]
    for day in sorted({london_day(one.starts_at) for one in run.meetings.all()}) if asked else ():
        standings = standings_on(asked, day)
        for one in asked:
            if not standings[one.pk].accredited:
                missing = list(standings[one.pk].missing)
                raise PresenterNotAccredited(
                    f"{one.name} cannot present on {long_date(day)}. {' '.join(missing)} Nobody was named. Choose"
                    " somebody else, or ask for what is missing first.",
                    day=day.isoformat(), consultant=one.code,
                )  # fmt: skip


def _check(run: CourseRun, people: Collection[Consultant], on: date) -> None:
    if run.state == CourseRun.State.CANCELLED:
        raise RunClosed(f"This date was cancelled on {long_date(run.cancelled_on or on)}. Add a new date instead.")
    if on > run.ends_on:
        raise RunClosed(f"This course ended on {long_date(run.ends_on)}, so who presented it stays as it is.")
    if len(people) > MOST_PRESENTERS:
        raise WrongInput(f"A course date has at most {MOST_PRESENTERS} presenters")
    for one in people:
        if one.joined_on > run.starts_on or (one.left_on is not None and one.left_on <= run.ends_on):
            raise WrongInput(f"{one.name} does not work for their provider on the days of this course")
