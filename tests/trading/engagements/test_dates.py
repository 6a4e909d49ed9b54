from datetime import date, timedelta
from decimal import Decimal

import pytest

from invoicing.payables.models import Payable
from invoicing.receivables.models import Charge
from marketplace.core.actors import Role
from marketplace.core.errors import NotFound, WrongInput
from marketplace.organisations.services.registry import add_organisation
from marketplace.trading.engagements.models import Engagement, EngagementDate
from marketplace.trading.engagements.queries import dates_for, engagements_for, releases_for
from marketplace.trading.engagements.services.cancelling import consequence_of
from marketplace.trading.engagements.services.dates import (
    BookingClosed,
    DateClosed,
    ReleaseDecided,
    add_date,
    cancel_booking,
    cancel_date,
    move_date,
    release_leader,
)
from marketplace.trading.engagements.services.planning import NotAccredited, TooManyDates
from providers.models import Slot
from providers.services import SlotTaken
from tests.shop import START, person
from tests.trading.engagements.world import DAY, ON, book, consultant_of, on_day, rate_of

pytestmark = pytest.mark.django_db
# The visit is on Wednesday 4 November 2026: free until 20 October, half until 30 October, then the whole price.
FREE, HALF, WHOLE = date(2026, 10, 20), date(2026, 10, 30), date(2026, 11, 3)


@pytest.fixture
def booked(school, nadia, sam):
    return book(school, nadia, sam, on_day())


@pytest.mark.parametrize(
    ("on", "school_pence", "provider_pence"), [(FREE, 0, 0), (HALF, 22_500, 19_125), (WHOLE, 45_000, 38_250)]
)
def test_cancelling_costs_what_was_shown_and_pays_the_consultant_too(booked, sam, on, school_pence, provider_pence):
    planned = booked.dates.get()
    shown = consequence_of(planned=planned, on=on)
    done = cancel_date(date=planned, on=on, reason="The hall is closed", by_school=True, actor=sam)
    assert done == shown and (done.school.pence, done.provider.pence) == (school_pence, provider_pence)
    charged = Charge.objects.filter(source_key=f"engagement:{booked.number}:cancelled:1")
    assert [one.net_pence for one in charged] == ([school_pence] if school_pence else [])
    assert [one.net_pence for one in Payable.objects.all()] == ([provider_pence] if provider_pence else [])
    assert not Slot.objects.exists() and consequence_of(planned=planned, on=on).free_until == FREE
    with pytest.raises(DateClosed, match="is cancelled already"):
        cancel_date(date=planned, on=on, reason="Again", by_school=True, actor=sam)
    assert Charge.objects.count() == bool(school_pence)


def test_a_consultant_who_cannot_come_costs_nobody_anything(booked, lena, sam):
    planned = booked.dates.get()
    with pytest.raises(WrongInput, match="Only the consultant's side"):
        cancel_date(date=planned, on=WHOLE, reason="Ill", by_school=False, actor=sam)
    with pytest.raises(WrongInput, match="Only the school"):
        cancel_date(date=planned, on=WHOLE, reason="Ill", by_school=True, actor=lena)
    cancel_date(date=planned, on=WHOLE, reason="Ill", by_school=False, actor=lena)
    assert not Charge.objects.exists() and not Payable.objects.exists() and not Slot.objects.exists()


def test_more_dates_until_the_booking_is_used(booked, sam, nadia):
    add_date(engagement=booked, new=on_day(DAY + timedelta(days=1)), on=ON, actor=sam)
    with pytest.raises(TooManyDates, match="½ day"):
        add_date(engagement=booked, new=on_day(DAY + timedelta(days=2)), on=ON, actor=sam)
    with pytest.raises(SlotTaken):
        add_date(engagement=booked, new=on_day(quantity="0.5"), on=ON, actor=sam)
    with pytest.raises(WrongInput, match="is over"):
        add_date(engagement=booked, new=on_day(DAY, quantity="0.5"), on=DAY + timedelta(days=1), actor=sam)
    cancel_date(date=booked.dates.get(ordinal=1), on=ON, reason="Another week", by_school=True, actor=sam)
    made = add_date(engagement=booked, new=on_day(quantity="1.5"), on=ON, actor=sam)
    assert made.ordinal == 3


def test_a_date_moves_to_an_accredited_free_day_and_never_round_the_terms(booked, sam, lena):
    planned, there = booked.dates.get(), on_day(DAY + timedelta(days=7))
    moved = move_date(planned=planned, starts_at=there.starts_at, ends_at=there.ends_at, on=ON, actor=sam)
    assert moved.accredited_for == DAY + timedelta(days=7)
    assert Slot.objects.get().during.lower == there.starts_at
    late = on_day(date(2029, 1, 9))
    with pytest.raises(NotAccredited):
        move_date(planned=planned, starts_at=late.starts_at, ends_at=late.ends_at, on=ON, actor=sam)
    near, back = date(2026, 11, 9), on_day(date(2026, 12, 2))
    with pytest.raises(DateClosed, match="too near to be moved free of charge"):
        move_date(planned=planned, starts_at=back.starts_at, ends_at=back.ends_at, on=near, actor=sam)
    assert move_date(planned=planned, starts_at=back.starts_at, ends_at=back.ends_at, on=near, actor=lena)


@pytest.mark.parametrize("state", ["written_up", "queried", "agreed"])
def test_what_was_written_up_is_neither_moved_nor_cancelled(booked, sam, state):
    for step in {
        "written_up": ["written_up"],
        "queried": ["written_up", "queried"],
        "agreed": ["written_up", "agreed"],
    }[state]:
        EngagementDate.objects.update(state=step, reason="One hour short" if step == "queried" else "")
    planned, there = booked.dates.get(), on_day(DAY + timedelta(days=7))
    with pytest.raises(DateClosed):
        cancel_date(date=planned, on=ON, reason="No", by_school=True, actor=sam)
    with pytest.raises(DateClosed):
        move_date(planned=planned, starts_at=there.starts_at, ends_at=there.ends_at, on=ON, actor=sam)
    assert Slot.objects.get().during.lower == planned.starts_at


def test_cancelling_a_booking_cancels_each_date_under_its_terms(booked, sam):
    add_date(engagement=booked, new=on_day(date(2026, 12, 9)), on=ON, actor=sam)
    results = cancel_booking(engagement=booked, on=HALF, reason="The plan changed", by_school=True, actor=sam)
    assert [one.school.pence for one in results] == [22_500, 0]
    booked.refresh_from_db()
    assert (booked.state, booked.reason) == (Engagement.State.CANCELLED, "The plan changed")
    with pytest.raises(BookingClosed):
        cancel_booking(engagement=booked, on=HALF, reason="Again", by_school=True, actor=sam)
    with pytest.raises(BookingClosed):
        add_date(engagement=booked, new=on_day(DAY + timedelta(days=7)), on=ON, actor=sam)


@pytest.fixture
def leader(school, larkfield, actor):
    """A leader of another school, whose head is the only one to release her."""
    home = add_organisation(kind="other", name="Elm Park Nursery", valid_from=START, actor=actor)
    made = consultant_of(larkfield, actor, name="Ines Marlow", home_school=home)
    rate_of(made)
    return made, person(home, actor, name="Hugo Head", role=Role.APPROVER)


def test_the_head_of_a_leaders_own_school_releases_each_date_or_refuses(school, sam, leader, outsider):
    ines, hugo = leader
    made = book(school, ines, sam, on_day(), on_day(DAY + timedelta(days=1)))
    assert [one.release for one in releases_for(hugo)] == ["asked", "asked"] and not releases_for(sam)
    first, second = releases_for(hugo)
    with pytest.raises(NotFound):
        release_leader(date=first, released=True, reason="", on=ON, actor=outsider)
    release_leader(date=first, released=True, reason="", on=ON, actor=hugo)
    with pytest.raises(ReleaseDecided):
        release_leader(date=first, released=False, reason="No", on=ON, actor=hugo)
    release_leader(date=second, released=False, reason="We have visitors", on=ON, actor=hugo)
    second.refresh_from_db()
    assert (second.state, second.release, second.slot) == ("cancelled", "refused", None)
    assert Slot.objects.count() == 1 and not Charge.objects.exists()
    there = on_day(DAY + timedelta(days=2))
    move_date(planned=first, starts_at=there.starts_at, ends_at=there.ends_at, on=ON, actor=sam)
    assert made.dates.get(ordinal=1).release == "asked"  # another day is another question


def test_each_sees_their_own_bookings_only(booked, sam, lena, olga, outsider, hana):
    assert [engagements_for(one).count() for one in (sam, hana, lena, olga, outsider)] == [1, 1, 1, 1, 0]
    assert not dates_for(outsider).exists() and booked.quantity == Decimal("2.5")
    with pytest.raises(NotFound):
        cancel_date(date=booked.dates.get(), on=ON, reason="Mine", by_school=True, actor=outsider)
