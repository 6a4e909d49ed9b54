"""Scenario 6: a subscriber's included places, cancelling the charged one, and not coming with an included one.

Places left are passed in as a fact.
"""

from dataclasses import dataclass
from datetime import date
from typing import Any

import pytest
from django.core.management import call_command

from catalogue.rules.classes import PriceClass
from catalogue.rules.facts import IncludedPlaces
from invoicing.documents.models import Document
from invoicing.receivables.models import ReceivableItem
from invoicing.services import run_billing
from marketplace.core.actors import Role
from marketplace.core.working_days import working_days_between
from marketplace.trading.services import cancel_booking, cancellation_result, charge_not_attended
from subscriptions.services import set_membership
from tests.conftest import finance
from tests.shop import person, schools

pytestmark = pytest.mark.django_db
ON, COURSE, DAY_AFTER = date(2027, 2, 1), date(2027, 3, 24), date(2027, 3, 25)
SIX_DAYS_BEFORE, FOUR_DAYS_BEFORE, THREE_DAYS_BEFORE = date(2027, 3, 15), date(2027, 3, 17), date(2027, 3, 18)


@dataclass(frozen=True)
class Story:
    """Places granted, used and booked; the member price in pounds; pence charged and credited; the fee for not attending."""

    granted: int
    used: int
    places: int
    member: str
    charged: int
    credited: int
    fee: str
    absent_pence: int


# As described: 6 places, 4 used, books 3 at £140: two included, one at £140.00, credited £140.00 when cancelled; £50.00
# for the included delegate who does not attend.
DESCRIBED = Story(6, 4, 3, "140", 14000, 14000, "50", 5000)
# Our own: 3 places, 2 used, books 4 at £127.50: one included, 3 × 127.50 = £382.50; one cancelled: £127.50; £37.50 for
# not attending.
OUR_OWN = Story(3, 2, 4, "127.50", 38250, 12750, "37.50", 3750)


def policy(story: Story) -> dict[str, Any]:
    """Free until four working days before, then the whole price; for not coming with an included place a fee."""
    absent = {"basis": "included", "not_attended": {"fee": story.fee}}
    return {"free_until": {"count": 4, "days": "working"}, "then_percent": "100", "cases": [absent]}


@pytest.mark.parametrize("story", [DESCRIBED, OUR_OWN], ids=["as described", "our own"])
def test_included_places_first_a_free_cancellation_and_a_fee_for_not_attending(
    shop, actor, partnership, order, tmp_path, story
):
    [school] = schools(tmp_path, actor, {})
    set_membership(organisation=school, price_class=PriceClass.MEMBER, valid_from=date(2026, 9, 1), actor=actor)
    buyer, officer = person(school, actor, on=ON), finance(partnership)
    course = shop.course(member=story.member, cancellation=policy(story))
    run = shop.run(course, day=COURSE)
    left = story.granted - story.used
    names = ["Ann Lee", "Bo Ray", "Cy Day", "Di Roe"][: story.places]
    placed = order(
        buyer,
        school,
        [{"offer": course, "run": run, "quantity": story.places, "delegates": names}],
        on=ON,
        included={school.pk: IncludedPlaces("Gold", left, story.granted)},
    )
    line = placed.lines.get()
    bookings = list(line.bookings.select_related("run", "order_line"))
    assert [booking.included for booking in bookings] == [True] * left + [False] * (story.places - left)
    assert [booking.delegate_name for booking in bookings] == names
    assert (line.included, line.net_pence) == (left, story.charged)
    assert (line.vat_category, line.vat_reason) == ("E", "training by an eligible body")

    [number] = run_billing(on=ON, actor=officer).numbers
    invoice = Document.objects.get(number=number)
    assert (invoice.net_pence, invoice.vat_pence, invoice.lines.count()) == (story.charged, 0, 1)

    charged = bookings[-1]
    assert working_days_between(SIX_DAYS_BEFORE, COURSE) == 6
    preview = cancellation_result(booking=charged, on=SIX_DAYS_BEFORE)
    assert (preview.back.pence, preview.free_until) == (story.credited, FOUR_DAYS_BEFORE)
    assert cancel_booking(booking=charged, on=SIX_DAYS_BEFORE, actor=buyer) == preview
    note = Document.objects.get(kind=Document.Kind.CREDIT_NOTE)
    assert (note.gross_pence, note.customer) == (story.credited, school)
    open_item = ReceivableItem.objects.get(document=invoice)
    assert open_item.outstanding_pence == story.charged - story.credited
    run.refresh_from_db()
    assert run.taken == story.places - 1

    # One included delegate does not attend: the fee of the policy, exempt like the training, and the place stays used.
    organiser, absent = person(partnership, actor, name="Ora Niser", role=Role.ORGANISER), bookings[0]
    assert charge_not_attended(booking=absent, on=DAY_AFTER, actor=organiser).pence == story.absent_pence
    assert charge_not_attended(booking=absent, on=DAY_AFTER, actor=organiser).pence == story.absent_pence
    [number] = run_billing(on=DAY_AFTER, actor=officer).numbers
    fee = Document.objects.get(number=number)
    [fee_line] = fee.lines.all()
    assert (fee.net_pence, fee.vat_pence, fee.gross_pence) == (story.absent_pence, 0, story.absent_pence)
    assert (fee_line.vat_category, fee_line.vat_reason) == ("E", "training by an eligible body")
    absent.refresh_from_db()
    assert (absent.state, absent.included, absent.place_returned) == ("booked", True, False)
    # Who paid a price and does not come has paid: nothing is added.
    still_booked = [one for one in bookings[left:] if one.pk != charged.pk]
    assert all(not charge_not_attended(booking=one, on=DAY_AFTER, actor=organiser) for one in still_booked)
    assert Document.objects.count() == 3
    call_command("verify_ledger")


@pytest.mark.parametrize("story", [DESCRIBED, OUR_OWN], ids=["as described", "our own"])
def test_an_included_place_cancelled_after_the_free_date_stays_used(shop, actor, order, tmp_path, story):
    [school] = schools(tmp_path, actor, {})
    buyer = person(school, actor, on=ON)
    course = shop.course(member=story.member, cancellation=policy(story))
    given = {"offer": course, "run": shop.run(course, day=COURSE), "quantity": 1}
    included = {school.pk: IncludedPlaces("Gold", story.granted - story.used, story.granted)}
    [booking] = order(buyer, school, [given], on=ON, included=included).lines.get().bookings.all()
    late = cancel_booking(booking=booking, on=THREE_DAYS_BEFORE, actor=buyer)
    assert (late.place_returned, late.back.pence, late.fee.pence) == (False, 0, 0)
    assert not Document.objects.exists()
    call_command("verify_ledger")
