"""Cancelling a place, sending someone else, and what people need. The course is on Wednesday 24 March 2027."""

from datetime import date
from decimal import Decimal

import pytest
from django.core.management import call_command

from catalogue.rules.facts import IncludedPlaces
from invoicing.documents.models import Document
from invoicing.receivables.models import Charge, Reduction
from invoicing.services import run_billing, write_off
from marketplace.core.actors import Role
from marketplace.core.errors import NotAllowed, NotFound, WrongInput
from marketplace.core.models import Event
from marketplace.trading.models import Booking
from marketplace.trading.services import (
    BookingClosed,
    cancel_booking,
    cancellation_result,
    change_delegate,
    read_needs,
    set_needs,
)
from tests.conftest import finance
from tests.shop import person
from tests.trading.conftest import ON

pytestmark = pytest.mark.django_db
LAST_FREE, FIRST_FULL = date(2027, 3, 17), date(2027, 3, 18)


@pytest.fixture
def order(shop, school, sam, course, buying):
    """Three places at £140.00."""
    return buying.order(sam, buying.add(sam, school, course, 3, run=shop.run(course), delegates=["Ann Lee"]))


@pytest.fixture
def bookings(order) -> list[Booking]:
    return list(order.lines.get().bookings.select_related("run", "order_line").all())


def taken(booking: Booking) -> int:
    booking.run.refresh_from_db()
    return booking.run.taken


def test_the_preview_and_the_cancelling_are_one_calculation(sam, bookings):
    before = cancellation_result(booking=bookings[0], on=LAST_FREE)
    assert before.sentence == "Cancel today: £140.00 back."
    assert [(step.first, step.last, step.back.pence, step.today) for step in before.steps] == [
        (None, LAST_FREE, 14000, True),
        (FIRST_FULL, None, 0, False),
    ]
    assert before.free_until == LAST_FREE
    assert cancel_booking(booking=bookings[0], on=LAST_FREE, actor=sam) == before


def test_before_invoicing_the_item_to_invoice_shrinks(sam, bookings, partnership):
    cancel_booking(booking=bookings[0], on=ON, actor=sam)
    charge = Charge.objects.get()
    assert (charge.due_pence, charge.state) == (28000, "pending")
    assert taken(bookings[0]) == 2
    cancel_booking(booking=bookings[1], on=ON, actor=sam)
    cancel_booking(booking=bookings[2], on=ON, actor=sam)
    assert Charge.objects.get().state == "cancelled"
    assert run_billing(on=ON, actor=finance(partnership)).numbers == []
    call_command("verify_ledger")


def test_after_invoicing_a_credit_note_is_issued_at_once(sam, bookings, partnership):
    run_billing(on=ON, actor=finance(partnership))
    cancel_booking(booking=bookings[0], on=LAST_FREE, actor=sam)
    note = Document.objects.get(kind=Document.Kind.CREDIT_NOTE)
    assert (note.net_pence, note.gross_pence, note.reason) == (14000, 14000, "Place cancelled on 17 March 2027")
    call_command("verify_ledger")


def test_too_late_the_price_stays_owed_and_the_seat_is_free(sam, bookings, partnership):
    run_billing(on=ON, actor=finance(partnership))
    result = cancel_booking(booking=bookings[0], on=FIRST_FULL, actor=sam)
    assert (result.back.pence, result.kept.pence) == (0, 14000)
    assert result.sentence == "Cancel today: nothing comes back."
    assert not Document.objects.filter(kind=Document.Kind.CREDIT_NOTE).exists()
    assert taken(bookings[0]) == 2


def test_a_place_is_cancelled_once(sam, bookings):
    cancel_booking(booking=bookings[0], on=ON, actor=sam)
    with pytest.raises(BookingClosed, match="cancelled on 1 September 2026 already"):
        cancel_booking(booking=bookings[0], on=ON, actor=sam)
    assert Charge.objects.get().reduced_pence == 14000
    assert taken(bookings[0]) == 2


def test_a_course_that_has_been_does_not_change(sam, bookings):
    for act in (
        lambda: cancel_booking(booking=bookings[0], on=date(2027, 3, 25), actor=sam),
        lambda: change_delegate(booking=bookings[0], name="Cy Day", on=date(2027, 3, 25), actor=sam),
    ):
        with pytest.raises(BookingClosed, match="was on 24 March 2027"):
            act()
    assert bookings[0].order_line.bookings.filter(state="booked").count() == 3


def test_the_policy_of_the_day_of_the_order_holds(shop, course, sam, bookings):
    course.cancellation = {"free_until": {"count": 100, "days": "calendar"}, "then_percent": "100"}
    course.save(update_fields=["cancellation"])
    assert cancel_booking(booking=bookings[0], on=LAST_FREE, actor=sam).back.pence == 14000


def test_part_of_the_price_may_stay_owed(shop, school, sam, buying, partnership):
    policy = {
        "free_until": {"count": 28, "days": "calendar"},
        "steps": [{"until": {"count": 14, "days": "calendar"}, "percent": "50"}],
        "then_percent": "100",
    }
    offer = shop.course("phonics", title="Phonics", member="33.33", cancellation=policy, vat_category="S")
    order = buying.order(sam, buying.add(sam, school, offer, 1, run=shop.run(offer)))
    run_billing(on=ON, actor=finance(partnership))
    [booking] = order.lines.get().bookings.select_related("run", "order_line")
    result = cancel_booking(booking=booking, on=date(2027, 3, 1), actor=sam)
    # 33.33 at 50% keeps 16.67 (16.665 half up) and gives back 16.66, with VAT 3.33.
    assert (result.kept.pence, result.back.pence, result.back_with_vat.gross.pence) == (1667, 1666, 1999)
    assert result.sentence == "Cancel today: £19.99 back, £16.67 before VAT stays owed."
    assert Document.objects.get(kind=Document.Kind.CREDIT_NOTE).gross_pence == 1999
    call_command("verify_ledger")


def test_a_price_that_does_not_divide_comes_back_to_the_penny(shop, school, sam, buying, partnership):
    offer = shop.course("phonics", title="Phonics")
    member = offer.prices.get(price_class=1)
    member.rule = {"flat": "100", "when": {"quantity": {"min": "3"}}}
    member.save()
    order = buying.order(sam, buying.add(sam, school, offer, 3, run=shop.run(offer)))
    found = list(order.lines.get().bookings.select_related("run", "order_line"))
    assert [booking.net_pence for booking in found] == [3334, 3333, 3333]
    for booking in found:
        cancel_booking(booking=booking, on=ON, actor=sam)
    assert Charge.objects.get().due_pence == 0


@pytest.mark.parametrize(("on", "returned"), [(LAST_FREE, True), (FIRST_FULL, False)])
def test_an_included_place_comes_back_only_in_time(shop, school, sam, course, buying, on, returned):
    basket = buying.add(sam, school, course, 1, run=shop.run(course))
    order = buying.order(sam, basket, included={school.pk: IncludedPlaces("Gold", 2, 6)})
    assert not Charge.objects.exists()
    [booking] = order.lines.get().bookings.select_related("run", "order_line")
    result = cancel_booking(booking=booking, on=on, actor=sam)
    assert result.place_returned is returned
    booking.refresh_from_db()
    assert (booking.included, booking.place_returned) == (True, returned)
    assert ("comes back" in result.sentence) is returned


def test_someone_else_comes_at_no_cost_and_the_needs_of_the_first_go(sam, bookings):
    first = bookings[0]
    set_needs(booking=first, needs="No nuts", on=ON, actor=sam)
    change_delegate(booking=first, name="Cy Day", on=date(2027, 3, 24), actor=sam)
    first.refresh_from_db()
    assert (first.delegate_name, first.needs, first.net_pence) == ("Cy Day", "", 14000)
    unnamed = bookings[1]
    set_needs(booking=unnamed, needs="Step-free", on=ON, actor=sam)
    change_delegate(booking=unnamed, name="Di Roe", on=ON, actor=sam)
    unnamed.refresh_from_db()
    assert unnamed.needs == "Step-free"
    with pytest.raises(WrongInput, match="Enter name"):
        change_delegate(booking=first, name=" ", on=ON, actor=sam)


def test_needs_are_for_organisers_and_each_sight_is_recorded(sam, bookings, partnership, actor):
    set_needs(booking=bookings[0], needs="No nuts", on=ON, actor=sam)
    organiser = person(partnership, actor, name="Ora Niser", role=Role.ORGANISER)
    with pytest.raises(NotAllowed):
        read_needs(booking=bookings[0], actor=sam)
    assert read_needs(booking=bookings[0], actor=organiser) == "No nuts"
    assert Event.objects.filter(kind="booking.needs_seen").count() == 1
    assert "nuts" not in str(list(Event.objects.values()))


def test_only_the_school_and_the_organisers_change_a_booking(bookings, outsider, partnership):
    readers = (finance(partnership), finance(partnership, Role.AUDITOR))
    for who, refusal in ((outsider, NotFound), (readers[0], NotAllowed), (readers[1], NotAllowed)):
        with pytest.raises(refusal):
            cancel_booking(booking=bookings[0], on=ON, actor=who)
        with pytest.raises(refusal):
            change_delegate(booking=bookings[0], name="Eve", on=ON, actor=who)
    assert taken(bookings[0]) == 3
    assert Decimal(Charge.objects.get().due_pence) == 42000


def test_a_place_on_an_invoice_that_was_given_up_is_cancelled_and_its_credit_waits_for_finance(
    sam, bookings, partnership, actor
):
    """Nothing was paid, so nothing is given back by itself; the school cancels all the same."""
    run_billing(on=ON, actor=finance(partnership))
    [invoice] = Document.objects.all()
    write_off(invoice=invoice, pence=invoice.gross_pence, reason="The school has closed", on=ON, actor=actor)
    cancel_booking(booking=bookings[0], on=LAST_FREE, actor=sam)
    bookings[0].refresh_from_db()
    assert bookings[0].state == Booking.State.CANCELLED
    assert Document.objects.filter(kind="credit_note").count() == 0
    assert Reduction.objects.get().state == Reduction.State.DUE
    call_command("verify_ledger")
