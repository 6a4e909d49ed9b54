"""Moving a place to another date, several places at once, and who comes. Courses: 24 March and 12 May 2027, £140.00."""

from datetime import date
from typing import Any

import pytest
from django.core.management import call_command

from catalogue.models import CourseRun, Offer
from catalogue.rules.classes import PriceClass
from catalogue.services import PlacesGone, add_price, take_places
from invoicing.services import run_billing
from marketplace.core.actors import Actor
from marketplace.core.errors import NotAllowed, NotFound, WrongInput
from marketplace.core.models import Event
from marketplace.organisations.models import Organisation, Person
from marketplace.trading.models import Booking, Order
from marketplace.trading.services import (
    BasketNotReady,
    BookingClosed,
    Coming,
    MoveChanged,
    TotalChanged,
    cancel_booking,
    cancel_several,
    change_delegate,
    name_people,
    several_result,
    transfer_booking,
    transfer_result,
)
from marketplace.trading.services.transferring import dates_to_move_to
from tests.conftest import finance
from tests.shop import person
from tests.trading.conftest import ON

pytestmark = pytest.mark.django_db
LAST_FREE, FIRST_FULL = date(2027, 3, 17), date(2027, 3, 18)


@pytest.fixture
def march(shop: Any, course: Offer) -> CourseRun:
    return shop.run(course)


@pytest.fixture
def may(shop: Any, course: Offer) -> CourseRun:
    return shop.run(course, day=date(2027, 5, 12), places=3)


@pytest.fixture
def order(buying: Any, sam: Actor, school: Organisation, course: Offer, march: CourseRun) -> Order:
    """Three places; who comes to the first is known."""
    basket = buying.add(
        sam, school, course, 3, run=march, delegates=["Ann Lee"], emails=["ann@oakfield.example"], needs=["No nuts"]
    )
    return buying.order(sam, basket)


@pytest.fixture
def places(order: Order) -> list[Booking]:
    return list(order.lines.get().bookings.select_related("run", "order_line__order"))


def taken(run: CourseRun) -> int:
    run.refresh_from_db()
    return run.taken


def move(booking: Booking, run: CourseRun, actor: Actor, on: date = ON) -> Booking:
    seen = transfer_result(booking=booking, run=run, on=on, actor=actor)
    return transfer_booking(booking=booking, run=run, expected_pence=seen.difference_pence, on=on, actor=actor)


def test_a_place_moves_with_its_person_and_costs_nothing_in_time(places, may, march, sam):
    seen = transfer_result(booking=places[0], run=may, on=LAST_FREE, actor=sam)
    assert (seen.difference_pence, seen.problem) == (0, "")
    assert seen.sentence == "Move today: nothing more to pay, nothing comes back."
    assert (taken(march), taken(may)) == (3, 0)  # looking changes nothing
    moved = move(places[0], may, sam, LAST_FREE)
    places[0].refresh_from_db()
    assert (places[0].state, moved.run, moved.state, moved.moved_from) == ("cancelled", may, "booked", places[0])
    assert (moved.delegate_name, moved.delegate_email, moved.needs) == ("Ann Lee", "ann@oakfield.example", "No nuts")
    assert places[0].needs == ""
    assert (taken(march), taken(may)) == (2, 1)
    call_command("verify_ledger")


def test_after_invoicing_the_old_date_is_credited_and_the_new_one_charged(places, may, sam, partnership):
    officer = finance(partnership)
    run_billing(on=ON, actor=officer)
    moved = move(places[0], may, sam, LAST_FREE)
    assert moved.order_line.service_from == date(2027, 5, 12)
    assert Event.objects.filter(kind="credit_note.issued").count() == 1
    call_command("verify_ledger")


def test_too_late_the_old_place_stays_owed_and_the_page_says_so(places, may, sam):
    seen = transfer_result(booking=places[0], run=may, on=FIRST_FULL, actor=sam)
    assert seen.difference_pence == 14000
    assert seen.sentence == "Move today: £140.00 more to pay, since £140.00 before VAT of the old place stays owed."


def test_another_price_of_the_new_date_is_the_difference(places, may, sam, actor, course):
    add_price(
        offer=course, run=may, price_class=PriceClass.MEMBER, rule={"rate": "90", "per": "quantity"},
        valid_from=date(2020, 1, 1), actor=actor,
    )  # fmt: skip
    seen = transfer_result(booking=places[0], run=may, on=LAST_FREE, actor=sam)
    assert (seen.difference_pence, seen.sentence) == (-5000, "Move today: £50.00 comes back.")
    with pytest.raises(MoveChanged):
        transfer_booking(booking=places[0], run=may, expected_pence=0, on=LAST_FREE, actor=sam)


def test_a_full_date_leaves_everything_as_it_was(places, may, march, sam):
    take_places(source_key="others", run_id=may.pk, places=3)
    assert "No places are left" in transfer_result(booking=places[0], run=may, on=ON, actor=sam).problem
    with pytest.raises((BasketNotReady, PlacesGone)):
        transfer_booking(booking=places[0], run=may, expected_pence=0, on=ON, actor=sam)
    places[0].refresh_from_db()
    assert (places[0].state, taken(march), taken(may)) == ("booked", 3, 3)
    assert not Event.objects.filter(kind__in=["booking.cancelled", "booking.moved"]).exists()


def test_what_moves_and_where_to(places, may, sam, shop, outsider):
    other = shop.run(shop.course("phonics"))
    assert list(dates_to_move_to(booking=places[0], on=ON)) == [may]
    with pytest.raises(WrongInput):
        transfer_result(booking=places[0], run=other, on=ON, actor=sam)
    with pytest.raises(WrongInput):
        transfer_result(booking=places[0], run=places[0].run, on=ON, actor=sam)
    with pytest.raises(NotFound):
        transfer_result(booking=places[0], run=may, on=ON, actor=outsider)
    cancel_booking(booking=places[0], on=ON, actor=sam)
    with pytest.raises(BookingClosed):
        transfer_result(booking=places[0], run=may, on=ON, actor=sam)


def test_several_places_are_cancelled_with_one_total_or_none(places, march, order, sam):
    seen = several_result(bookings=places[:2], on=LAST_FREE)
    assert (seen.total_pence, seen.kept.pence) == (28000, 0)
    with pytest.raises(TotalChanged):
        cancel_several(order=order, bookings=places[:2], expected_pence=14000, on=LAST_FREE, actor=sam)
    assert taken(march) == 3
    cancel_several(order=order, bookings=places[:2], expected_pence=28000, on=LAST_FREE, actor=sam)
    assert taken(march) == 1
    with pytest.raises(BookingClosed):
        cancel_several(order=order, bookings=places[1:], expected_pence=14000, on=LAST_FREE, actor=sam)
    assert taken(march) == 1
    with pytest.raises(WrongInput):
        several_result(bookings=[], on=LAST_FREE)
    call_command("verify_ledger")


def test_places_of_another_order_are_not_touched(places, order, sam, buying, school, course, may):
    other = buying.order(sam, buying.add(sam, school, course, 1, run=may))
    with pytest.raises(NotFound):
        cancel_several(order=other, bookings=places[:1], expected_pence=14000, on=ON, actor=sam)
    with pytest.raises(NotFound):
        name_people(order=other, people={places[0].pk: Coming("Bo Ek")}, on=ON, actor=sam)


def test_who_comes_reaches_the_places_and_nothing_else(places, order):
    assert [(one.delegate_name, one.delegate_email, one.needs) for one in places] == [
        ("Ann Lee", "ann@oakfield.example", "No nuts"), ("", "", ""), ("", "", ""),
    ]  # fmt: skip
    told = [str(event.payload) for event in Event.objects.all()]
    assert not any(word in text for text in told for word in ("Ann Lee", "nuts", "oakfield.example"))


def test_everybody_is_named_at_once(places, order, sam):
    people = {places[1].pk: Coming("Bo Ek", "bo@oakfield.example", "Step-free"), places[2].pk: Coming("Cy Fox")}
    assert name_people(order=order, people=people, on=ON, actor=sam) == 2
    for booking in places:
        booking.refresh_from_db()
    assert [one.delegate_name for one in places] == ["Ann Lee", "Bo Ek", "Cy Fox"]
    assert (places[1].delegate_email, places[1].needs) == ("bo@oakfield.example", "Step-free")
    with pytest.raises(WrongInput, match="in the form name"):
        name_people(order=order, people={places[2].pk: Coming("Cy Fox", "nonsense")}, on=ON, actor=sam)


def test_somebody_else_takes_nothing_over_from_the_person_before(places, sam):
    changed = change_delegate(booking=places[0], name="Bo Ek", on=ON, actor=sam)
    assert (changed.delegate_name, changed.delegate_email, changed.needs) == ("Bo Ek", "", "")


def test_an_address_of_somebody_who_signs_in_there_makes_the_place_theirs(places, sam, school, actor, outsider):
    colleague = person(school, actor, name="Dee Gray")
    email = Person.objects.get(pk=colleague.person_id).email
    change_delegate(booking=places[0], name="Dee Gray", email=email.upper(), on=ON, actor=sam)
    elsewhere = Person.objects.get(pk=outsider.person_id).email
    change_delegate(booking=places[1], name="Olive Outsider", email=elsewhere, on=ON, actor=sam)
    for booking in places:
        booking.refresh_from_db()
    assert (places[0].delegate_person_id, places[1].delegate_person_id) == (colleague.person_id, None)


def test_more_addresses_than_places_are_refused(sam, school, course, march, buying):
    with pytest.raises(WrongInput, match="Add places"):
        buying.add(sam, school, course, 1, run=march, emails=["a@b.example", "c@d.example"])
    with pytest.raises(WrongInput, match="from 0 to 1"):
        buying.add(sam, school, course, 1, run=march, use_included=2)


def test_a_school_does_not_move_what_its_trust_ordered(places, may, sam, school, order, oakfield):
    Order.objects.filter(pk=order.pk).update(organisation=oakfield)
    with pytest.raises(NotAllowed, match="ordered this place"):
        transfer_result(booking=places[0], run=may, on=ON, actor=sam)
