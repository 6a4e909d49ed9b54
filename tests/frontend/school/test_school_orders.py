"""Orders and bookings: who comes, what it cost and why, and changing one's mind with today's result known."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client

from catalogue.models import CourseRun, Offer
from invoicing.documents.models import Document
from invoicing.receivables.models import Charge
from marketplace.core.actors import Actor
from marketplace.organisations.models import Organisation
from marketplace.organisations.services.registry import set_terms
from marketplace.trading.models import Booking, Order
from tests.frontend.school.conftest import Buying, Later, TrustCast
from tests.frontend.school.visits import hidden_fields, text_of
from tests.shop import LONDON, Shop

pytestmark = pytest.mark.django_db


@pytest.fixture
def order(buying: Buying, course: Offer) -> Order:
    """Three places, one person named."""
    buying.add(course, 3, delegates=["Amina Khan"])
    return buying.order()


@pytest.fixture
def place(order: Order, base: str) -> str:
    """The address of Amina's place."""
    return f"{base}/bookings/{Booking.objects.order_by('position')[0].pk}"


def test_the_order_shows_its_people_its_steps_and_where_its_items_stand(
    as_sam: Client, base: str, order: Order, buying: Buying
) -> None:
    page = text_of(as_sam.get(f"{base}/orders/{order.number}"))
    assert "1 September 2026 by Sam Buyer" in page and "Total with VAT £420.00" in page
    assert "3 places × £140.00 at the member price £420.00" in page
    assert "Amina Khan" in page and "Person 2, not named yet" in page and "Not invoiced yet" in page
    [number] = buying.bill()
    assert f"Invoiced on {number}" in text_of(as_sam.get(f"{base}/orders/{order.number}"))


def test_an_order_is_shown_to_its_school_alone(
    as_sam: Client, as_outsider: Client, base: str, order: Order, place: str
) -> None:
    for address in (f"{base}/orders/{order.number}", f"{base}/orders", f"{base}/bookings", place):
        assert as_sam.get(address).status_code == 200
        assert as_outsider.get(address).status_code == 404
        assert Client().get(address).status_code == 302
    assert as_sam.get(f"{base}/orders/ORD-999999").status_code == 404
    assert as_sam.get(f"{base}/bookings/999999").status_code == 404


def test_a_school_does_not_see_at_its_own_address_what_another_of_its_buyers_ordered(
    trust_cast: TrustCast, as_sam: Client, base: str, order: Order
) -> None:
    assert trust_cast.client.get(f"{trust_cast.base}/orders/{order.number}").status_code == 404


def test_the_place_shows_what_cancelling_costs_by_date_with_today_marked(as_sam: Client, place: str) -> None:
    page = text_of(as_sam.get(place))
    assert "Cancel today: £140.00 back." in page
    assert "Until 17 March 2027 (today) £0.00 £140.00" in page and "From 18 March 2027 £140.00 £0.00" in page
    assert "Cancel this place, £140.00 back" in page


def test_cancelling_before_invoicing_shrinks_the_item_and_frees_the_place(
    as_sam: Client, place: str, order: Order
) -> None:
    answer = as_sam.post(f"{place}/cancel", {"expected": "14000"}, follow=True)
    assert "The place is cancelled. £140.00 comes back" in text_of(answer)
    assert Charge.objects.get().due_pence == 28_000 and CourseRun.objects.get().taken == 2
    assert not Document.objects.exists()
    assert as_sam.post(f"{place}/cancel", {"expected": "14000"}).status_code == 409
    assert Charge.objects.get().due_pence == 28_000


def test_cancelling_after_invoicing_gives_a_credit_note(
    as_sam: Client, base: str, place: str, order: Order, buying: Buying
) -> None:
    [number] = buying.bill()
    as_sam.post(f"{place}/cancel", {"expected": "14000"})
    note = Document.objects.get(kind="credit_note")
    assert (note.gross_pence, note.credits.number) == (14_000, number)
    page = text_of(as_sam.get(f"{base}/invoices/{number}"))
    assert f"Credit note {note.number} £140.00" in page and "Left to pay £280.00" in page
    assert f"Credits invoice {number}" in text_of(as_sam.get(f"{base}/invoices/{note.number}"))
    call_command("verify_ledger")


def test_when_less_would_come_back_than_the_page_said_nothing_is_cancelled(
    as_sam: Client, place: str, later: Later, order: Order
) -> None:
    later(datetime(2027, 3, 18, 9, 0, tzinfo=LONDON))
    refused = as_sam.post(f"{place}/cancel", {"expected": "14000"})
    page = text_of(refused)
    assert refused.status_code == 409
    assert "Cancelling now gives £0.00 back. Nothing is cancelled. Decide again" in page
    assert "From 18 March 2027 (today) £140.00 £0.00" in page and "Cancel this place, £0.00 back" in page
    assert Booking.objects.filter(state="booked").count() == 3


@pytest.mark.parametrize(
    "expected", [{}, {"expected": ""}, {"expected": "x"}, {"expected": "-1"}, {"expected": "1400000"}]
)
def test_cancelling_needs_the_amount_that_was_shown(
    as_sam: Client, place: str, order: Order, expected: dict[str, str]
) -> None:
    assert as_sam.post(f"{place}/cancel", expected).status_code == 409
    assert Booking.objects.filter(state="booked").count() == 3


def test_someone_else_is_sent_at_no_cost(as_sam: Client, base: str, place: str, order: Order) -> None:
    as_sam.post(f"{place}/name", {"name": "小明 Chen"})
    assert Booking.objects.order_by("position")[0].delegate_name == "小明 Chen"
    assert Charge.objects.get().due_pence == 42_000
    page = text_of(as_sam.get(f"{base}/orders/{order.number}"))
    assert "小明 Chen" in page and "Amina" not in page


@pytest.mark.parametrize(
    ("name", "said"),
    [("", "Enter the name of the person"), ("x" * 121, "must be 120 characters or fewer"), (" ", "Enter the name")],
)
def test_a_name_that_cannot_be_is_said_and_nobody_is_changed(
    as_sam: Client, place: str, name: str, said: str, order: Order
) -> None:
    refused = as_sam.post(f"{place}/name", {"name": name})
    assert refused.status_code == 400 and said in text_of(refused)
    assert Booking.objects.order_by("position")[0].delegate_name == "Amina Khan"


def test_an_outsider_changes_nothing(as_outsider: Client, place: str, order: Order) -> None:
    assert as_outsider.post(f"{place}/cancel", {"expected": "14000"}).status_code == 404
    assert as_outsider.post(f"{place}/name", {"name": "Olive"}).status_code == 404
    assert Booking.objects.filter(state="booked", delegate_name="Amina Khan").count() == 1


def test_a_past_place_cannot_change_and_says_so(as_sam: Client, place: str, later: Later) -> None:
    later(datetime(2027, 4, 1, 9, 0, tzinfo=LONDON))
    page = text_of(as_sam.get(place))
    assert "This course was on 24 March 2027, so the place cannot change." in page and "Cancel this place" not in page


def test_the_purchase_order_comes_later_and_reaches_the_invoice(
    as_sam: Client, base: str, buying: Buying, course: Offer, school: Organisation, actor: Actor
) -> None:
    set_terms(organisation=school, actor=actor, purchase_order_rule="required")
    buying.add(course)
    order = buying.order()
    assert buying.bill() == []
    address = f"{base}/orders/{order.number}/purchase-order"
    assert "The invoice waits for your purchase order" in text_of(as_sam.get(f"{base}/orders/{order.number}"))
    refused = as_sam.post(address, {"purchase_order": "x" * 21})
    assert refused.status_code == 400 and "must be 20 characters or fewer" in text_of(refused)
    assert "Enter the purchase order" in text_of(as_sam.post(address, {"purchase_order": ""}))
    as_sam.post(address, {"purchase_order": "PO-78"})
    [number] = buying.bill()
    assert Document.objects.get(number=number).purchase_order == "PO-78"
    late = as_sam.post(address, {"purchase_order": "PO-79"})
    assert late.status_code == 400 and "is invoiced already, so it cannot change" in text_of(late)


def test_lists_say_none_yet_and_none_of_this_kind_apart(
    as_sam: Client, base: str, buying: Buying, course: Offer
) -> None:
    assert "No bookings yet. Places you book appear here." in text_of(as_sam.get(f"{base}/bookings"))
    assert "No orders yet" in text_of(as_sam.get(f"{base}/orders"))
    buying.add(course, 3)
    buying.order()
    assert "3 places" in text_of(as_sam.get(f"{base}/bookings"))
    assert "None of 3 places is of this kind." in text_of(as_sam.get(f"{base}/bookings?show=cancelled"))
    assert "None of 3 places matches what you typed." in text_of(as_sam.get(f"{base}/bookings?q=zeppelin"))
    assert "Nobody named yet" in text_of(as_sam.get(f"{base}/bookings?show=unnamed"))


@pytest.mark.parametrize("page", ["bookings", "orders"])
def test_the_lists_cost_the_same_queries_for_5_and_for_25(
    as_sam: Client, base: str, buying: Buying, shop: Shop, page: str, count_queries: Callable[[Callable[[], Any]], int]
) -> None:
    def more(numbers: range) -> None:
        for number in numbers:
            offer = shop.course(f"course-{number}")
            shop.run(offer)
            buying.add(offer)
            buying.order()

    more(range(5))
    few = count_queries(lambda: as_sam.get(f"{base}/{page}"))
    more(range(5, 25))
    assert count_queries(lambda: as_sam.get(f"{base}/{page}")) == few


def test_the_page_of_a_place_carries_the_amount_it_shows(as_sam: Client, place: str) -> None:
    assert hidden_fields(as_sam.get(place)) == {"expected": "14000", "fee": "0"}
