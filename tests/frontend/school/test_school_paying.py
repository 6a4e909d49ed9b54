"""On the check page a school says when it is invoiced and in how many payments; the queue of orders without a number."""

from datetime import date

import pytest
from django.core.management import call_command
from django.test import Client

from catalogue.models import Offer
from catalogue.rules.classes import PriceClass
from invoicing.documents.models import Document
from invoicing.receivables.models import Charge
from marketplace.core.actors import Actor
from marketplace.organisations.models import Organisation
from marketplace.organisations.services.registry import set_terms
from marketplace.trading.models import Order
from tests.frontend.school.conftest import Buying, TrustCast
from tests.frontend.school.visits import hidden_fields, signed_in, text_of
from tests.shop import Shop, person

pytestmark = pytest.mark.django_db
APRIL = date(2027, 4, 1)


@pytest.fixture
def address(base: str) -> str:
    return f"{base}/basket"


def test_each_choice_tells_its_day_and_financial_year(
    as_sam: Client, address: str, buying: Buying, course: Offer
) -> None:
    buying.add(course, 2)
    page = text_of(as_sam.get(address))
    assert "As soon as possible From 1 September 2026, in April 2026 to March 2027" in page
    assert "When it is delivered 24 March 2027, in April 2026 to March 2027" in page
    assert (
        "On a date From 1 September 2026 to 7 April 2027. Until 31 March 2027 it falls in April 2026 to March 2027, "
        "after that in April 2027 to March 2028" in page
    )
    assert "How will you pay?" not in page


def test_an_academy_trust_reads_of_its_own_year(trust_cast: TrustCast, buying: Buying, course: Offer) -> None:
    lead = person(trust_cast.trust, buying.actor, name="Tom Trust")
    buying.add(course, 1, by=lead, organisation=trust_cast.trust, school=trust_cast.academies[0])
    page = text_of(signed_in(lead).get(f"{trust_cast.base}/basket"))
    assert "From 1 September 2026, in September 2026 to August 2027" in page


def test_what_is_delivered_at_once_may_wait_two_weeks(as_sam: Client, address: str, buying: Buying, shop: Shop) -> None:
    buying.add(shop.offer("reports", prices={PriceClass.ANY: {"flat": "100"}}), run=None)
    page = text_of(as_sam.get(address))
    assert "On a date From 1 September 2026 to 15 September 2026, in April 2026 to March 2027" in page
    assert "When it is delivered" not in page


def test_a_chosen_date_stands_on_the_order_and_its_item(
    as_sam: Client, address: str, buying: Buying, course: Offer
) -> None:
    buying.add(course, 2)
    chosen = {"invoice_when": "date", "invoice_date_day": "2", "invoice_date_month": "4", "invoice_date_year": "2027"}
    answer = as_sam.post(address, hidden_fields(as_sam.get(address)) | chosen, follow=True)
    order = Order.objects.get()
    assert order.invoice_on == Charge.objects.get().bill_on == date(2027, 4, 2)
    assert "on 2 April 2027 or with the first invoice batch after it" in text_of(answer)
    page = text_of(as_sam.get(f"{address.removesuffix('basket')}orders/{order.number}"))
    assert "Invoice from 2 April 2027" in page


@pytest.mark.parametrize(
    ("parts", "words"),
    [
        (("", "", ""), "Enter the invoice date, or choose “As soon as possible”"),
        (("31", "2", "2027"), "Invoice date must be a real date"),
        (("8", "4", "2027"), "Invoice date must be from 1 September 2026 to 7 April 2027."),
        (("31", "8", "2026"), "Invoice date must be from 1 September 2026 to 7 April 2027."),
    ],
)
def test_a_wrong_date_orders_nothing_and_keeps_what_was_typed(
    as_sam: Client, address: str, buying: Buying, course: Offer, parts: tuple[str, str, str], words: str
) -> None:
    buying.add(course, 2)
    chosen = {f"invoice_date_{name}": part for name, part in zip(("day", "month", "year"), parts, strict=True)}
    chosen["invoice_when"] = "date"
    answer = as_sam.post(address, hidden_fields(as_sam.get(address)) | chosen | {"purchase_order": "PO 9"})
    assert answer.status_code >= 400 and words in text_of(answer)
    assert (
        'value="PO 9"' in answer.content.decode() and f'value="{parts[0]}"' in answer.content.decode()
    ) or not parts[0]
    assert Order.objects.count() == 0


def test_a_dear_service_of_a_year_is_paid_in_twelve_instalments(
    as_sam: Client, address: str, buying: Buying, shop: Shop, course: Offer
) -> None:
    payroll = shop.offer("payroll", prices={PriceClass.ANY: {"flat": "1200"}}, term_months=12)
    buying.add(payroll, run=None)
    buying.add(course, 1)
    page = text_of(as_sam.get(address))
    assert "In 12 monthly instalments Payroll. The rest is paid at once" in page
    as_sam.post(address, hidden_fields(as_sam.get(address)) | {"payments": "monthly"})
    order = Order.objects.get()
    assert "Paid in 12 monthly instalments." in text_of(
        as_sam.get(f"{address.removesuffix('basket')}orders/{order.number}")
    )
    buying.bill()
    assert sorted(document.items.count() for document in Document.objects.all()) == [1, 12]
    call_command("verify_ledger")


def test_a_missing_order_number_waits_on_home_and_once_entered_the_next_batch_issues_it(
    as_sam: Client, base: str, school: Organisation, actor: Actor, buying: Buying, course: Offer
) -> None:
    set_terms(organisation=school, actor=actor, purchase_order_rule="required", payer_reference_name="Cost code")
    buying.add(course, 2)
    order = buying.order()
    assert buying.bill() == []
    page = as_sam.get("/").content.decode()
    link = f"{base}/orders/{order.number}/purchase-order"
    assert f"Add the cost code of {order.number}" in page and link in page
    as_sam.post(link, {"purchase_order": "CC-118"})
    assert "Add the cost code" not in as_sam.get("/").content.decode()
    [number] = buying.bill()
    assert Document.objects.get(number=number).purchase_order == "CC-118"
    call_command("verify_ledger")
