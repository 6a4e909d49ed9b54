"""Fees for places without a price, not attending, and places that we cancel. The course is on Wednesday 24 March 2027."""

from datetime import date

import pytest
from django.core.management import call_command

from catalogue.models import CourseRun
from catalogue.rules.facts import IncludedPlaces
from invoicing.documents.models import Document
from invoicing.receivables.models import Charge
from invoicing.services import run_billing
from marketplace.core.actors import Role
from marketplace.core.errors import NotAllowed
from marketplace.trading.models import Booking, BookingFee
from marketplace.trading.services import (
    BookingClosed,
    NotYetHeld,
    SubstitutionClosed,
    cancel_booking,
    cancel_for_school,
    cancellation_result,
    change_delegate,
    charge_not_attended,
    not_attended_fee,
    undo_not_attended,
)
from tests.catalogue.policies_of_the_field import POLICIES
from tests.conftest import finance
from tests.shop import EXEMPT_REASON, person
from tests.trading.conftest import ON

pytestmark = pytest.mark.django_db
EVENT, LAST_FREE, LATE, AFTER = date(2027, 3, 24), date(2027, 3, 17), date(2027, 3, 18), date(2027, 3, 25)
POLICY = POLICIES["four working days"]


@pytest.fixture
def ora(partnership, actor):
    """The course organiser."""
    return person(partnership, actor, name="Ora Niser", role=Role.ORGANISER)


@pytest.fixture
def book(shop, school, sam, buying):
    """``book(policy, places, included=n)``: the places of one line, the first ``included`` of them from a subscription."""

    def make(policy=POLICY, places=2, *, included=0, **values):
        offer = shop.course("leaders", cancellation=policy, **values)
        basket = buying.add(sam, school, offer, places, run=shop.run(offer), delegates=["Ann Lee"])
        order = buying.order(
            sam, basket, included={school.pk: IncludedPlaces("Gold", included, 6)} if included else None
        )
        return list(order.lines.get().bookings.select_related("run", "order_line"))

    return make


def test_an_included_place_cancelled_late_costs_the_fee_of_the_policy_and_stays_used(book, sam, partnership):
    place = book(included=2)[0]
    assert not Charge.objects.exists()
    seen = cancellation_result(booking=place, on=LATE)
    assert seen.sentence == "Cancel today: the included place stays used. £50.00 is invoiced."
    assert [(step.fee.pence, step.free) for step in seen.steps] == [(0, True), (5000, False)]
    assert cancel_booking(booking=place, on=LATE, actor=sam) == seen
    charge = Charge.objects.get()
    assert (charge.source_key, charge.net_pence) == (f"booking:{place.pk}:cancelled-fee", 5000)
    assert (charge.vat_category, charge.vat_reason, charge.cfr_code) == ("E", EXEMPT_REASON, "E09")
    assert charge.description.startswith("Place cancelled late: Safeguarding for new leaders")
    place.refresh_from_db()
    assert not place.place_returned
    run_billing(on=LATE, actor=finance(partnership))
    assert Document.objects.get().gross_pence == 5000
    call_command("verify_ledger")


def test_an_included_place_cancelled_in_time_costs_nothing(book, sam):
    place = book(included=2)[0]
    assert cancel_booking(booking=place, on=LAST_FREE, actor=sam).place_returned
    assert not Charge.objects.exists() and not BookingFee.objects.exists()


def test_a_free_place_costs_its_fee_with_the_vat_of_the_supply(book, sam, shop):
    [place] = book(POLICIES["by mode"], 1, member="0", vat_category="S", vat_reason="")
    assert place.net_pence == 0 and not place.included
    assert cancellation_result(booking=place, on=ON).sentence == "Cancel today: nothing is owed."
    result = cancel_booking(booking=place, on=LATE, actor=sam)
    assert (result.fee.pence, result.fee_with_vat.gross.pence) == (3000, 3600)
    assert result.sentence == "Cancel today: £36.00 is invoiced."
    assert Charge.objects.get().vat_category == "S"


def test_a_fixed_fee_stays_owed_of_a_price_and_the_rest_comes_back(book, sam):
    first, _ = book(POLICIES["by length"])
    result = cancel_booking(booking=first, on=LATE, actor=sam)
    assert (result.kept.pence, result.back.pence, result.fee.pence) == (7000, 7000, 0)
    assert Charge.objects.get().due_pence == 28000 - 7000


def test_online_has_its_own_days(shop, school, sam, buying):
    offer = shop.course("leaders", cancellation=POLICIES["by mode"])
    run = shop.run(offer, mode=CourseRun.Mode.ONLINE, venue="")
    order = buying.order(sam, buying.add(sam, school, offer, 1, run=run))
    [place] = order.lines.get().bookings.select_related("run", "order_line")
    assert cancellation_result(booking=place, on=ON).free_until == date(2027, 3, 15)


def test_a_date_that_was_moved_is_cancelled_free_for_a_while(book, sam):
    place = book()[0]
    CourseRun.objects.filter(pk=place.run_id).update(free_cancelling_until=date(2027, 3, 22))
    place.run.refresh_from_db()
    assert cancellation_result(booking=place, on=date(2027, 3, 22)).back.pence == 14000
    assert cancellation_result(booking=place, on=date(2027, 3, 23)).back.pence == 0


def test_not_attending_costs_the_fee_once_and_the_place_stays_booked(book, ora, sam):
    place = book(included=2)[0]
    assert not_attended_fee(booking=place).pence == 5000
    for _ in range(2):
        assert charge_not_attended(booking=place, on=AFTER, actor=ora).pence == 5000
    charge = Charge.objects.get()
    assert (charge.source_key, charge.net_pence) == (f"booking:{place.pk}:not-attended", 5000)
    place.refresh_from_db()
    assert (place.state, place.place_returned) == (Booking.State.BOOKED, False)
    with pytest.raises(NotAllowed):
        charge_not_attended(booking=place, on=AFTER, actor=sam)


def test_who_paid_a_price_and_does_not_come_has_paid(book, ora):
    place = book()[0]
    assert charge_not_attended(booking=place, on=AFTER, actor=ora).pence == 0
    assert Charge.objects.get().due_pence == 28000 and not BookingFee.objects.exists()


def test_nobody_is_absent_before_the_day_or_from_a_cancelled_place(book, ora, sam):
    first, second = book(included=2)
    cancel_booking(booking=second, on=LAST_FREE, actor=sam)
    for place, on in ((first, LAST_FREE), (second, AFTER)):
        with pytest.raises(NotYetHeld):
            charge_not_attended(booking=place, on=on, actor=ora)
    assert not Charge.objects.exists()


def test_a_corrected_register_takes_the_fee_back_and_may_charge_it_again(book, ora, partnership):
    place = book(included=2)[0]
    charge_not_attended(booking=place, on=AFTER, actor=ora)
    run_billing(on=AFTER, actor=finance(partnership))
    assert undo_not_attended(booking=place, on=AFTER, actor=ora).pence == 5000
    assert undo_not_attended(booking=place, on=AFTER, actor=ora).pence == 0
    assert Document.objects.get(kind="credit_note").gross_pence == 5000
    assert charge_not_attended(booking=place, on=AFTER, actor=ora).pence == 5000
    assert Charge.objects.get(state="pending").source_key == f"booking:{place.pk}:not-attended:2"
    assert undo_not_attended(booking=place, on=AFTER, actor=ora).pence == 5000
    assert Charge.objects.filter(state="pending").count() == 0
    call_command("verify_ledger")


def test_when_we_cancel_everything_comes_back_on_any_day(book, ora, sam, partnership):
    included, charged = book(included=1)
    run_billing(on=ON, actor=finance(partnership))
    with pytest.raises(NotAllowed):
        cancel_for_school(booking=charged, reason="Too few people", on=LATE, actor=sam)
    result = cancel_for_school(booking=charged, reason="The speaker is ill", on=EVENT, actor=ora)
    assert (result.back.pence, result.kept.pence) == (14000, 0)
    note = Document.objects.get(kind="credit_note")
    assert (note.gross_pence, note.reason) == (14000, "The speaker is ill")
    charge_not_attended(booking=included, on=AFTER, actor=ora)
    assert cancel_for_school(booking=included, reason="It was not held", on=AFTER, actor=ora).place_returned
    assert Charge.objects.get(source_key__endswith="not-attended").due_pence == 0
    included.run.refresh_from_db()
    assert included.run.taken == 0
    with pytest.raises(BookingClosed):
        cancel_for_school(booking=charged, reason="Again", on=AFTER, actor=ora)
    call_command("verify_ledger")


def test_somebody_else_is_sent_in_time_or_by_the_organisers(book, sam, ora):
    named, unnamed = book(POLICIES["by mode"])
    change_delegate(booking=named, name="Cy Day", on=date(2027, 3, 22), actor=sam)
    with pytest.raises(SubstitutionClosed, match="until 22 March 2027"):
        change_delegate(booking=named, name="Di Roe", on=date(2027, 3, 23), actor=sam)
    named.refresh_from_db()
    assert named.delegate_name == "Cy Day"
    change_delegate(booking=named, name="Di Roe", on=date(2027, 3, 23), actor=ora)
    change_delegate(booking=unnamed, name="Bo Ray", on=EVENT, actor=sam)
    assert Booking.objects.get(pk=unnamed.pk).delegate_name == "Bo Ray"
