"""Finance's pages of a purse's account: they say what is kept for orders, and refuse to take it."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from invoicing.documents.models import Document
from invoicing.models import Refund, UnallocatedItem
from invoicing.second_person.limits import set_limit
from invoicing.second_person.models import Action
from marketplace.core.actors import Actor
from marketplace.organisations.models import Organisation
from subscriptions.models import Purse
from subscriptions.services import draw
from tests.conftest import Charges
from tests.frontend.school.visits import text_of
from tests.subscriptions.purses.tampering import ON, filled, two_schools

pytestmark = pytest.mark.django_db
KEEPS = "Purse harbour keeps £60.00 of this account for orders, so at most £40.00 of this money can be taken."
REFUSED = "Purse harbour keeps £60.00 for ORD-1. Only £50.00 would be left on its account, so nothing was changed."


@pytest.fixture
def purse(partnership: Organisation, actor: Actor) -> Purse:
    """£100.00, of which £60.00 are kept for an order."""
    schools = two_schools("Harbour")
    made = filled("harbour", schools, 100_00)
    draw(
        code="harbour", organisation=schools[1], source_key="order:ORD-1", label="ORD-1: A course", pence=60_00,
        charge_keys=["ORD-1:1"], on=ON,
    )  # fmt: skip
    for action in (Action.REFUND, Action.CARRY):
        set_limit(action=action, pence=1_000_00, valid_from=ON, actor=actor)
    return made


def where(purse: Purse, what: str) -> str:
    money = UnallocatedItem.objects.get(organisation=purse.account)
    return f"/finance/customers/{purse.account.number}/{what}/{money.pk}"


@pytest.mark.parametrize(("what", "more"), [("refund", {}), ("carry", {"to": "lead"})])
def test_more_than_is_free_is_refused_with_what_is_kept_and_for_what(
    priya: Client, purse: Purse, what: str, more: dict[str, Any]
) -> None:
    page = priya.get(where(purse, what))
    assert KEEPS in text_of(page) and 'value="40.00"' in page.content.decode()
    sent = {"pence": "50", "reason": "Asked back"} | dict.fromkeys(more, purse.lead.number)
    refused = priya.post(where(purse, what), sent)
    assert refused.status_code == 409 and REFUSED in text_of(refused)
    assert UnallocatedItem.objects.get(organisation=purse.account).remaining_pence == 100_00
    assert priya.post(where(purse, what), sent | {"pence": "40"}).status_code == 302
    assert UnallocatedItem.objects.get(organisation=purse.account).remaining_pence == 60_00
    assert Refund.objects.count() == (what == "refund")


def test_no_more_is_suggested_and_set_against_an_invoice_than_is_free(
    priya: Client, purse: Purse, charges: Charges, bill: Callable[..., list[Document]]
) -> None:
    charges(purse.account, 50_00)
    [invoice] = bill()
    item = invoice.items.get()
    page = priya.get(where(purse, "allocate"))
    assert KEEPS in text_of(page) and 'value="40.00"' in page.content.decode()
    sent = {"left": "10000", f"item_{item.pk}": "60"}
    refused = text_of(priya.post(where(purse, "allocate"), sent))
    assert "£60.00 is £20.00 more than the £40.00 that can be taken. Take some off." in refused
    assert priya.post(where(purse, "allocate"), sent | {f"item_{item.pk}": "40"}).status_code == 302
    item.refresh_from_db()
    assert item.outstanding_pence == 20_00
