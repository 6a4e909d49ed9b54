"""What is held, why and since when; asking for purchase orders once a day; and what waits for its month's end."""

from datetime import date

import pytest
import time_machine
from django.test import Client

from invoicing.receivables.models import Charge
from marketplace.core.actors import Actor
from marketplace.core.models import Event
from marketplace.messaging.models import NotificationAddress
from marketplace.organisations.models import Organisation
from marketplace.organisations.services.registry import set_terms
from tests.conftest import Charges
from tests.frontend.school.visits import text_of

HELD, BATCH = "/finance/held", "/finance/invoice-batches"


@pytest.fixture
def missing(charges: Charges, council: Organisation, actor: Actor) -> list[Charge]:
    """Two items of the council, which needs a cost code; it has a shared address for orders."""
    set_terms(organisation=council, actor=actor, purchase_order_rule="required", payer_reference_name="Cost code")
    NotificationAddress.objects.create(
        organisation=council, purpose=NotificationAddress.Purpose.ORDERS, email="orders@council.example"
    )
    return [charges(council, 40_000, on=date(2026, 9, 20)), charges(council, 2_500, on=date(2026, 9, 3))]


def test_everything_held_stands_in_one_queue_oldest_first(
    priya: Client, missing: list[Charge], charges: Charges, oakfield: Organisation
) -> None:
    by_hand = charges(oakfield, 1_000, on=date(2026, 9, 10))
    Charge.objects.filter(pk=by_hand.pk).update(held_reason="The school asks about the days")
    charges(oakfield, 9_900)
    page = text_of(priya.get(HELD))
    assert "3 items held, £435.00 before VAT" in page and "£99.00" not in page
    order = [page.index(words) for words in ("Service 2", "Service 3", "Service 1")]
    assert order == sorted(order)
    assert "Cost code missing" in page and "The school asks about the days" in page
    assert "Tidewell Borough Council Cost code 2 items Not yet Ask" in page


def test_the_file_has_what_the_page_has(priya: Client, missing: list[Charge]) -> None:
    lines = priya.get(HELD, {"format": "csv"}).content.decode().splitlines()
    assert lines[0].endswith("since,customer_number,customer,school,item,why,last_asked,net")
    assert [line.split(",")[0] for line in lines[1:]] == ["2026-09-03", "2026-09-20"]
    assert lines[1].endswith("Cost code missing,,25.00")


def test_a_customer_is_asked_once_a_day(priya: Client, missing: list[Charge], council: Organisation) -> None:
    answer = priya.post(HELD, {"customer": council.number, "return_to": f"{BATCH}?on=2026-09-30"}, follow=True)
    assert answer.redirect_chain == [(f"{BATCH}?on=2026-09-30", 302)]
    page = text_of(answer)
    assert "Tidewell Borough Council is asked by e-mail." in page and "30 September 2026 Asked today" in page
    again = text_of(priya.post(HELD, {"customer": council.number}, follow=True))
    assert "Tidewell Borough Council was asked today already." in again
    event = Event.objects.get(kind="purchase_order.asked")
    assert event.payload == {"items": 2, "net_pence": 42_500}
    with time_machine.travel("2026-10-01 09:00:00+01:00", tick=True):
        assert "Ask again" in text_of(priya.get(HELD))
        priya.post(HELD, {"customer": council.number})
    assert Event.objects.filter(kind="purchase_order.asked").count() == 2


def test_nobody_is_asked_for_what_is_not_missing_or_cannot_be_reached(
    priya: Client, missing: list[Charge], council: Organisation, oakfield: Organisation, edith: Client
) -> None:
    NotificationAddress.objects.all().delete()
    assert "so nobody was asked" in text_of(priya.post(HELD, {"customer": council.number}, follow=True))
    assert "There is no such customer" in text_of(priya.post(HELD, {"customer": "C999999"}, follow=True))
    assert edith.post(HELD, {"customer": council.number}).status_code == 403
    NotificationAddress.objects.create(
        organisation=oakfield, purpose=NotificationAddress.Purpose.ORDERS, email="office@oakfield.example"
    )
    answer = text_of(priya.post(HELD, {"customer": oakfield.number}, follow=True))
    assert "Nothing of Oakfield Primary School waits for a purchase order" in answer
    assert not Event.objects.filter(kind="purchase_order.asked").exists()


def test_the_preview_shows_what_waits_for_its_monthly_invoice(
    priya: Client, charges: Charges, oakfield: Organisation, actor: Actor
) -> None:
    set_terms(organisation=oakfield, actor=actor, invoice_rhythm="monthly")
    charges(oakfield, 1_000)
    charges(oakfield, 2_500)
    page = text_of(priya.get(BATCH, {"on": "29/9/26"}))
    assert "2 items on a monthly invoice £35.00" in page
    assert "Oakfield Primary School On the monthly invoice of 30 September 2026 2 items £35.00" in page
    assert "Issue 1 invoice, £42.00" in text_of(priya.get(BATCH, {"on": "30/9/26"}))


def test_an_order_number_that_comes_releases_the_item_to_the_next_batch(
    priya: Client, missing: list[Charge], council: Organisation
) -> None:
    assert "No item is ready" in text_of(priya.get(BATCH, {"on": "30/9/26"}))
    priya.post(
        f"/finance/invoicing/{missing[0].pk}", {"purchase_order": "CC-7", "bill_on": "1/9/26", "held_reason": ""}
    )
    assert "Issue 1 invoice, £480.00" in text_of(priya.get(BATCH, {"on": "30/9/26"}))
    assert "1 item held, £25.00 before VAT" in text_of(priya.get(HELD))
