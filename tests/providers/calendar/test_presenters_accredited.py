"""Whoever presents a course date and is accredited by us is accredited on its days; those named before are shown."""

from datetime import date, timedelta

import pytest

from catalogue.presenter_queries import presenters_to_replace
from catalogue.services import name_presenters
from catalogue.services.presenting import PresenterNotAccredited
from providers.models import Slot
from providers.services import end_suspension, suspend
from tests.frontend.school.visits import signed_in, text_of
from tests.providers.making import accredited
from tests.providers.rates.world import ON, RateWorld, rate_world
from tests.shop import Shop

pytestmark = pytest.mark.django_db
DAY = date(2027, 3, 24)


@pytest.fixture
def world(partnership, actor) -> RateWorld:
    return rate_world(actor)


@pytest.fixture
def run(world, actor):
    shop = Shop(actor)
    return shop.run(shop.course(), day=DAY)


def _name(run, world, *consultants):
    name_presenters(run=run, consultants=consultants, on=ON, actor=world.organiser)


def test_one_whose_accreditation_ends_before_the_date_is_not_named(world, run):
    accredited(world.consultant, date(2025, 9, 1), DAY)  # the last day is the day before the course
    with pytest.raises(
        PresenterNotAccredited, match=r"Dana Whitlock cannot present on 24 March 2027\. Accreditation ended"
    ):
        _name(run, world, world.consultant)
    assert not run.presenters.exists() and not Slot.objects.exists()


def test_one_who_is_suspended_is_not_named_and_one_who_is_not_any_more_is(world, run):
    accredited(world.consultant)
    made = suspend(consultant=world.consultant, on=ON, reason="Something is looked at", actor=world.organiser)
    with pytest.raises(PresenterNotAccredited, match="Bookings are paused"):
        _name(run, world, world.consultant)
    end_suspension(suspension=made, on=ON + timedelta(days=1), actor=world.organiser)
    _name(run, world, world.consultant)
    assert run.presenters.count() == 1 and not presenters_to_replace(world.organiser, ON)


def test_a_guest_whom_nobody_accredited_presents(world, run):
    _name(run, world, world.consultant)
    assert run.presenters.count() == 1 and not presenters_to_replace(world.organiser, ON)


def test_whoever_is_suspended_afterwards_stays_named_and_is_shown_to_the_organiser_alone(
    world, run, django_assert_num_queries
):
    accredited(world.consultant)
    _name(run, world, world.consultant)
    suspend(consultant=world.consultant, on=ON, reason="Something is looked at", actor=world.organiser)
    with django_assert_num_queries(1):
        [found] = presenters_to_replace(world.organiser, ON)
    assert (found.run, found.consultant_name) == (run, "Dana Whitlock")
    assert not presenters_to_replace(world.staff, ON)
    assert not presenters_to_replace(world.organiser, DAY + timedelta(days=1)), "over"
    _name(run, world, world.consultant)  # nothing changes, so nothing is refused
    assert Slot.objects.count() == 1


def test_the_page_names_who_is_to_be_replaced(world, run):
    accredited(world.consultant)
    _name(run, world, world.consultant)
    desk = signed_in(world.organiser)
    assert "Everybody who presents a coming date is accredited" in text_of(desk.get("/organise/presenters"))
    suspend(consultant=world.consultant, on=ON, reason="Something is looked at", actor=world.organiser)
    page = text_of(desk.get("/organise/presenters"))
    assert "1 meeting" in page and "Dana Whitlock" in page and "Something is looked at" not in page
    assert "Not accredited then" in text_of(desk.get(f"/organise/dates/{run.code}/presenters"))
    assert signed_in(world.staff).get("/organise/presenters").status_code == 404
