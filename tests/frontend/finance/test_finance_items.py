"""Items to invoice: the list, and what may change before an item is invoiced."""

from collections.abc import Callable
from datetime import date

import pytest
from django.test import Client
from django.urls import reverse

from invoicing.documents.models import Document
from invoicing.receivables.models import Charge
from marketplace.core.actors import Actor
from marketplace.organisations.models import Organisation
from marketplace.organisations.services.registry import set_terms
from tests.conftest import Charges
from tests.frontend.finance.counting import queries

LIST = "/finance/invoicing"


def text_of(client: Client, address: str, **asked: str) -> str:
    answer = client.get(address, asked)
    assert answer.status_code == 200
    return answer.content.decode()


@pytest.fixture
def three(charges: Charges, oakfield: Organisation, council: Organisation, actor: Actor) -> list[Charge]:
    """Ready £100.00; held by hand £20.00; waiting for the council's purchase order £50.00, due in October."""
    set_terms(organisation=council, purchase_order_rule="required", payer_reference_name="Cost code", actor=actor)
    held = charges(oakfield, 2000, description="Licence")
    Charge.objects.filter(pk=held.pk).update(held_reason="In query with the school")
    return [
        charges(oakfield, 10000, description="Governor services"),
        held,
        charges(council, 5000, description="Moderation", on=date(2026, 10, 5)),
    ]


@pytest.mark.parametrize(
    ("asked", "total", "shown"),
    [
        ({}, "3 items, £170.00 before VAT", {"Governor services", "Licence", "Moderation"}),
        ({"held": "no"}, "1 item, £100.00", {"Governor services"}),
        ({"held": "yes"}, "2 items, £70.00", {"Licence", "Moderation"}),
        ({"held": "order"}, "1 item, £50.00", {"Moderation"}),
        ({"due_by": "30/9/26"}, "2 items, £120.00", {"Governor services", "Licence"}),
        ({"customer": "council"}, "1 item, £50.00", {"Moderation"}),
        ({"customer": "nobody"}, "0 items", set()),
    ],
)
def test_the_list_and_its_total(
    priya: Client, three: list[Charge], asked: dict[str, str], total: str, shown: set[str]
) -> None:
    page = text_of(priya, LIST, **asked)
    assert total in page
    assert {item.description for item in three if f">{item.description}</a>" in page} == shown
    assert ("No items match these filters" in page) == (not shown)


def test_why_an_item_is_held_stands_in_the_list(priya: Client, three: list[Charge]) -> None:
    page = text_of(priya, LIST)
    assert "In query with the school" in page and "Cost code missing" in page


def test_holding_and_releasing(priya: Client, three: list[Charge]) -> None:
    ready = three[0]
    address = reverse("finance-item", kwargs={"pk": ready.pk})
    form = {"purchase_order": "4471", "bill_on": "1/9/26", "held_reason": "Asked for by the bursar"}
    priya.post(address, form)
    ready.refresh_from_db()
    assert (ready.held_reason, ready.purchase_order) == ("Asked for by the bursar", "4471")
    assert "Release, £100.00" in text_of(priya, address)
    priya.post(address, {**form, "release": "1"})
    ready.refresh_from_db()
    assert ready.held_reason == ""


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("purchase_order", "x" * 21, "Purchase order must be 20 characters or fewer"),
        ("purchase_order", "a\x07", "control characters"),
        ("bill_on", "29/2/27", "must be a real date"),
        ("bill_on", "", "Enter"),
        ("held_reason", "x" * 121, "must be 120 characters or fewer"),
    ],
)
def test_a_wrong_change_is_refused(priya: Client, three: list[Charge], field: str, value: str, words: str) -> None:
    item = three[0]
    form = {"purchase_order": "4471", "bill_on": "1/9/26", "held_reason": "", field: value}
    answer = priya.post(reverse("finance-item", kwargs={"pk": item.pk}), form)
    assert answer.status_code == 400
    assert words in answer.content.decode()
    item.refresh_from_db()
    assert item.purchase_order == ""


def test_what_was_invoiced_does_not_change(
    priya: Client, charges: Charges, oakfield: Organisation, bill: Callable[..., list[Document]]
) -> None:
    item = charges(oakfield, 1000)
    [invoice] = bill()
    address = reverse("finance-item", kwargs={"pk": item.pk})
    assert "Save changes" not in text_of(priya, address) and invoice.number in text_of(priya, address)
    late = priya.post(address, {"purchase_order": "9", "bill_on": "1/9/26", "held_reason": ""})
    assert late.status_code == 400 and "Credit the invoice instead" in late.content.decode()


def test_a_return_address_elsewhere_is_ignored(priya: Client, three: list[Charge]) -> None:
    address = reverse("finance-item", kwargs={"pk": three[0].pk})
    form = {"purchase_order": "", "bill_on": "1/9/26", "held_reason": "", "return_to": "https://elsewhere.example/"}
    assert priya.post(address, form)["Location"] == address


def test_the_list_takes_as_many_queries_for_25_rows_as_for_5(
    priya: Client, charges: Charges, oakfield: Organisation
) -> None:
    for _ in range(5):
        charges(oakfield, 1000)
    few = queries(lambda: priya.get(LIST))
    for _ in range(20):
        charges(oakfield, 1000)
    assert queries(lambda: priya.get(LIST)) == few
