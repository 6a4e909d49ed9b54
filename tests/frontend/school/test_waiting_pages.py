"""The waiting list, moving a place, naming people and cancelling several, as a school sees them."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.test import Client

from catalogue.models import CourseRun, Offer
from catalogue.services import release_places, take_places
from marketplace.core.actors import Actor, Role
from marketplace.organisations.models import Organisation
from marketplace.trading.models import Booking, Order, WaitingEntry
from marketplace.trading.services import join_waiting, offer_places
from tests.frontend.school.conftest import Buying
from tests.frontend.school.visits import hidden_fields, signed_in, text_of
from tests.shop import Shop, person

pytestmark = pytest.mark.django_db


@pytest.fixture
def run(course: Offer) -> CourseRun:
    """The course of 24 March 2027, on which one place is left."""
    found = course.runs.order_by("starts_at").first()
    assert found is not None
    CourseRun.objects.filter(pk=found.pk).update(capacity=5)
    take_places(source_key="others", run_id=found.pk, places=4)
    return found


def free(run: CourseRun, places: int) -> None:
    release_places(source_key="others", places=places)
    offer_places(run_id=run.pk, on=date(2026, 9, 1))


def ask(client: Client, base: str, run: CourseRun, people: int, **more: str) -> Any:
    return client.post(f"{base}/find/{run.offer.code}", {"run": run.code, "people": str(people)} | more)


def test_where_too_few_are_left_the_page_offers_to_wait(as_sam: Client, base: str, run: CourseRun) -> None:
    page = text_of(as_sam.get(f"{base}/find/{run.offer.code}?run={run.code}&people=3"))
    assert "1 place is left on 24 March 2027." in page
    assert "Wait for 3 places together" in page and "Hold 1 now and wait for 2 more" in page
    assert "Add 3 places" not in page
    assert "Add 1 place" in text_of(as_sam.get(f"{base}/find/{run.offer.code}?run={run.code}&people=1"))


def test_from_waiting_to_booked(as_sam: Client, as_outsider: Client, base: str, run: CourseRun) -> None:
    joined = ask(as_sam, base, run, 2, wait="together")
    entry = WaitingEntry.objects.get()
    address = f"{base}/waiting/{entry.pk}"
    assert joined.status_code == 302 and joined["Location"] == address
    page = text_of(as_sam.get(address))
    assert "You are the only one on this list." in page and "2 places, all together" in page
    assert "You are on the waiting list for this date" in text_of(
        as_sam.get(f"{base}/find/{run.offer.code}?run={run.code}&people=2")
    )
    free(run, 2)
    page = as_sam.get(address)
    said = text_of(page)
    assert "2 places held for you until 5pm on 2 September 2026" in said and "Book these 2 places, £280.00" in said
    assert "Book or decline 2 places" in text_of(as_sam.get("/"))
    assert as_outsider.get(address).status_code == 404 and as_outsider.post(f"{address}/accept").status_code == 404
    wrong = as_sam.post(f"{address}/accept", {"expected": "1"})
    assert wrong.status_code == 409 and "The price is now £280.00" in text_of(wrong)
    done = as_sam.post(f"{address}/accept", {"expected": "28000", "purchase_order": "PO 1"})
    order = Order.objects.get()
    assert done["Location"] == f"{base}/orders/{order.number}/placed" and order.purchase_order == "PO 1"
    assert "Booked" in text_of(as_sam.get(f"{base}/waiting"))
    again = as_sam.post(f"{address}/accept", {"expected": "28000"})
    assert again.status_code == 409 and "booked already" in text_of(again)


def test_declining_and_leaving(as_sam: Client, base: str, run: CourseRun) -> None:
    ask(as_sam, base, run, 2, wait="as_they_come")
    address = f"{base}/waiting/{WaitingEntry.objects.get().pk}"
    assert "you keep your position for 1 more place" in text_of(as_sam.get(address))
    assert "You declined" in text_of(as_sam.post(f"{address}/decline", follow=True))
    assert as_sam.post(f"{address}/leave").status_code == 409
    ask(as_sam, base, run, 2, wait="together")
    address = f"{base}/waiting/{WaitingEntry.objects.latest('pk').pk}"
    assert "no longer on this waiting list" in text_of(as_sam.post(f"{address}/leave", follow=True))


def test_a_refusal_is_said_on_the_page_of_the_course(as_sam: Client, base: str, run: CourseRun) -> None:
    refused = ask(as_sam, base, run, 9, wait="together")
    assert refused.status_code == 400 and "5 places in all" in text_of(refused)
    refused = ask(as_sam, base, run, 1, wait="together")
    assert refused.status_code == 400 and "Book now: nobody has to wait" in text_of(refused)


@pytest.fixture
def order(buying: Buying, course: Offer) -> Order:
    """Three places at £140.00; one person is named."""
    buying.add(course, 3, delegates=["Amina Khan"])
    return buying.order()


def test_moving_shows_what_it_costs_before_the_button(
    as_sam: Client, as_outsider: Client, base: str, order: Order, shop: Shop, course: Offer
) -> None:
    place = Booking.objects.order_by("position")[0]
    address = f"{base}/bookings/{place.pk}/move"
    other = shop.run(course, day=date(2027, 6, 9), code="june")
    assert as_outsider.get(address).status_code == 404
    assert "Choose a date" not in text_of(as_sam.get(address))
    assert "There is a problem Choose a date" in text_of(as_sam.get(f"{address}?see=1"))
    page = as_sam.get(f"{address}?run={other.code}")
    said = text_of(page)
    assert "nothing more to pay" in said and "Move this place, nothing to pay" in said and "£140.00 back" in said
    fields = hidden_fields(page)
    changed = as_sam.post(address, fields | {"expected": "-100"})
    assert changed.status_code == 409 and "This is not what you saw" in text_of(changed)
    assert "The place is on 9 June 2027 now" in text_of(as_sam.post(address, fields, follow=True))
    assert Booking.objects.get(moved_from=place).delegate_name == "Amina Khan"
    assert as_sam.post(address, {}).status_code == 400


def test_everybody_is_named_on_one_page(as_sam: Client, as_outsider: Client, base: str, order: Order) -> None:
    address = f"{base}/orders/{order.number}/people"
    assert as_outsider.get(address).status_code == 404
    first, second, third = Booking.objects.order_by("position")
    given = {
        f"name_{first.pk}": "Amina Khan", f"email_{first.pk}": "amina@oakfield.example",
        f"name_{second.pk}": "Bea Example", f"needs_{second.pk}": "No nuts", f"name_{third.pk}": "",
    }  # fmt: skip
    wrong = as_sam.post(address, given | {f"email_{first.pk}": "amina"})
    assert wrong.status_code == 400 and "Bea Example" in wrong.content.decode()
    assert "2 people named or changed" in text_of(as_sam.post(address, given, follow=True))
    for booking in (first, second, third):
        booking.refresh_from_db()
    assert (first.delegate_email, second.delegate_name, second.needs, third.delegate_name) == (
        "amina@oakfield.example", "Bea Example", "No nuts", "",
    )  # fmt: skip
    page = as_sam.get(address).content.decode()
    assert "Bea Example" in page and "No nuts" not in page  # needs are for the organisers


def test_several_places_are_cancelled_at_once(as_sam: Client, as_outsider: Client, base: str, order: Order) -> None:
    address = f"{base}/orders/{order.number}/cancel"
    assert as_outsider.get(address).status_code == 404
    pks = [str(pk) for pk in Booking.objects.values_list("pk", flat=True)][:2]
    page = text_of(as_sam.get(address, {"places": pks}))
    assert "£280.00 comes back with VAT" in page and "Cancel 2 places, £280.00 back" in page
    changed = as_sam.post(address, {"places": pks, "expected": "14000"})
    assert changed.status_code == 409 and "Nothing is cancelled" in text_of(changed)
    assert as_sam.post(address, {"expected": "0"}).status_code == 400
    done = text_of(as_sam.post(address, {"places": pks, "expected": "28000"}, follow=True))
    assert "2 places are cancelled. £280.00 comes back." in done


def test_the_basket_keeps_who_comes_and_what_they_need(
    as_sam: Client, base: str, course: Offer, buying: Buying
) -> None:
    line = buying.add(course, 1)
    address = f"{base}/basket/{line.pk}"
    given = {
        "people": "1",
        "naming": "now",
        "name_1": "Amina Khan",
        "email_1": "Amina@oakfield.example",
        "needs_1": "BSL",
    }
    assert as_sam.post(address, given).status_code == 302
    line.refresh_from_db()
    assert (line.delegates, line.emails, line.needs) == (["Amina Khan"], ["amina@oakfield.example"], ["BSL"])


@pytest.fixture
def organiser(partnership: Organisation, actor: Actor) -> Client:
    return signed_in(person(partnership, actor, name="Orla Organiser", role=Role.ORGANISER))


def test_organisers_see_the_list_and_offer_out_of_turn_with_a_reason(
    as_sam: Client, organiser: Client, base: str, run: CourseRun, sam: Actor, school: Organisation
) -> None:
    ask(as_sam, base, run, 3, wait="together")
    address = f"/organise/dates/{run.code}/waiting"
    assert as_sam.get(address).status_code == 404
    page = text_of(organiser.get(address))
    assert "Oakfield Primary School" in page and "3 places, all together" in page and "1 free place" in page
    hand = f"{address}/{WaitingEntry.objects.get().pk}"
    assert "Enter" in text_of(organiser.post(hand, {"places": "1"}))
    assert organiser.post(hand, {"places": "2", "reason": "They rang"}).status_code == 409
    done = text_of(organiser.post(hand, {"places": "1", "reason": "They rang"}, follow=True))
    assert "has until 5pm on 2 September 2026 to book" in done and "out of turn (They rang)" in done


def test_the_list_costs_the_same_queries_however_long(
    as_sam: Client,
    base: str,
    shop: Shop,
    course: Offer,
    sam: Actor,
    school: Organisation,
    django_assert_max_num_queries: Callable[..., Any],
) -> None:
    from django.utils import timezone

    for index in range(6):
        full = shop.run(course, places=1, day=date(2027, 5, index + 1), code=f"full-{index}")
        take_places(source_key=f"full:{index}", run_id=full.pk, places=1)
        join_waiting(run=full, organisation=school, school=school, seats=1, together=True, at=timezone.now(), actor=sam)
    with django_assert_max_num_queries(20):
        assert text_of(as_sam.get(f"{base}/waiting")).count("1 of 1") == 0
