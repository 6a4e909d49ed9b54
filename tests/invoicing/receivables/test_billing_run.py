"""The invoice batch: previewed, issued as previewed, grouped by who pays, held where something is missing, once."""

from datetime import date
from decimal import Decimal

import pytest

from invoicing.receivables.models import Charge
from invoicing.services import amend_unbilled, propose, reduce, run_billing
from marketplace.core.actors import Role
from marketplace.core.errors import NotAllowed
from marketplace.core.money import Money
from marketplace.organisations.models import Organisation
from marketplace.organisations.services.registry import set_terms
from tests.conftest import EXEMPT, OUTSIDE, ZERO, finance
from tests.invoicing.agency.fenland import add_fenland, mandate_for
from tests.invoicing.books import FIRST, balances, bill, nothing_written
from tests.shop import person

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("ledger_holds")]


def test_the_batch_issues_what_its_preview_showed_and_then_nothing(oakfield, council, charges, actor):
    charges(oakfield, 10_000)
    charges(oakfield, 4_000, vat=EXEMPT)
    charges(council, 2_345)
    with nothing_written():
        preview = propose(on=FIRST)
    # 100.00 + 23.45 at 20%: 20.00 + 4.69; 40.00 exempt
    assert (preview.net_pence, preview.vat_pence, preview.gross_pence) == (16_345, 2_469, 18_814)
    assert preview.by_rate() == [("E", Decimal(0), 4_000, 0), ("S", Decimal("0.20"), 12_345, 2_469)]
    report = run_billing(on=FIRST, actor=actor)
    assert (report.net_pence, report.vat_pence, report.gross_pence) == (16_345, 2_469, 18_814)
    assert report.numbers == ["INV-000001", "INV-000002"]
    with nothing_written():
        assert propose(on=FIRST).invoices == []
        assert run_billing(on=FIRST, actor=actor).numbers == []


def test_an_invoice_is_posted_line_by_line_with_its_vat(oakfield, charges):
    charges(oakfield, 10_000, account_code="4100", stream_code="SI")
    charges(oakfield, 4_000, account_code="4300", stream_code="PR", vat=ZERO)
    [invoice] = bill()
    assert balances() == {"1100": 16_000, "2200": -2_000, "4100": -10_000, "4300": -4_000}
    assert list(invoice.entry.movements.values_list("stream_id", flat=True)) == ["SI", "PR", None]
    assert {m.debit_party_id for m in invoice.entry.movements.all()} == {oakfield.pk}
    assert (invoice.entry.tax_point, invoice.entry.posted_on, invoice.entry.issued_on) == (FIRST, FIRST, FIRST)


def test_only_items_whose_day_has_come_are_invoiced(oakfield, charges):
    charges(oakfield, 100, on=date(2026, 8, 31))
    charges(oakfield, 200, on=date(2026, 9, 1))
    charges(oakfield, 400, on=date(2026, 9, 2))
    [invoice] = bill(FIRST)
    assert invoice.net_pence == 300
    [later] = bill(date(2026, 9, 2))
    assert later.net_pence == 400


def test_one_invoice_per_purchase_order_and_customer(oakfield, council, charges):
    charges(oakfield, 100, purchase_order="A")
    charges(oakfield, 200, purchase_order="B")
    charges(oakfield, 400, purchase_order="A")
    charges(council, 800, purchase_order="A")
    found = {(i.customer_id, i.purchase_order): i.net_pence for i in bill()}
    assert found == {(oakfield.pk, "A"): 500, (oakfield.pk, "B"): 200, (council.pk, "A"): 800}


def test_one_invoice_per_legal_supplier(partnership, oakfield, charges, actor):
    supplier = add_fenland()
    mandate_for(supplier, person(partnership, actor, role=Role.FINANCE_MANAGER))
    charges(oakfield, 100)
    charges(oakfield, 200, supplier=supplier)
    found = {invoice.seller["name"]: invoice.net_pence for invoice in bill()}
    assert found == {"Tidewell Schools Partnership": 100, "Fenland Software Ltd": 200}


def test_outside_the_scope_of_vat_stands_on_an_invoice_of_its_own(oakfield, charges):
    charges(oakfield, 10_000)
    charges(oakfield, 30_000, vat=OUTSIDE)
    charges(oakfield, 2_000, vat=EXEMPT)
    categories = sorted(sorted(i.vat_groups.values_list("category", flat=True)) for i in bill())
    assert categories == [["E", "S"], ["O"]]


def test_an_item_without_the_purchase_order_that_its_payer_demands_is_held_until_it_has_one(oakfield, charges, actor):
    set_terms(organisation=oakfield, purchase_order_rule="required", payer_reference_name="Cost code", actor=actor)
    charges(oakfield, 5_000, key="needs")
    [held] = propose(on=FIRST).held
    assert (held.customer, held.pence, held.reason) == ("Oakfield Primary School", 5_000, "Cost code missing")
    with nothing_written():
        assert bill() == []
    amend_unbilled(source_key="needs", purchase_order="CC-104", actor=actor)
    assert propose(on=FIRST).held == []
    [invoice] = bill()
    assert (invoice.purchase_order, invoice.payer_reference_name) == ("CC-104", "Cost code")


def test_an_item_held_by_a_person_waits_until_it_is_released(oakfield, charges, actor):
    charges(oakfield, 5_000, key="waits")
    amend_unbilled(source_key="waits", held_reason="The head teacher asks for a discount", actor=actor)
    assert bill() == []
    assert [h.reason for h in propose(on=FIRST).held] == ["The head teacher asks for a discount"]
    amend_unbilled(source_key="waits", held_reason="", actor=actor)
    assert [invoice.net_pence for invoice in bill()] == [5_000]


@pytest.mark.parametrize(
    "change",
    [
        lambda actor: reduce(source_key="r", of="a", pence=1, reason="Less", on=FIRST, actor=actor),
        lambda actor: reduce(source_key="r", of="a", pence=1_000, reason="Nothing", on=FIRST, actor=actor),
        lambda actor: amend_unbilled(source_key="a", purchase_order="New", actor=actor),
        lambda actor: amend_unbilled(source_key="a", held_reason="Wait", actor=actor),
        lambda actor: amend_unbilled(source_key="a", bill_on=date(2026, 12, 1), actor=actor),
        lambda actor: amend_unbilled(
            source_key="a", invoice_to=Organisation.objects.get(kind="authority"), actor=actor
        ),
    ],
    ids=["reduced", "cancelled", "purchase order", "held", "later", "another payer"],
)
def test_what_changed_between_preview_and_issue_is_left_for_the_next_run(oakfield, council, charges, actor, change):
    charges(oakfield, 1_000, key="a")
    charges(oakfield, 2_000, key="b")
    charges(council, 4_000, key="c")
    proposal = propose(on=FIRST)
    change(actor)
    report = run_billing(on=FIRST, actor=actor, proposal=proposal)
    assert (report.changed, report.net_pence) == (1, 4_000)
    assert Charge.objects.get(source_key="b").state == Charge.State.PENDING
    assert sum(invoice.net_pence for invoice in bill(date(2027, 1, 1))) in (2_000, 2_999, 3_000)


def test_a_proposal_issued_twice_issues_nothing_the_second_time(oakfield, charges, actor):
    charges(oakfield, 1_000)
    proposal = propose(on=FIRST)
    run_billing(on=FIRST, actor=actor, proposal=proposal)
    with nothing_written():
        again = run_billing(on=FIRST, actor=actor, proposal=proposal)
    assert (again.numbers, again.changed) == ([], 1)


def test_only_finance_issues_invoices(partnership, oakfield, charges):
    charges(oakfield, 1_000)
    with nothing_written(), pytest.raises(NotAllowed, match="You may not issue invoices"):
        run_billing(on=FIRST, actor=finance(partnership, Role.ORGANISER))
    assert run_billing(on=FIRST, actor=finance(partnership)).numbers == ["INV-000001"]


def test_the_due_date_follows_the_customers_terms_over_29_february(oakfield, council, charges, actor):
    set_terms(organisation=council, payment_days=14, actor=actor)
    leap = date(2028, 2, 29)
    charges(oakfield, 100, on=leap)
    charges(council, 100, on=leap)
    due = {invoice.customer_id: invoice.due_on for invoice in bill(leap)}
    assert due == {oakfield.pk: date(2028, 3, 30), council.pk: date(2028, 3, 14)}


def test_a_quantity_times_a_price_that_is_the_net_is_shown_as_such(oakfield, charges):
    charges(oakfield, 22_500, quantity=Decimal("2.5"), unit_price=Money(9_000), steps=["2½ days at £90.00"])
    line = bill()[0].lines.get()
    assert (line.quantity, line.unit_price_pence, line.net_pence) == (Decimal("2.5"), 9_000, 22_500)
    assert line.working == ["2½ days at £90.00"]


def test_the_parties_are_frozen_as_they_were_on_the_day(partnership, oakfield, charges):
    charges(oakfield, 100)
    [invoice] = bill()
    assert invoice.buyer["name"] == "Oakfield Primary School"
    assert invoice.buyer["address"] == ["Oak Lane", "Tidewell", "TW2 2BB"]
    assert (invoice.seller["name"], invoice.seller["vat_number"]) == (partnership.name, "GB123456789")
