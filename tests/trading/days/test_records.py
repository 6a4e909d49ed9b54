"""A person's own record: theirs, whatever their school; and the places given to whose address stands on them."""

from datetime import date

import pytest
from allauth.account.models import EmailAddress

from marketplace.core.actors import Actor, Role
from marketplace.core.errors import NotFound, WrongInput
from marketplace.trading.models import Booking, CpdEntry
from marketplace.trading.queries_of_days import (
    certificate_by_number,
    certificate_for,
    own_places,
    record_of,
    staff_hours,
)
from marketplace.trading.services import BookingClosed, add_cpd_entry, claim_places, remove_cpd_entry, set_own_needs
from tests.shop import person

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 2)


@pytest.fixture
def ann(school, actor) -> Actor:
    """Ann Lee, who teaches at Oakfield and buys nothing."""
    return person(school, actor, name="Ann Lee", role=Role.DELEGATE)


@pytest.fixture
def bo(oakfield, actor) -> Actor:
    """Bo Ray, who teaches elsewhere by now."""
    return person(oakfield, actor, name="Bo Ray", role=Role.DELEGATE)


def give(place: Booking, who: Actor) -> None:
    Booking.objects.filter(pk=place.pk).update(delegate_person_id=who.person_id)


def test_the_record_holds_what_was_attended_and_what_the_person_wrote(held, ann, bo):
    give(held.places[0], ann)
    give(held.places[3], bo)
    held.hold("here", "here", "here", "absent")
    add_cpd_entry(
        title="Read a book on phonics", held_on=date(2026, 10, 1), minutes=90, theme="Reading", on=TODAY, actor=ann
    )
    course, book = record_of(ann)
    assert (course.title, course.minutes, course.school) == (
        "Safeguarding for new leaders",
        450,
        held.places[0].school.name,
    )
    assert certificate_by_number(course.certificate).booking == held.places[0]
    assert (book.title, book.minutes, book.themes) == ("Read a book on phonics", 90, ["Reading"])
    assert record_of(bo) == []  # he had a place and did not come


def test_nobody_sees_or_changes_another_persons_record(held, ann, bo):
    give(held.places[0], ann)
    entry = add_cpd_entry(title="A visit", held_on=TODAY, minutes=60, on=TODAY, actor=ann)
    assert not own_places(bo).exists()
    with pytest.raises(NotFound):
        remove_cpd_entry(pk=entry.pk, actor=bo)
    with pytest.raises(NotFound):
        set_own_needs(booking_id=held.places[0].pk, needs="Vegan", on=TODAY, actor=bo)
    assert CpdEntry.objects.count() == 1
    remove_cpd_entry(pk=entry.pk, actor=ann)
    assert not CpdEntry.objects.exists()


def test_a_person_says_what_they_need_until_the_course_is_over(held, ann):
    give(held.places[0], ann)
    set_own_needs(booking_id=held.places[0].pk, needs="Step-free access", on=date(2026, 10, 7), actor=ann)
    assert Booking.objects.get(pk=held.places[0].pk).needs == "Step-free access"
    with pytest.raises(BookingClosed):
        set_own_needs(booking_id=held.places[0].pk, needs="", on=TODAY, actor=ann)


@pytest.mark.parametrize(
    "wrong", [{"minutes": 0}, {"minutes": 60_001}, {"held_on": date(2026, 11, 3)}, {"title": " "}], ids=str
)
def test_an_entry_must_make_sense(ann, wrong):
    given = {"title": "A visit", "held_on": TODAY, "minutes": 60} | wrong
    with pytest.raises(WrongInput):
        add_cpd_entry(on=TODAY, actor=ann, **given)
    assert not CpdEntry.objects.exists()


@pytest.mark.parametrize("verified", [True, False])
def test_only_a_confirmed_address_claims_places(held, ann, actor, verified):
    mine, other = held.places[:2]
    Booking.objects.filter(pk__in=[mine.pk, other.pk]).update(delegate_email="Ann.Lee@Oakfield.example")
    Booking.objects.filter(pk=other.pk).update(
        delegate_person_id=person(held.places[0].school, actor, name="Cy Day").person_id
    )
    EmailAddress.objects.create(user_id=ann.user_id, email="ann.lee@oakfield.example", verified=verified)
    assert claim_places(actor=actor) == int(verified)
    assert [place.pk for place in own_places(ann)] == ([mine.pk] if verified else [])
    assert claim_places(actor=actor) == 0


def test_a_certificate_is_for_its_person_its_school_and_organisers(held, ann, bo, sam, outsider, organiser):
    give(held.places[0], ann)
    held.hold("here", "here", "here", "here")
    number = held.places[0].certificate.number
    for who in (ann, sam, organiser):
        assert certificate_for(who, number).booking == held.places[0]
    for who in (bo, outsider):
        with pytest.raises(NotFound):
            certificate_for(who, number)
    assert certificate_by_number("CPD-0000-0000-0000") is None


def test_a_school_sees_the_hours_it_booked_and_nothing_else(held, ann, sam, outsider):
    give(held.places[0], ann)
    held.hold("here", "late", "absent", "absent")
    add_cpd_entry(title="Own reading", held_on=date(2026, 10, 1), minutes=600, on=TODAY, actor=ann)
    school = held.places[0].school
    rows = list(staff_hours(sam, school, date(2026, 9, 1), date(2027, 9, 1)))
    assert [(row["name"], row["courses"], row["lasted"].total_seconds() / 60) for row in rows] == [
        ("Ann Lee", 1, 450),
        ("Bo Ray", 1, 450),
    ]
    assert list(staff_hours(sam, school, date(2027, 9, 1), date(2028, 9, 1))) == []
    with pytest.raises(NotFound):
        staff_hours(outsider, school, date(2026, 9, 1), date(2027, 9, 1))
