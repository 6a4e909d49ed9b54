"""The basket is the check page: every line with its working, then one button; refusals keep the basket."""

from datetime import date
from decimal import Decimal

import pytest
from django.core.management import call_command
from django.test import Client

from catalogue.models import Offer, Price
from catalogue.rules.classes import PriceClass
from catalogue.services import add_price, end_price, take_places
from invoicing.receivables.models import Charge
from marketplace.core.actors import Actor, Role
from marketplace.organisations.models import Organisation
from marketplace.organisations.services.registry import set_terms
from marketplace.trading.models import BasketLine, Booking, Order
from tests.frontend.school.conftest import Buying, TrustCast
from tests.frontend.school.visits import hidden_fields, signed_in, text_of
from tests.shop import Shop, person

pytestmark = pytest.mark.django_db


@pytest.fixture
def address(base: str, course: Offer) -> str:
    return f"{base}/basket"


def shown(client: Client, address: str) -> dict[str, str]:
    """The hidden fields of the check page."""
    found = hidden_fields(client.get(address))
    assert set(found) == {"expected", "basket"}
    return found


def test_the_page_shows_who_comes_the_sums_and_to_whom_the_invoice_goes(
    as_sam: Client, address: str, buying: Buying, course: Offer, shop: Shop
) -> None:
    buying.add(course, 3, delegates=["Amina Khan"])
    reports = shop.offer("reports", title="Reports", prices={0: {"flat": "100"}})
    buying.add(reports, run=None)
    page = text_of(as_sam.get(address))
    assert "Coming: Amina Khan. 2 people to be named later." in page
    assert "24 March 2027, 9:30am to 3:30pm, Tidewell. 3 places. For Oakfield Primary School. CFR E09." in page
    # 420.00 exempt and 100.00 at 20%
    assert (
        "Before VAT £520.00" in page and "VAT exempt on £420.00 £0.00" in page and "VAT 20% on £100.00 £20.00" in page
    )
    assert "Invoice to Oakfield Primary School" in page and "Place order £540.00" in page


def test_an_empty_basket_says_what_would_stand_here(as_sam: Client, address: str) -> None:
    assert "Your basket is empty" in text_of(as_sam.get(address))


def test_ordering_gives_a_number_and_says_what_comes_next(
    as_sam: Client, address: str, base: str, buying: Buying, course: Offer
) -> None:
    buying.add(course, 3, delegates=["Amina Khan"])
    answer = as_sam.post(address, shown(as_sam, address) | {"purchase_order": "PO-77"}, follow=True)
    order = Order.objects.get()
    assert (order.total_pence, order.purchase_order) == (42_000, "PO-77")
    assert answer.redirect_chain == [(f"{base}/orders/{order.number}/placed", 302)]
    page = text_of(answer)
    assert f"Order placed Order number {order.number}" in page and "2 names are still missing" in page
    assert Booking.objects.count() == 3 and Charge.objects.get().net_pence == 42_000
    call_command("verify_ledger")


def test_a_second_click_finds_the_order_of_the_first(
    as_sam: Client, address: str, buying: Buying, course: Offer
) -> None:
    buying.add(course, 3)
    given = shown(as_sam, address)
    first, second = as_sam.post(address, given), as_sam.post(address, given)
    assert first.headers["Location"] == second.headers["Location"]
    assert Order.objects.count() == 1 and Charge.objects.count() == 1


def test_another_price_is_said_and_nothing_ordered_until_it_is_accepted(
    as_sam: Client, address: str, buying: Buying, course: Offer, actor: Actor
) -> None:
    buying.add(course)
    given = shown(as_sam, address)
    old = Price.objects.get(offer=course, price_class=int(PriceClass.MEMBER))
    end_price(price=old, valid_to=date(2026, 9, 1), actor=actor)
    rule = {"rate": "145", "per": "quantity"}
    add_price(offer=course, price_class=PriceClass.MEMBER, rule=rule, valid_from=date(2026, 9, 1), actor=actor)
    refused = as_sam.post(address, given)
    page = text_of(refused)
    assert refused.status_code == 409
    assert "The price is now £145.00, not £140.00. Nothing is ordered. Accept or go back" in page
    assert "Accept and place order £145.00" in page and not Order.objects.exists()
    as_sam.post(address, given | {"expected": "14500"})
    assert Order.objects.get().total_pence == 14_500


def test_an_order_without_a_price_promises_no_invoice_and_asks_for_no_purchase_order(
    as_sam: Client, base: str, buying: Buying, shop: Shop, school: Organisation, actor: Actor
) -> None:
    set_terms(organisation=school, actor=actor, purchase_order_rule="required")
    free = shop.course("free", member="0", other="0")
    shop.run(free)
    buying.add(free)
    check = text_of(as_sam.get(f"{base}/basket"))
    assert (
        "Pays Nothing to pay" in check and "When shall we invoice it" not in check and "the invoice waits" not in check
    )
    order = buying.order()
    page = text_of(as_sam.get(f"{base}/orders/{order.number}/placed"))
    assert "Your place is kept. There is nothing to pay, so no invoice follows." in page
    assert "We invoice" not in page and "The invoice waits" not in page and not Charge.objects.exists()


def test_places_gone_orders_nothing_and_keeps_the_basket(
    as_sam: Client, address: str, buying: Buying, course: Offer, shop: Shop
) -> None:
    shop.run(course, day=date(2027, 5, 11))
    buying.add(course, 3)
    given = shown(as_sam, address)
    take_places(source_key="others", run_id=course.runs.order_by("starts_at")[0].pk, places=18)
    refused = as_sam.post(address, given)
    page = text_of(refused)
    assert refused.status_code == 409 and "2 places are left on 24 March. Book 2" in page and "choose 11 May" in page
    assert not Order.objects.exists() and not Charge.objects.exists() and BasketLine.objects.count() == 1


def test_over_the_limit_with_nobody_to_approve_there_is_no_button_and_posting_is_refused(
    school: Organisation, base: str, buying: Buying, course: Offer, actor: Actor, address: str
) -> None:
    limited = person(school, actor, name="Lena Limited", limit=25_000)
    client = signed_in(limited)
    basket = buying.add(course, 2, by=limited).basket
    page = text_of(client.get(address))
    assert "This order is £30.00 over your limit, and nobody is named who may approve it" in page
    assert "Place order" not in page and "Send for approval" not in page
    refused = client.post(address, {"expected": "28000", "basket": str(basket.pk)})
    assert refused.status_code == 409 and "£30.00 over your limit" in text_of(refused)
    assert not Order.objects.exists()


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("x" * 21, "Purchase order must be 20 characters or fewer"),
        ("PO\x0777", "must not contain control characters"),
    ],
)
def test_a_purchase_order_that_cannot_be_is_said_and_kept_in_the_box(
    as_sam: Client, address: str, buying: Buying, course: Offer, given: str, said: str
) -> None:
    buying.add(course)
    refused = as_sam.post(address, shown(as_sam, address) | {"purchase_order": given})
    assert refused.status_code == 400 and said in text_of(refused)
    assert f'value="{given}"' in refused.content.decode() and not Order.objects.exists()


def test_the_payers_own_word_is_used_and_the_invoice_said_to_wait(
    as_sam: Client, address: str, buying: Buying, course: Offer, school: Organisation, actor: Actor
) -> None:
    set_terms(organisation=school, actor=actor, purchase_order_rule="required", payer_reference_name="Cost code")
    buying.add(course)
    page = text_of(as_sam.get(address))
    assert "Cost code (optional)" in page and "the invoice waits for it" in page
    as_sam.post(address, shown(as_sam, address))
    placed = text_of(as_sam.get(f"{address.removesuffix('/basket')}/orders/{Order.objects.get().number}/placed"))
    assert "The invoice waits for your cost code" in placed


def test_people_are_named_or_left_for_later(as_sam: Client, base: str, buying: Buying, course: Offer) -> None:
    line = buying.add(course, 3)
    address = f"{base}/basket/{line.pk}"
    refused = as_sam.post(address, {"people": "3", "naming": "now", "name_1": "Amina Khan"})
    assert refused.status_code == 400
    assert "Enter the name of person 2, or choose “I will name them later”" in text_of(refused)
    line.refresh_from_db()
    assert line.delegates == []
    as_sam.post(address, {"people": "3", "naming": "later", "name_1": "Amina Khan", "name_3": "小明 🎒"})
    line.refresh_from_db()
    assert line.delegates == ["Amina Khan", "", "小明 🎒"]


def test_fewer_people_drop_the_last_names_and_more_lead_back_to_name_them(
    as_sam: Client, base: str, buying: Buying, course: Offer
) -> None:
    line = buying.add(course, 2, delegates=["Amina Khan", "Ben Osei"])
    address = f"{base}/basket/{line.pk}"
    as_sam.post(address, {"people": "1", "naming": "now", "name_1": "Amina Khan", "name_2": "Ben Osei"})
    line.refresh_from_db()
    assert (line.quantity, line.delegates) == (Decimal(1), ["Amina Khan"])
    more = as_sam.post(address, {"people": "2", "naming": "now", "name_1": "Amina Khan"})
    assert more.headers["Location"] == address


def test_a_control_character_in_a_name_is_refused_and_nothing_changes(
    as_sam: Client, base: str, buying: Buying, course: Offer
) -> None:
    line = buying.add(course)
    refused = as_sam.post(f"{base}/basket/{line.pk}", {"people": "1", "naming": "now", "name_1": "A\u202eB"})
    assert refused.status_code == 400 and "must not contain control characters" in text_of(refused)
    line.refresh_from_db()
    assert line.delegates == []


def test_a_line_is_removed_by_its_owner_alone(
    as_sam: Client, as_outsider: Client, base: str, buying: Buying, course: Offer, school: Organisation, actor: Actor
) -> None:
    line = buying.add(course)
    colleague = signed_in(person(school, actor, name="Cara Colleague"))
    assert as_outsider.post(f"{base}/basket/{line.pk}/remove").status_code == 404
    assert colleague.post(f"{base}/basket/{line.pk}/remove").status_code == 404
    assert colleague.get(f"{base}/basket/{line.pk}").status_code == 404
    assert as_sam.get(f"{base}/basket/{line.pk}/remove").status_code == 405
    assert BasketLine.objects.count() == 1
    as_sam.post(f"{base}/basket/{line.pk}/remove")
    assert not BasketLine.objects.exists()


def test_a_basket_of_somebody_else_is_never_ordered(
    as_sam: Client, address: str, buying: Buying, course: Offer, school: Organisation, actor: Actor
) -> None:
    colleague = person(school, actor, name="Cara Colleague")
    theirs = buying.add(course, by=colleague).basket
    buying.add(course)
    refused = as_sam.post(address, {"expected": "14000", "basket": str(theirs.pk)})
    assert refused.status_code == 409 and "Nothing is ordered" in text_of(refused)
    assert not Order.objects.exists()


def test_a_trust_orders_for_two_schools_at_once(trust_cast: TrustCast, course: Offer, shop: Shop) -> None:
    address = f"{trust_cast.base}/find/safeguarding"
    for academy in trust_cast.academies:
        trust_cast.client.post(address, {"run": "safeguarding-20270324", "people": "1", "school": str(academy.pk)})
    basket = f"{trust_cast.base}/basket"
    page = text_of(trust_cast.client.get(basket))
    assert "For Harbour Academy" in page and "For Lighthouse Academy" in page
    trust_cast.client.post(basket, shown(trust_cast.client, basket))
    order = Order.objects.get()
    assert (order.organisation, order.total_pence) == (trust_cast.trust, 36_000)
    assert {line.school for line in order.lines.all()} == set(trust_cast.academies)


def test_an_approver_buys_too_and_an_auditor_does_not(
    school: Organisation, base: str, partnership: Organisation, actor: Actor, course: Offer
) -> None:
    head = person(school, actor, name="Hana Head", role=Role.APPROVER)
    assert signed_in(head).get(f"{base}/basket").status_code == 200
    auditor = person(partnership, actor, name="Olu Auditor", role=Role.AUDITOR)
    assert signed_in(auditor).get(f"{base}/basket").status_code == 404
