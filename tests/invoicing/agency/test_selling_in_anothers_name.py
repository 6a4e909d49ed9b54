"""An invoice in a supplier's name: its seller, its series, what is posted, and what is refused."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from invoicing.documents.agency_sales import AgencySale
from invoicing.documents.models import Document
from invoicing.ledger.models import Movement
from invoicing.mandates.granting import MandateOverlaps, NoMandate, SameLegalPerson
from invoicing.receivables.billing import propose
from invoicing.receivables.models import Charge
from invoicing.services import amend_unbilled, credit_invoice, end_mandate, grant_mandate, set_vat_facts, write_off
from invoicing.vat_boxes import box_six
from marketplace.core.errors import NotAllowed, WrongInput
from marketplace.core.periods import Period
from marketplace.core.verification import verify
from tests.conftest import EXEMPT, START, finance
from tests.invoicing.agency.fenland import add_fenland, mandate_for, sold
from tests.invoicing.books import FIRST, balances, bill, nothing_written, refused, run_sql
from tests.shop import trust_with

pytestmark = pytest.mark.django_db


def holds() -> bool:
    return [found.invariant.name for found in verify() if found.violations] == []


def test_the_supplier_is_the_seller_with_a_number_of_its_own_series(fenland, oakfield, charges, partnership):
    invoice = sold(fenland, oakfield, 100_000, charges)
    assert invoice.number == "FEN-000001"
    assert (invoice.supplier, invoice.customer) == (fenland, oakfield)
    assert invoice.seller["name"] == "Fenland Software Ltd"
    assert invoice.seller["vat_number"] == "GB987654321"
    assert invoice.seller["agent"] == "Tidewell Schools Partnership"
    assert (invoice.net_pence, invoice.vat_pence) == (100_000, 20_000)
    assert AgencySale.objects.get(pk=invoice.pk).mandate.fee_rate == Decimal("0.1")
    assert holds()


def test_all_of_it_is_owed_to_the_supplier_and_nothing_is_our_income_or_vat(fenland, oakfield, charges):
    invoice = sold(fenland, oakfield, 100_000, charges)
    [movement] = Movement.objects.filter(entry=invoice.entry_id)
    assert (movement.debit_account_id, movement.debit_party_id) == ("1100", oakfield.pk)
    assert (movement.credit_account_id, movement.credit_party_id) == ("2400", fenland.pk)
    assert movement.pence == 120_000
    assert balances() == {"1100": 120_000, "2400": -120_000}


def test_it_never_enters_our_box_six(fenland, oakfield, charges, partnership):
    sold(fenland, oakfield, 100_000, charges)
    charges(oakfield, 5_000)
    bill()
    assert box_six(finance(partnership), FIRST, FIRST + timedelta(days=1)).pence == 5_000


def test_ours_and_the_suppliers_never_stand_on_one_invoice(fenland, oakfield, charges):
    charges(oakfield, 5_000)
    charges(oakfield, 7_000, supplier=fenland)
    charges(oakfield, 6_000)
    assert [(d.number, d.net_pence) for d in bill()] == [("FEN-000001", 7_000), ("INV-000001", 11_000)]
    assert holds()


def test_numbers_of_both_series_are_claimed_in_one_batch_without_gaps(fenland, oakfield, council, charges):
    for turn in range(3):
        charges(oakfield, 1_000 + turn, supplier=fenland, purchase_order=f"{turn}")
        charges(council, 2_000 + turn, purchase_order=f"{turn}")
    assert [d.number for d in bill()] == [f"{code}-00000{n}" for code in ("FEN", "INV") for n in (1, 2, 3)]
    assert holds()


def test_its_credit_note_has_its_own_series_and_lowers_what_the_supplier_is_owed(fenland, oakfield, charges, marek):
    invoice = sold(fenland, oakfield, 100_000, charges)
    line = invoice.lines.get()
    note = credit_invoice(invoice=invoice, amounts={line.pk: 25_000}, reason="One seat less", on=FIRST, actor=marek)
    assert (note.number, note.supplier, note.gross_pence) == ("FEN-CN-000001", fenland, 30_000)
    assert note.seller["agent"] == "Tidewell Schools Partnership"
    assert balances() == {"1100": 90_000, "2400": -90_000}
    assert holds()


def test_a_debt_that_is_given_up_is_the_suppliers_loss(fenland, oakfield, charges, actor):
    invoice = sold(fenland, oakfield, 100_000, charges)
    write_off(invoice=invoice, pence=20_000, reason="School closed", on=FIRST, actor=actor)
    assert balances() == {"1100": 100_000, "2400": -100_000}
    assert holds()


def test_recognition_and_instalments_of_ours_do_not_touch_it(fenland, oakfield, charges):
    year = Period.months_from(FIRST, 12)
    charges(oakfield, 12_000, supplier=fenland, recognition="over_time", instalments=12, service=year)
    [invoice] = bill()
    assert invoice.instalments.count() == 0
    assert balances() == {"1100": 14_400, "2400": -14_400}
    assert holds()


def test_without_a_mandate_nothing_is_charged(partnership, oakfield, charges):
    supplier = add_fenland()
    with nothing_written(), pytest.raises(NoMandate, match="has not agreed that we invoice in its name on 1 September"):
        charges(oakfield, 1_000, supplier=supplier)


def test_an_item_whose_mandate_has_ended_is_held_and_holds_no_other(fenland, oakfield, charges, marek):
    charges(oakfield, 7_000, supplier=fenland)
    charges(oakfield, 5_000)
    end_mandate(mandate=fenland.sales_mandates.get(), valid_to=FIRST, actor=marek)
    proposal = propose(on=FIRST)
    assert [held.reason for held in proposal.held] == [
        "Fenland Software Ltd has no mandate: we may not invoice in its name"
    ]
    assert [draft.net_pence for draft in proposal.invoices] == [5_000]


def test_a_credit_note_outlives_the_mandate(fenland, oakfield, charges, marek):
    invoice = sold(fenland, oakfield, 100_000, charges)
    end_mandate(mandate=fenland.sales_mandates.get(), valid_to=FIRST + timedelta(days=1), actor=marek)
    later = FIRST + timedelta(days=60)
    amounts = {invoice.lines.get().pk: 100_000}
    note = credit_invoice(invoice=invoice, amounts=amounts, reason="Returned", on=later, actor=marek)
    assert note.number == "FEN-CN-000001"
    assert balances() == {}
    assert holds()


def test_supplier_and_customer_are_never_one(fenland, oakfield, charges, actor):
    with pytest.raises(WrongInput, match="cannot be invoiced by itself"):
        charges(fenland, 1_000, supplier=fenland)
    charges(oakfield, 1_000, supplier=fenland, key="seat")
    with pytest.raises(WrongInput, match="cannot be invoiced by itself"):
        amend_unbilled(source_key="seat", invoice_to=fenland, actor=actor)


def test_an_academy_does_not_sell_to_its_own_trust(tmp_path, partnership, charges, marek, actor):
    trust, [academy] = trust_with(tmp_path, actor, "Seagrave Academy")
    set_vat_facts(
        organisation=academy, valid_from=START, registered=False, eligible_body=True, evidence="Its letter", actor=marek
    )
    mandate_for(academy, marek, prefix="ACA")
    with nothing_written(), pytest.raises(SameLegalPerson, match="are one legal person"):
        charges(trust, 1_000, supplier=academy, vat=EXEMPT)


def test_a_mandate_needs_a_vat_number_where_the_supplier_charges_vat(tmp_path, partnership, marek, actor):
    _, [academy] = trust_with(tmp_path, actor, "Seagrave Academy")
    with nothing_written(), pytest.raises(WrongInput, match="VAT number is not on record"):
        mandate_for(academy, marek)


@pytest.mark.parametrize("prefix", ["F", "TOOLONG", "F1", "INV", "CN", ""])
def test_the_letters_before_the_numbers_are_the_suppliers_alone(partnership, marek, prefix):
    supplier = add_fenland()
    with nothing_written(), pytest.raises(WrongInput):
        mandate_for(supplier, marek, prefix=prefix)


def test_a_second_mandate_goes_on_with_the_series_and_never_overlaps(fenland, oakfield, charges, marek):
    sold(fenland, oakfield, 1_000, charges)
    first = fenland.sales_mandates.get()
    again = {"supplier": fenland, "fee_rate": Decimal("0.2"), "evidence": "Agreement of 2026", "actor": marek}
    with pytest.raises(MandateOverlaps):
        grant_mandate(valid_from=date(2026, 6, 1), prefix="FEN", **again)
    end_mandate(mandate=first, valid_to=date(2026, 10, 1), actor=marek)
    with pytest.raises(WrongInput, match="begin with FEN"):
        grant_mandate(valid_from=date(2026, 10, 1), prefix="FNL", **again)
    grant_mandate(valid_from=date(2026, 10, 1), prefix="FEN", **again)
    charges(oakfield, 2_000, supplier=fenland, on=date(2026, 10, 2))
    [invoice] = bill(on=date(2026, 10, 2))
    assert invoice.number == "FEN-000002"
    assert AgencySale.objects.get(pk=invoice.pk).mandate.fee_rate == Decimal("0.2")
    assert holds()


def test_only_a_finance_manager_records_a_mandate(partnership, priya):
    supplier = add_fenland()
    with nothing_written(), pytest.raises(NotAllowed):
        mandate_for(supplier, priya)


def test_the_database_keeps_a_mandate_and_a_sale_as_they_are(fenland, oakfield, charges):
    sold(fenland, oakfield, 1_000, charges)
    with refused("is frozen"):
        run_sql("UPDATE invoicing_salesmandate SET fee_rate = 0.5")
    with refused("never deleted"):
        run_sql("DELETE FROM invoicing_salesmandate")
    with refused("refused"):
        run_sql("DELETE FROM invoicing_agencysale")


def test_charges_say_whose_they_are(fenland, oakfield, charges):
    charges(oakfield, 1_000, supplier=fenland, key="seat")
    found = Charge.objects.get(source_key="seat")
    assert (found.supplier, found.account_id, found.recognition) == (fenland, "2400", "at_once")
    assert Document.objects.count() == 0
