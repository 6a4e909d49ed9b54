"""What stands together on one invoice: the customer's terms decide, and outside the scope never mixes."""

from datetime import date

import pytest

from invoicing.documents.models import Document
from invoicing.services import propose, run_billing
from marketplace.core.actors import Actor
from marketplace.organisations.models import CustomerTerms, Organisation
from marketplace.organisations.services.registry import set_terms
from tests.conftest import OUTSIDE, Charges

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("ledger_holds")]
SEPTEMBER_10, SEPTEMBER_30 = date(2026, 9, 10), date(2026, 9, 30)
Grouping, Rhythm = CustomerTerms.Grouping, CustomerTerms.Rhythm


@pytest.fixture
def trust_of_two(oakfield: Organisation, council: Organisation, charges: Charges) -> None:
    """Two schools for which the council is invoiced: two orders of one school, one of the other, two purchase orders."""
    other = {"consumer": council, "invoice_to": council, "on": SEPTEMBER_10}
    charges(council, 10_000, label="ORD-1", purchase_order="A", **{**other, "consumer": oakfield})
    charges(council, 20_000, label="ORD-1", purchase_order="B", **{**other, "consumer": oakfield})
    charges(council, 30_000, label="ORD-2", purchase_order="A", **other)


def _nets(on: date) -> list[list[int]]:
    return sorted(sorted(line.net_pence for line in draft.lines) for draft in propose(on=on).invoices)


@pytest.mark.parametrize(
    ("grouping", "expected"),
    [
        (Grouping.PURCHASE_ORDER, [[10_000, 30_000], [20_000]]),
        (Grouping.ORDER, [[10_000, 20_000], [30_000]]),
        (Grouping.SCHOOL, [[10_000, 20_000], [30_000]]),
        (Grouping.TOGETHER, [[10_000, 20_000, 30_000]]),
    ],
)
@pytest.mark.usefixtures("trust_of_two")
def test_the_terms_of_whom_is_invoiced_say_what_stands_together(council, actor, grouping, expected):
    set_terms(organisation=council, actor=actor, invoice_grouping=grouping)
    assert _nets(SEPTEMBER_10) == expected


@pytest.mark.usefixtures("trust_of_two")
def test_one_invoice_for_several_purchase_orders_names_each_on_its_line(council, actor):
    set_terms(organisation=council, actor=actor, invoice_grouping=Grouping.TOGETHER)
    [number] = run_billing(on=SEPTEMBER_10, actor=actor).numbers
    invoice = Document.objects.get(number=number)
    assert invoice.purchase_order == ""
    assert sorted(line.purchase_order for line in invoice.lines.all()) == ["A", "A", "B"]


@pytest.mark.usefixtures("trust_of_two")
def test_outside_the_scope_stands_on_an_invoice_of_its_own(council, charges, actor):
    set_terms(organisation=council, actor=actor, invoice_grouping=Grouping.TOGETHER)
    charges(council, 5_000, vat=OUTSIDE, on=SEPTEMBER_10)
    assert _nets(SEPTEMBER_10) == [[5_000], [10_000, 20_000, 30_000]]


def test_a_monthly_customer_is_invoiced_on_the_last_day_of_the_month(oakfield, charges, actor):
    set_terms(organisation=oakfield, actor=actor, invoice_rhythm=Rhythm.MONTHLY)
    charges(oakfield, 1_000, on=date(2026, 9, 1))
    charges(oakfield, 2_000, on=date(2026, 9, 29))
    charges(oakfield, 4_000, on=date(2026, 10, 2))
    proposal = propose(on=date(2026, 9, 29))
    assert proposal.invoices == []
    assert [item.reason for item in proposal.later] == ["On the monthly invoice of 30 September 2026"] * 2
    assert _nets(SEPTEMBER_30) == [[1_000, 2_000]]
    # Forgotten until the end of October: still one invoice for each month.
    assert _nets(date(2026, 10, 31)) == [[1_000, 2_000], [4_000]]


def test_an_item_that_waits_for_its_purchase_order_holds_no_other(oakfield, council, charges, actor: Actor):
    set_terms(
        organisation=council, actor=actor, invoice_grouping=Grouping.TOGETHER,
        purchase_order_rule=CustomerTerms.PurchaseOrderRule.REQUIRED,
    )  # fmt: skip
    charges(council, 1_000, consumer=oakfield, purchase_order="A", on=SEPTEMBER_10)
    charges(council, 2_000, on=SEPTEMBER_10)
    proposal = propose(on=SEPTEMBER_10)
    assert ([draft.net_pence for draft in proposal.invoices], [item.pence for item in proposal.held]) == (
        [1_000],
        [2_000],
    )
