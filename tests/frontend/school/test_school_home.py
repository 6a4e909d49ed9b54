"""Home shows a buyer what waits for them, soonest first, and each item opens where it is done."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import pytest
from django.test import Client

from catalogue.models import Offer
from marketplace.core.actors import Actor, Role
from marketplace.organisations.models import Organisation, Person
from marketplace.organisations.services.people import add_person, give_role
from marketplace.organisations.services.registry import set_terms
from marketplace.trading.models import Booking, Order
from tests.conftest import Charges
from tests.frontend.school.conftest import ON, Buying, Later, TrustCast
from tests.frontend.school.visits import signed_in, text_of
from tests.shop import LONDON, Shop, person

pytestmark = pytest.mark.django_db


def test_a_visitor_learns_what_this_is() -> None:
    page = text_of(Client().get("/"))
    assert "Courses and services for schools" in page and "Sign in" in page


def test_nothing_waits_says_so_and_what_comes_next(as_sam: Client, base: str, buying: Buying, course: Offer) -> None:
    page = as_sam.get("/")
    assert "Nothing waits for you. What needs you stands here, the soonest first." in text_of(page)
    assert f'href="{base}/find">Find courses and services for' in page.content.decode()
    buying.add(course, delegates=["Amina Khan"])
    buying.order()
    assert "Nothing waits for you. Next: Safeguarding for new leaders on 24 March 2027." in text_of(as_sam.get("/"))


def test_who_buys_for_no_school_reads_what_comes_next_for_themselves(
    school: Organisation, actor: Actor, buying: Buying, course: Offer
) -> None:
    teacher = person(school, actor, name="Tia Teacher", role=Role.DELEGATE)
    reading = signed_in(teacher)
    buying.add(course, delegates=["Tia Teacher"])
    buying.order()
    assert "Next:" not in text_of(reading.get("/"))
    Booking.objects.update(delegate_person=teacher.person_id)
    assert "Nothing waits for you. Next: Safeguarding for new leaders on 24 March 2027." in text_of(reading.get("/"))


def test_names_missing_a_reference_missing_and_a_basket_wait_each_with_its_page(
    as_sam: Client, base: str, buying: Buying, course: Offer, shop: Shop, school: Organisation, actor: Actor
) -> None:
    set_terms(organisation=school, actor=actor, purchase_order_rule="required")
    buying.add(course, 3, delegates=["Amina Khan"])
    order = buying.order()
    buying.add(shop.offer("reports", prices={0: {"flat": "100"}}), run=None)
    page = as_sam.get("/")
    words = text_of(page)
    assert "Name 2 people coming to Safeguarding for new leaders by 24 March 2027" in words
    assert f"Add the purchase order of {order.number} £420.00 The invoice waits for it. Before VAT." in words
    assert "Order what is in your basket: 1 line £100.00" in words
    for href in (f"{base}/orders/{order.number}", f"{base}/orders/{order.number}/purchase-order", f"{base}/basket"):
        assert f'href="{href}"' in page.content.decode()


def test_invoices_wait_once_due_soon_and_overdue_ones_come_first(
    as_sam: Client, base: str, school: Organisation, charges: Charges, buying: Buying, later: Later
) -> None:
    charges(school, 10_000, on=ON)
    buying.bill()
    assert "invoice" not in text_of(as_sam.get("/")).replace("Invoices", "")
    charges(school, 5_000, on=date(2026, 10, 1))
    buying.bill(date(2026, 10, 1))
    later(datetime(2026, 10, 20, 9, 0, tzinfo=LONDON))
    words = text_of(as_sam.get("/"))
    assert "Pay 1 overdue invoice £120.00 The first was due on 1 October 2026." in words
    assert "Pay 1 invoice by 31 October 2026 £60.00" in words
    assert words.index("overdue") < words.index("Pay 1 invoice by")
    assert f"{base}/invoices?show=overdue" in as_sam.get("/").content.decode()


def test_a_school_whose_council_pays_by_journal_is_not_asked_to_pay(
    as_sam: Client, school: Organisation, charges: Charges, buying: Buying, later: Later, actor: Actor
) -> None:
    set_terms(organisation=school, actor=actor, settlement="council_journal")
    charges(school, 10_000, on=ON)
    buying.bill()
    later(datetime(2026, 11, 20, 9, 0, tzinfo=LONDON))
    assert "Nothing waits for you." in text_of(as_sam.get("/"))


def test_who_buys_for_two_sees_both_names_and_chooses(
    school: Organisation,
    oakfield: Organisation,
    sam: Actor,
    as_sam: Client,
    actor: Actor,
    course: Offer,
    buying: Buying,
) -> None:
    sam_person = Person.objects.get(pk=sam.person_id)
    give_role(person=sam_person, role=Role.BUYER, organisation=oakfield, valid_from=date(2020, 1, 1), actor=actor)
    buying.add(course)
    words = text_of(as_sam.get("/"))
    assert "Order what is in your basket: 1 line, Oakfield Primary School" in words and "You buy for" in words
    choose = as_sam.get("/choose").content.decode()
    assert f"/customer/{oakfield.number}/find" in choose and f"/school/{school.school.urn}/find" in choose
    assert 'href="/choose"' in as_sam.get(f"/customer/{oakfield.number}/find").content.decode()
    assert Order.objects.count() == 0


def test_the_home_of_a_trust_costs_the_same_for_few_and_many(
    trust_cast: TrustCast,
    shop: Shop,
    charges: Charges,
    buying: Buying,
    count_queries: Callable[[Callable[[], Any]], int],
) -> None:
    def more(numbers: range) -> None:
        for number in numbers:
            offer = shop.course(f"course-{number}")
            shop.run(offer)
            trust_cast.client.post(
                f"{trust_cast.base}/find/{offer.code}",
                {"run": f"{offer.code}-20270324", "people": "1", "school": str(trust_cast.academies[number % 2].pk)},
            )
            charges(trust_cast.academies[0], 1_000, invoice_to=trust_cast.trust, on=ON)
            buying.bill()

    more(range(3))
    few = count_queries(lambda: trust_cast.client.get("/"))
    more(range(3, 9))
    assert count_queries(lambda: trust_cast.client.get("/")) == few


def test_a_provider_sees_what_they_sell_and_when(partnership: Organisation, course: Offer, actor: Actor) -> None:
    provider = person(partnership, actor, name="Petra Provider", role=Role.PROVIDER)
    words = text_of(signed_in(provider).get("/"))
    assert "Your published offers" in words and "Safeguarding for new leaders 24 Mar 2027 0 of 20" in words


def test_somebody_without_a_role_is_told_whom_to_ask(partnership: Organisation, actor: Actor) -> None:
    added = add_person(name="Nia New", email="nia@school.example", password=None, actor=actor)
    client = Client()
    client.force_login(added.user)
    assert "You can sign in but hold no role yet." in text_of(client.get("/"))
    assert "You do not buy for anybody yet." in text_of(client.get("/choose"))


def test_the_auditor_is_shown_where_to_look(partnership: Organisation, actor: Actor) -> None:
    auditor = signed_in(person(partnership, actor, name="Olu Auditor", role=Role.AUDITOR))
    page = auditor.get("/").content.decode()
    assert 'href="/finance/ledger"' in page and 'href="/finance/invoices"' in page
