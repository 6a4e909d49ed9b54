"""One calendar: absences, visits and course dates together, and presenters whose time follows the course date."""

from datetime import date, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction

from catalogue.models import CourseRun
from catalogue.services import MeetingTimes, RunClosed, name_presenters
from catalogue.services.running import close_run, put_elsewhere
from marketplace.core.actors import Role
from marketplace.core.errors import NotAllowed, NotFound, WrongInput
from marketplace.core.models import Event
from providers.models import Slot
from providers.queries import days_taken, own_slot, slots_of, slots_of_person
from providers.services import SlotTaken, add_absence, remove_absence, reserve_slot
from tests.providers.rates.world import ON, RateWorld, rate_world
from tests.shop import LONDON, Shop, person

pytestmark = pytest.mark.django_db
DAY = date(2027, 3, 24)


def at(hour: int, day: date = DAY) -> datetime:
    return datetime(day.year, day.month, day.day, hour, tzinfo=LONDON)


@pytest.fixture
def world(partnership, actor) -> RateWorld:
    return rate_world(actor)


@pytest.fixture
def run(world, actor) -> CourseRun:
    shop = Shop(actor)
    return shop.run(shop.course(), day=DAY)


def present(run: CourseRun, world: RateWorld, *consultants: object) -> None:
    name_presenters(run=run, consultants=consultants, on=ON, actor=world.organiser)  # type: ignore[arg-type]


def test_time_away_is_kept_free_and_given_back(world):
    away = add_absence(
        consultant=world.consultant,
        starts_at=at(0),
        ends_at=at(0) + timedelta(days=2),
        label="Dentist",
        actor=world.dana,
    )
    with pytest.raises(SlotTaken, match="Dana Whitlock is taken"):
        reserve_slot(
            source_key="visit:1",
            consultant=world.consultant,
            starts_at=at(9),
            ends_at=at(12),
            kind="visit",
            label="Oakfield",
        )
    assert days_taken([world.consultant], DAY, DAY + timedelta(days=7)) == {world.consultant.pk: 2}
    assert not Event.objects.filter(payload__icontains="Dentist").exists()
    remove_absence(slot=own_slot(world.staff, away.pk), actor=world.staff)
    assert not Slot.objects.exists()


def test_others_change_no_calendar_and_see_none(world, oakfield, actor):
    away = add_absence(consultant=world.consultant, starts_at=at(9), ends_at=at(10), actor=world.staff)
    stranger = rate_world(actor, name="Harbour Coaching", code="harbour").staff
    with pytest.raises(NotFound):
        own_slot(stranger, away.pk)
    with pytest.raises(NotAllowed):
        add_absence(consultant=world.consultant, starts_at=at(11), ends_at=at(12), actor=stranger)
    with pytest.raises(NotAllowed):
        remove_absence(slot=away, actor=world.organiser)
    assert Slot.objects.count() == 1


def test_a_booking_is_no_absence(world):
    visit = reserve_slot(
        source_key="visit:1",
        consultant=world.consultant,
        starts_at=at(9),
        ends_at=at(12),
        kind="visit",
        label="Oakfield",
    )
    with pytest.raises(WrongInput, match="Oakfield is a booking"):
        remove_absence(slot=visit, actor=world.dana)
    assert [one.label for one in slots_of_person(world.dana, on=ON)] == ["Oakfield"]
    assert Slot.objects.count() == 1


def test_a_presenter_is_taken_at_the_meeting_and_free_when_named_no_longer(world, run):
    present(run, world, world.consultant)
    [slot] = slots_of([world.consultant], DAY, DAY + timedelta(days=1))
    assert (slot.kind, slot.label, slot.during.lower) == (
        "course",
        "Safeguarding for new leaders",
        at(9) + timedelta(minutes=30),
    )
    present(run, world, world.consultant)  # the same again changes nothing
    assert Event.objects.filter(kind="run.presenters_named").count() == 1
    present(run, world)
    assert not Slot.objects.exists() and not run.presenters.exists()


def test_a_presenter_who_is_taken_is_named_and_nobody_is_reserved(world, run, actor):
    other = rate_world(actor, name="Harbour Coaching", code="harbour").consultant
    reserve_slot(
        source_key="visit:1", consultant=other, starts_at=at(12), ends_at=at(16), kind="visit", label="Oakfield"
    )
    with pytest.raises(SlotTaken, match="Dana Whitlock is taken on 24 March 2027, when Safeguarding"):
        present(run, world, world.consultant, other)
    assert Slot.objects.count() == 1 and not run.presenters.exists()


def test_who_does_not_organise_and_a_date_that_is_over_are_refused(world, run, actor):
    with pytest.raises(NotAllowed):
        name_presenters(run=run, consultants=[world.consultant], on=ON, actor=world.staff)
    with pytest.raises(RunClosed, match="ended on 24 March 2027"):
        name_presenters(run=run, consultants=[world.consultant], on=DAY + timedelta(days=1), actor=world.organiser)
    world.consultant.left_on = DAY
    with pytest.raises(WrongInput, match="does not work for their provider"):
        present(run, world, world.consultant)
    assert not Slot.objects.exists()


def moved(run: CourseRun, world: RateWorld, *times: tuple[datetime, datetime]) -> CourseRun:
    return put_elsewhere(
        run=run,
        sequence=run.sequence,
        meetings=[MeetingTimes(*one) for one in times],
        venue="Elsewhere",
        mode=CourseRun.Mode.FACE_TO_FACE,
        free_cancelling_until=DAY,
        on=ON,
        actor=world.organiser,
    )


def test_the_presenters_time_moves_with_the_date_even_into_its_own_old_hours(world, run):
    present(run, world, world.consultant)
    run = moved(run, world, (at(9), at(12)), (at(13), at(16)))
    hours = [(one.during.lower, one.during.upper) for one in slots_of([world.consultant], DAY, DAY + timedelta(days=1))]
    assert hours == [(at(9), at(12)), (at(13), at(16))]
    run = moved(run, world, (at(13), at(16)))
    assert [one.during.lower for one in Slot.objects.all()] == [at(13)]


def test_a_date_does_not_move_onto_what_its_presenter_does_already(world, run):
    present(run, world, world.consultant)
    later = DAY + timedelta(days=7)
    add_absence(consultant=world.consultant, starts_at=at(0, later), ends_at=at(23, later), actor=world.dana)
    with pytest.raises(SlotTaken, match="31 March 2027"), transaction.atomic():
        moved(run, world, (at(9, later), at(12, later)))
    run.refresh_from_db()
    assert (
        run.starts_on == DAY
        and Slot.objects.filter(kind="course", during__startswith=at(9) + timedelta(minutes=30)).exists()
    )


def test_cancelling_the_date_gives_the_time_back(world, run):
    present(run, world, world.consultant)
    close_run(run=run, sequence=run.sequence, on=ON, actor=world.organiser)
    assert not Slot.objects.exists()
    assert run.presenters.count() == 1  # who would have presented it stays on record


def test_the_database_itself_refuses_an_overlap_and_lets_one_follow_another(world):
    first = reserve_slot(
        source_key="visit:1",
        consultant=world.consultant,
        starts_at=at(9),
        ends_at=at(12),
        kind="visit",
        label="Oakfield",
    )
    Slot.objects.create(consultant=world.consultant, during=(at(12), at(13)), kind="visit", source_key="a", label="b")
    with pytest.raises(IntegrityError, match="slot_no_overlap"), transaction.atomic():
        Slot.objects.create(
            consultant=first.consultant, during=(at(11), at(14)), kind="visit", source_key="c", label="d"
        )


def test_a_consultant_of_another_provider_may_be_taken_at_the_same_time(world, actor):
    other = rate_world(actor, name="Harbour Coaching", code="harbour").consultant
    for number, one in enumerate((world.consultant, other)):
        reserve_slot(
            source_key=f"visit:{number}",
            consultant=one,
            starts_at=at(9),
            ends_at=at(12),
            kind="visit",
            label="Oakfield",
        )
    assert Slot.objects.count() == 2
    assert person(world.provider.organisation, actor, name="Someone", role=Role.CONSULTANT).person_id
