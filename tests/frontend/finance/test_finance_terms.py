"""How a customer is invoiced: changed by finance, with what it means for the items that wait."""

from datetime import date
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from frontend.finance.terms import outlook_words
from invoicing.receivables.models import Charge
from invoicing.receivables.outlook import Outlook
from invoicing.services import amend_unbilled, propose
from marketplace.core.actors import Actor
from marketplace.core.models import Event
from marketplace.organisations.models import Organisation
from marketplace.organisations.services.registry import set_terms, terms_of
from tests.conftest import Charges, finance
from tests.frontend.school.visits import text_of
from tests.invoicing.agency.fenland import may_sell

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("ledger_holds")]
TODAY = date(2026, 9, 30)
USUAL = {
    "settlement": "invoice",
    "payment_days": "30",
    "purchase_order_rule": "optional",
    "payer_reference_name": "Purchase order",
    "invoice_grouping": "purchase_order",
    "invoice_rhythm": "as_due",
    "invoice_to": "",
}


def address_of(customer: Organisation) -> str:
    return reverse("finance-customer-terms", kwargs={"number": customer.number})


@pytest.fixture
def four(charges: Charges, oakfield: Organisation) -> list[Charge]:
    """£1,230.00 in four items of two orders and three purchase orders."""
    return [
        charges(oakfield, 50_000, label="ORD-1", purchase_order="A"),
        charges(oakfield, 50_000, label="ORD-1", purchase_order="B"),
        charges(oakfield, 20_000, label="ORD-2", purchase_order="B"),
        charges(oakfield, 3_000, label="ORD-2", purchase_order="C"),
    ]


def test_the_page_says_what_each_grouping_makes_of_the_items_that_wait(
    priya: Client, oakfield: Organisation, four: list[Charge]
) -> None:
    page = text_of(priya.get(address_of(oakfield)))
    assert "4 items of £1,230.00 before VAT are due by 30 September 2026: they become 3 invoices." in page
    assert "One invoice for each order 2 invoices for what is ready this month" in page
    assert "with a section for each school 1 invoice for what is ready this month" in page


def test_all_terms_are_changed_at_once_and_the_customers_page_tells_them(
    priya: Client, oakfield: Organisation, council: Organisation, four: list[Charge]
) -> None:
    changed = {
        "settlement": "council_journal", "payment_days": "14", "purchase_order_rule": "required",
        "payer_reference_name": "Cost code", "invoice_grouping": "order", "invoice_rhythm": "monthly",
        "invoice_to": "borough",
    }  # fmt: skip
    answer = priya.post(address_of(oakfield), changed, follow=True)
    terms = terms_of(oakfield)
    assert {name: str(getattr(terms, name)) for name in list(changed)[:6]} == {k: changed[k] for k in list(changed)[:6]}
    assert terms.invoice_to == council
    page = text_of(answer)
    assert "Terms of Oakfield Primary School saved. 4 items of £1,230.00" in page
    assert "One invoice for each order" in page and "Once a month, on its last day" in page
    assert {one.invoice_to_id for one in Charge.objects.all()} == {oakfield.pk}  # not ticked: they stay
    assert Event.objects.filter(kind="terms.changed").count() == 1


def test_with_a_tick_what_waits_follows_except_what_was_fixed_by_hand(
    priya: Client, oakfield: Organisation, council: Organisation, four: list[Charge], charges: Charges, actor: Actor
) -> None:
    third = charges(council, 700, consumer=oakfield)  # given to the council by hand
    page = text_of(priya.get(address_of(oakfield)))
    assert "Where this changes, move the 4 items that wait to the new one" in page
    answer = priya.post(address_of(oakfield), {**USUAL, "invoice_to": council.number, "move": "on"}, follow=True)
    assert "4 items moved to Tidewell Borough Council." in text_of(answer)
    assert {one.invoice_to_id for one in Charge.objects.all()} == {council.pk}
    priya.post(address_of(oakfield), {**USUAL, "move": "on"})
    third.refresh_from_db()
    # Back again: what stands with the council by the terms of Oakfield goes home.
    assert Charge.objects.filter(invoice_to=oakfield).count() == 5


def test_an_item_that_cannot_move_stops_all_of_it(
    priya: Client, oakfield: Organisation, council: Organisation, four: list[Charge], charges: Charges
) -> None:
    may_sell(council)
    charges(oakfield, 900, supplier=council)
    answer = priya.post(address_of(oakfield), {**USUAL, "invoice_to": council.number, "move": "on"})
    assert answer.status_code == 400
    assert "Tidewell Borough Council cannot be invoiced by itself" in text_of(answer)
    assert {one.invoice_to_id for one in Charge.objects.all()} == {oakfield.pk}
    assert terms_of(oakfield).invoice_to is None


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"invoice_to": "zeppelin"}, "No customer is called “zeppelin”. Enter a name or customer number"),
        ({"invoice_to": "Oakfield"}, "is invoiced itself when nobody else is named"),
        ({"invoice_to": "o"}, "More than one customer is called that: Oakfield Primary School"),
        ({"payment_days": "121"}, "Days to pay must be 120 or less"),
        ({"payer_reference_name": ""}, "Enter the name of the reference"),
    ],
)
def test_what_cannot_be_is_said_and_nothing_changes(
    priya: Client, oakfield: Organisation, council: Organisation, given: dict[str, str], words: str
) -> None:
    answer = priya.post(address_of(oakfield), {**USUAL, **given})
    assert answer.status_code == 400 and words in text_of(answer)
    assert not Event.objects.filter(kind="terms.changed").exists()


def test_the_auditor_reads_but_does_not_change(edith: Client, oakfield: Organisation) -> None:
    assert edith.post(address_of(oakfield), USUAL).status_code == 403
    page = edith.get(reverse("finance-customer", kwargs={"number": oakfield.number})).content.decode()
    assert "One invoice for each purchase order" in page and address_of(oakfield) not in page


def test_items_of_the_month_are_told_in_words() -> None:
    def said(*figures: Any) -> str:
        return outlook_words(Outlook(TODAY, *figures))

    assert said(0, 0, 0, 0) == "Nothing waits to be invoiced by 30 September 2026."
    assert said(1, 500, 1, 0).endswith("1 item of £5.00 before VAT is due by 30 September 2026: it becomes 1 invoice.")
    assert said(3, 500, 1, 2).endswith(", of which 2 are held: they become 1 invoice.")
    assert said(2, 500, 0, 2).endswith(", held until somebody acts.")


def test_the_outlook_is_what_the_batch_then_proposes(
    priya: Client, partnership: Organisation, oakfield: Organisation, four: list[Charge]
) -> None:
    set_terms(organisation=oakfield, actor=finance(partnership), invoice_grouping="order")
    amend_unbilled(source_key=four[0].source_key, held_reason="In query", actor=finance(partnership))
    assert "of which 1 is held: they become 2 invoices" in text_of(priya.get(address_of(oakfield)))
    assert len(propose(on=TODAY).invoices) == 2
