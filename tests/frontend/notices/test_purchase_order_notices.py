"""Asking for a purchase order: one e-mail a day to the shared address, with what waits and where to enter it."""

from collections.abc import Callable
from datetime import date

import pytest
from django.utils import timezone

from catalogue.models import Offer
from invoicing.services import ask_purchase_order
from marketplace.core.actors import Actor
from marketplace.messaging.models import Message, NotificationAddress
from marketplace.organisations.models import Organisation
from marketplace.organisations.services.registry import set_terms
from marketplace.trading.models import Order
from marketplace.trading.services import set_purchase_order
from tests.conftest import finance
from tests.frontend.school.conftest import Buying

pytestmark = pytest.mark.django_db
Post = Callable[[str], list[Message]]


@pytest.fixture
def order(school: Organisation, actor: Actor, buying: Buying, course: Offer) -> Order:
    """£280.00 before VAT that waits for Oakfield's cost code."""
    set_terms(organisation=school, actor=actor, purchase_order_rule="required", payer_reference_name="Cost code")
    buying.add(course, 2)
    return buying.order()


def _asked(post: Post) -> list[Message]:
    return [one for one in post("invoices") if "cost code" in one.subject]


def test_the_shared_address_is_told_what_waits_and_where_to_enter_it(
    post: Post, order: Order, school: Organisation, partnership: Organisation
) -> None:
    shared = NotificationAddress.Purpose.ORDERS
    NotificationAddress.objects.create(organisation=school, purpose=shared, email="office@oakfield.example")
    ask_purchase_order(customer=school, at=timezone.now(), actor=finance(partnership))
    [message] = _asked(post)
    assert message.to == "office@oakfield.example"
    assert message.subject == "Send us the cost code: £280.00 waits to be invoiced to Oakfield Primary School"
    assert f"{order.number}: £280.00" in message.plain
    assert f"/school/{school.school.urn}/orders/{order.number}/purchase-order" in message.plain


def test_without_a_shared_address_those_who_buy_are_asked(
    post: Post, order: Order, school: Organisation, partnership: Organisation, sam: Actor
) -> None:
    ask_purchase_order(customer=school, at=timezone.now(), actor=finance(partnership))
    assert [message.person_id for message in _asked(post)] == [sam.person_id]


def test_a_number_that_came_meanwhile_sends_nothing(
    post: Post, order: Order, school: Organisation, partnership: Organisation, sam: Actor
) -> None:
    ask_purchase_order(customer=school, at=timezone.now(), actor=finance(partnership))
    set_purchase_order(order=order, purchase_order="CC-9", actor=sam)
    assert _asked(post) == []
    assert order.placed_on == date(2026, 9, 1)
