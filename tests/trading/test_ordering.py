"""Placing an order: all or nothing, once, at the price that was seen."""

import re
import threading
from datetime import date

import pytest
from django.core.management import call_command
from django.db import connection

from catalogue.models import CourseRun, Price
from catalogue.rules.classes import PriceClass
from catalogue.services import PlacesGone, add_price, end_price
from invoicing.receivables.models import Charge
from invoicing.services import propose, run_billing
from marketplace.core.actors import Role
from marketplace.core.errors import NotFound, WrongInput
from marketplace.core.models import Event
from marketplace.organisations.services.registry import set_terms
from marketplace.trading.models import Basket, Booking, Order
from marketplace.trading.queries import bookings_for, lines_for, order_for, orders_for
from marketplace.trading.services import (
    BasketNotReady,
    OverLimit,
    PriceChanged,
    check_basket,
    place_order,
    set_purchase_order,
)
from tests.conftest import finance
from tests.shop import person, trust_with
from tests.trading.conftest import ON

pytestmark = pytest.mark.django_db


def nothing_ordered(basket: Basket) -> bool:
    basket.refresh_from_db()
    empty = not (Order.objects.exists() or Booking.objects.exists() or Charge.objects.exists())
    return empty and basket.state == Basket.State.OPEN and basket.lines.exists()


def test_an_order_keeps_its_quote_and_makes_one_item_to_invoice(shop, school, sam, course, buying):
    run = shop.run(course)
    basket = buying.add(sam, school, course, 3, run=run, delegates=["Ann Lee", "Bo Ray"])
    order = buying.order(sam, basket, purchase_order=" PO 4711 ")
    assert re.fullmatch(r"ORD-\d{6}", order.number)
    assert (order.purchase_order, order.total_pence) == ("PO 4711", 42000)
    line = order.lines.get()
    assert [step["text"] for step in line.steps] == [
        "List price £180.00 for each place",
        "3 places × £140.00 at the member price",
        "VAT exempt: training by an eligible body",
    ]
    charge = Charge.objects.get(source_key=line.charge_source_key)
    assert charge.description == "Safeguarding for new leaders, 24 March 2027, Tidewell"
    assert (charge.quantity, charge.unit_price_pence, charge.net_pence) == (3, 14000, 42000)
    assert (charge.vat_category, charge.account_id, charge.stream_id) == ("E", "4100", "SI")
    assert (charge.cfr_code, charge.aar_code, charge.purchase_order) == ("E09", "BAE090", "PO 4711")
    assert (charge.service_from, charge.service_to) == (date(2027, 3, 24), date(2027, 3, 25))
    assert [(b.delegate_name, b.net_pence, b.included) for b in line.bookings.all()] == [
        ("Ann Lee", 14000, False),
        ("Bo Ray", 14000, False),
        ("", 14000, False),
    ]
    run.refresh_from_db()
    assert run.taken == 3
    call_command("verify_ledger")


def test_no_name_of_a_person_leaves_the_booking(shop, school, sam, course, buying):
    basket = buying.add(sam, school, course, 1, run=shop.run(course), delegates=["Ann Lee"])
    buying.order(sam, basket)
    kept = str(list(Charge.objects.values())) + str(list(Event.objects.values()))
    assert "Ann" not in kept
    assert "Lee" not in kept


def test_a_price_once_used_is_pinned_and_named_on_the_line(shop, school, sam, course, buying):
    order = buying.order(sam, buying.add(sam, school, course, 1, run=shop.run(course)))
    assert list(Price.objects.filter(pinned=True)) == [order.lines.get().price]


def test_a_price_that_changed_is_asked_about_and_nothing_is_ordered(shop, school, sam, course, buying):
    run = shop.run(course)
    basket = buying.add(sam, school, course, 1, run=run)
    end_price(price=course.prices.get(price_class=PriceClass.MEMBER), valid_to=ON, actor=shop.actor)
    add_price(
        offer=course,
        price_class=PriceClass.MEMBER,
        rule={"rate": "145", "per": "quantity"},
        valid_from=ON,
        actor=shop.actor,
    )
    with pytest.raises(PriceChanged) as refused:
        place_order(basket=basket, purchase_order="", expected_pence=14000, on=ON, actor=sam)
    words = "The price is now £145.00, not £140.00. Nothing is ordered. Accept or go back"
    assert refused.value.message == words
    assert nothing_ordered(basket)
    assert place_order(basket=basket, purchase_order="", expected_pence=14500, on=ON, actor=sam).total_pence == 14500


def test_when_a_place_is_gone_nothing_is_ordered_and_the_basket_stays(shop, school, sam, course, buying):
    run, later = shop.run(course, places=3), shop.run(course, day=date(2027, 5, 11))
    basket = buying.add(sam, school, course, 3, run=run)
    buying.add(sam, school, course, 1, run=later)
    seen = check_basket(basket=basket, on=ON, actor=sam).total.gross.pence
    CourseRun.objects.filter(pk=run.pk).update(taken=1)
    with pytest.raises(BasketNotReady, match="2 places are left on 24 March") as refused:
        place_order(basket=basket, purchase_order="", expected_pence=seen, on=ON, actor=sam)
    assert refused.value.message.endswith("Nothing is ordered; your basket is kept.")
    assert nothing_ordered(basket)
    later.refresh_from_db()
    assert later.taken == 0


def test_a_place_taken_between_the_check_and_the_order_is_refused_too(shop, school, sam, course, buying, monkeypatch):
    basket = buying.add(sam, school, course, 3, run=shop.run(course, places=3))
    monkeypatch.setattr("catalogue.services.places.claim_places", lambda run_id, places: False)
    with pytest.raises(PlacesGone, match="Nothing is ordered; your basket is kept"):
        place_order(basket=basket, purchase_order="", expected_pence=42000, on=ON, actor=sam)
    assert nothing_ordered(basket)


def test_an_order_over_the_limit_goes_to_somebody_who_may(shop, school, actor, course, buying):
    pat = person(school, actor, name="Pat Small", limit=41999)
    basket = buying.add(pat, school, course, 3, run=shop.run(course))
    with pytest.raises(OverLimit, match=r"£0\.01 over your limit, and nobody is named who may approve it") as refused:
        buying.order(pat, basket)
    assert refused.value.facts == {"over": 1}
    assert nothing_ordered(basket)
    enough = person(school, actor, name="Una Enough", limit=42000)
    assert buying.order(enough, buying.add(enough, school, course, 3, run=CourseRun.objects.get())).total_pence == 42000


def test_the_limit_counts_the_whole_term_with_vat(shop, school, actor, buying):
    ict = {"rate": "6.35", "per": "pupils", "less": {"term_years": {"3": "5%"}}}
    offer = shop.offer("ict-support", prices={PriceClass.ANY: ict}, term_months=12)
    pat = person(school, actor, name="Pat Small", limit=800000)
    basket = buying.add(pat, school, offer, facts={"term_years": 3})
    with pytest.raises(OverLimit, match=r"£947\.40 over your limit"):  # 8,947.40 over three years
        buying.order(pat, basket)


@pytest.mark.parametrize("purchase_order", ["x" * 21, "PO\x00", "PO\x07"])
def test_a_purchase_order_that_cannot_be_printed_is_refused(shop, school, sam, course, buying, purchase_order):
    basket = buying.add(sam, school, course, 1, run=shop.run(course))
    with pytest.raises(WrongInput, match="Purchase order must"):
        buying.order(sam, basket, purchase_order=purchase_order)
    assert nothing_ordered(basket)


def test_an_empty_basket_is_not_an_order(school, sam, buying):
    basket = buying.basket(sam, school)
    with pytest.raises(BasketNotReady, match="Your basket is empty"):
        place_order(basket=basket, purchase_order="", expected_pence=0, on=ON, actor=sam)
    assert not Order.objects.exists()


def test_a_double_click_orders_once(shop, school, sam, course, buying):
    run = shop.run(course)
    basket = buying.add(sam, school, course, 2, run=run)
    first = buying.order(sam, basket)
    again = place_order(basket=basket, purchase_order="", expected_pence=28000, on=ON, actor=sam)
    assert (again, Order.objects.count(), Charge.objects.count(), Booking.objects.count()) == (first, 1, 1, 2)
    run.refresh_from_db()
    assert run.taken == 2


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_two_clicks_at_the_same_moment_order_once(shop, school, sam, course, buying):
    run = shop.run(course)
    basket = buying.add(sam, school, course, 2, run=run)
    ready, numbers = threading.Barrier(4), []

    def click() -> None:
        ready.wait()
        try:
            order = place_order(basket=basket, purchase_order="", expected_pence=28000, on=ON, actor=sam)
            numbers.append(order.number)
        finally:
            connection.close()

    threads = [threading.Thread(target=click) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert numbers == [Order.objects.get().number] * 4
    assert (Order.objects.count(), Charge.objects.count(), Booking.objects.count()) == (1, 1, 2)


def test_what_costs_nothing_is_ordered_and_not_invoiced(shop, school, sam, buying):
    free = shop.course("network", title="Heads' network", member="0", other="0")
    order = buying.order(sam, buying.add(sam, school, free, 2, run=shop.run(free)))
    assert (order.total_pence, order.lines.get().charge_source_key) == (0, "")
    assert order.lines.get().bookings.count() == 2
    assert not Charge.objects.exists()


def test_an_agreement_that_begins_later_is_invoiced_when_it_begins(shop, school, sam, buying):
    hr = shop.offer("hr-advice", prices={PriceClass.ANY: {"flat": "761"}}, term_months=12)
    basket = buying.add(sam, school, hr, service_from=date(2027, 4, 1))
    buying.order(sam, basket)
    charge = Charge.objects.get()
    assert (charge.bill_on, charge.service_from, charge.service_to) == (
        date(2027, 4, 1),
        date(2027, 4, 1),
        date(2028, 4, 1),
    )


def test_a_trusts_order_is_invoiced_to_the_trust_with_each_school_receiving(
    shop, actor, course, buying, tmp_path, partnership
):
    trust, academies = trust_with(tmp_path, actor, "Harbour Academy", "Quay Academy")
    tess = person(trust, actor, name="Tess Trust", role=Role.TRUST_FINANCE)
    run = shop.run(course)
    for academy in academies:
        basket = buying.add(tess, academy, course, 1, run=run, organisation=trust)
    order = buying.order(tess, basket)
    assert order.invoice_to == trust
    assert {(c.consumer_id, c.invoice_to_id) for c in Charge.objects.all()} == {
        (academy.pk, trust.pk) for academy in academies
    }
    report = run_billing(on=ON, actor=finance(partnership))
    assert (len(report.numbers), report.gross_pence) == (1, 36000)
    harbour = person(academies[0], actor, name="Hal Harbour")
    assert order_for(harbour, order.number) == order
    assert [line.school_id for line in lines_for(harbour, order)] == [academies[0].pk]
    assert [booking.school_id for booking in bookings_for(harbour)] == [academies[0].pk]
    assert lines_for(tess, order).count() == 2


def test_a_schools_terms_say_who_is_invoiced(shop, school, council, sam, actor, course, buying):
    set_terms(organisation=school, actor=actor, invoice_to=council)
    order = buying.order(sam, buying.add(sam, school, course, 1, run=shop.run(course)))
    assert order.invoice_to == council


def test_a_purchase_order_added_later_frees_the_invoice(shop, school, sam, actor, course, buying, partnership):
    set_terms(organisation=school, actor=actor, purchase_order_rule="required")
    order = buying.order(sam, buying.add(sam, school, course, 1, run=shop.run(course)))
    assert len(propose(on=ON).held) == 1
    set_purchase_order(order=order, purchase_order="PO 4711", actor=sam)
    assert [draft.purchase_order for draft in propose(on=ON).invoices] == ["PO 4711"]
    run_billing(on=ON, actor=finance(partnership))
    with pytest.raises(BasketNotReady, match="invoiced already"):
        set_purchase_order(order=order, purchase_order="PO 4712", actor=sam)
    order.refresh_from_db()
    assert order.purchase_order == "PO 4711"


def test_what_was_ordered_is_seen_by_its_school_and_the_partnership_only(
    shop, school, sam, outsider, course, buying, partnership
):
    order = buying.order(sam, buying.add(sam, school, course, 1, run=shop.run(course)))
    staff = finance(partnership)
    assert order_for(sam, order.number) == order_for(staff, order.number) == order
    assert not orders_for(outsider).exists()
    assert not bookings_for(outsider).exists()
    with pytest.raises(NotFound):
        order_for(outsider, order.number)
    with pytest.raises(NotFound):
        set_purchase_order(order=order, purchase_order="X", actor=outsider)
    booking = order.lines.get().bookings.get()
    assert booking.school == school
