"""Paying over what was collected: the figures, two people, our fee invoice, and what is taken back."""

from datetime import date, timedelta

import pytest

from invoicing.agency.models import AgencySettlement
from invoicing.agency.settling import (
    NothingToSettle,
    OwnSettlement,
    SettlementChanged,
    SettlementMoved,
    SettlementWaits,
)
from invoicing.agency.standing import sales_of
from invoicing.ledger.models import LedgerAccount
from invoicing.services import (
    allocate,
    approve_settlement,
    credit_invoice,
    pay_settlement,
    prepare_settlement,
    undo_allocation,
    withdraw_settlement,
    write_off,
)
from marketplace.core.errors import NotAllowed
from marketplace.core.verification import verify
from tests.invoicing.agency.fenland import sold
from tests.invoicing.books import FIRST, balances, nothing_written, receive, refused, run_sql

pytestmark = pytest.mark.django_db
SETTLED = date(2026, 9, 30)


def holds() -> bool:
    return [found.invariant.name for found in verify() if found.violations] == []


def pay(invoice, pence, actor, payer=None, key="paid"):
    source = receive(payer or invoice.customer, pence, key=key)
    return allocate(source=source, to=invoice.items.get(), pence=pence, on=FIRST, actor=actor)


def settle(supplier, priya, marek, on=SETTLED) -> AgencySettlement:
    prepared = prepare_settlement(supplier=supplier, on=on, actor=priya)
    approved = approve_settlement(settlement=prepared, on=on, actor=marek)
    bank = LedgerAccount.objects.get(code="1000")
    return pay_settlement(settlement=approved, bank_account=bank, reference="BACS 77", on=on, actor=priya)


def test_what_is_not_collected_is_not_paid_over(fenland, oakfield, charges, priya):
    sold(fenland, oakfield, 100_000, charges)
    with nothing_written(), pytest.raises(NothingToSettle):
        prepare_settlement(supplier=fenland, on=SETTLED, actor=priya)


def test_the_collected_is_paid_over_less_our_taxed_fee(fenland, oakfield, charges, priya, marek, actor):
    """£1,200.00 collected on £1,000.00 net: fee £100.00 + £20.00 VAT, £1,080.00 to the supplier."""
    pay(sold(fenland, oakfield, 100_000, charges), 120_000, actor)
    done = settle(fenland, priya, marek)
    assert (done.collected_pence, done.fee_net_pence, done.fee_vat_pence, done.pence) == (
        120_000,
        10_000,
        2_000,
        108_000,
    )
    fee = done.fee_invoice
    assert (fee.number, fee.customer, fee.gross_pence) == ("INV-000001", fenland, 12_000)
    assert [item.outstanding_pence for item in fee.items.all()] == [0]
    assert balances() == {"1000": 12_000, "2200": -2_000, "4400": -10_000}
    assert holds()


def test_part_payments_are_paid_over_as_they_come_and_fees_add_up_to_the_penny(
    fenland, oakfield, charges, priya, marek, actor
):
    """Three part payments of one invoice: the fees of 33.33 %, 66.67 %, all of £999.99 are £100.00 in the end."""
    invoice = sold(fenland, oakfield, 99_999, charges)
    taken = []
    for turn, pence in enumerate((40_000, 40_000, 39_999)):
        pay(invoice, pence, actor, key=f"part {turn}")
        taken.append(settle(fenland, priya, marek, on=SETTLED + timedelta(days=turn)).fee_net_pence)
    assert taken == [3_333, 3_334, 3_333]
    assert sum(taken) == 10_000
    assert balances()["4400"] == -10_000
    assert balances().get("2400", 0) == 0
    assert holds()


def test_a_credit_after_it_was_paid_over_is_taken_from_the_next(
    fenland, oakfield, council, charges, priya, marek, actor
):
    invoice = sold(fenland, oakfield, 100_000, charges)
    pay(invoice, 120_000, actor)
    settle(fenland, priya, marek)
    amounts = {invoice.lines.get().pk: 30_000}
    credit_invoice(invoice=invoice, amounts=amounts, reason="A seat less", on=SETTLED, actor=actor)
    assert [(sale.due, sale.fee_due) for sale in sales_of(fenland.pk)] == [(-36_000, -3_000)]
    with pytest.raises(NothingToSettle):
        prepare_settlement(supplier=fenland, on=SETTLED, actor=priya)
    pay(sold(fenland, council, 50_000, charges), 60_000, actor, key="second")
    later = settle(fenland, priya, marek, on=SETTLED + timedelta(days=1))
    assert sorted(later.lines.values_list("pence", "fee_pence")) == [(-36_000, -3_000), (60_000, 5_000)]
    assert (later.collected_pence, later.fee_net_pence, later.pence) == (24_000, 2_000, 21_600)
    assert holds()


def test_what_a_credit_note_set_free_counts_on_the_invoice_that_it_pays(
    fenland, oakfield, charges, priya, marek, actor
):
    first = sold(fenland, oakfield, 100_000, charges)
    pay(first, 120_000, actor)
    amounts = {first.lines.get().pk: 50_000}
    note = credit_invoice(invoice=first, amounts=amounts, reason="Half", on=FIRST, actor=actor)
    second = sold(fenland, oakfield, 40_000, charges)
    allocate(source=note.on_account, to=second.items.get(), pence=48_000, on=FIRST, actor=actor)
    assert [(sale.due, sale.fee_due) for sale in sales_of(fenland.pk)] == [(60_000, 5_000), (48_000, 4_000)]
    settle(fenland, priya, marek)
    assert holds()


def test_an_unpaid_invoice_that_is_credited_or_given_up_owes_nothing(fenland, oakfield, council, charges, actor):
    credited = sold(fenland, oakfield, 100_000, charges)
    amounts = {credited.lines.get().pk: 100_000}
    credit_invoice(invoice=credited, amounts=amounts, reason="Returned", on=FIRST, actor=actor)
    given_up = sold(fenland, council, 100_000, charges)
    pay(given_up, 70_000, actor)
    write_off(invoice=given_up, pence=50_000, reason="Closed", on=FIRST, actor=actor)
    assert [sale.due for sale in sales_of(fenland.pk)] == [0, 70_000]
    assert holds()


def test_money_that_was_set_against_it_by_mistake_comes_back(fenland, oakfield, charges, priya, marek, actor):
    allocation = pay(sold(fenland, oakfield, 100_000, charges), 120_000, actor)
    settle(fenland, priya, marek)
    undo_allocation(allocation=allocation, on=SETTLED, reason="Another school's", actor=actor)
    assert [sale.due for sale in sales_of(fenland.pk)] == [-120_000]
    assert holds()


def test_nobody_approves_what_they_prepared(fenland, oakfield, charges, priya, marek, actor):
    pay(sold(fenland, oakfield, 100_000, charges), 120_000, actor)
    prepared = prepare_settlement(supplier=fenland, on=SETTLED, actor=marek)
    with nothing_written(), pytest.raises(OwnSettlement):
        approve_settlement(settlement=prepared, on=SETTLED, actor=marek)
    with nothing_written(), pytest.raises(NotAllowed):
        approve_settlement(settlement=prepared, on=SETTLED, actor=priya)
    with refused("agency_settlement_by_two", error=_check_violation()):
        run_sql("UPDATE invoicing_agencysettlement SET state = 'approved', decided_by_id = prepared_by_id")


def _check_violation():
    import psycopg

    return psycopg.errors.CheckViolation


def test_what_changed_since_it_was_prepared_is_prepared_again(fenland, oakfield, charges, priya, marek, actor):
    invoice = sold(fenland, oakfield, 100_000, charges)
    pay(invoice, 60_000, actor, key="first")
    prepared = prepare_settlement(supplier=fenland, on=SETTLED, actor=priya)
    pay(invoice, 60_000, actor, key="second")
    with nothing_written(), pytest.raises(SettlementChanged, match=r"£1,080.00 is due .* by now, not £540.00"):
        approve_settlement(settlement=prepared, on=SETTLED, actor=marek)
    with pytest.raises(SettlementWaits):
        prepare_settlement(supplier=fenland, on=SETTLED, actor=priya)
    withdraw_settlement(settlement=prepared, reason="More came in", on=SETTLED, actor=priya)
    assert settle(fenland, priya, marek).pence == 108_000
    assert holds()


def test_it_is_paid_once_and_stays_as_it_was(fenland, oakfield, charges, priya, marek, actor):
    pay(sold(fenland, oakfield, 100_000, charges), 120_000, actor)
    done = settle(fenland, priya, marek)
    bank = LedgerAccount.objects.get(code="1000")
    with nothing_written(), pytest.raises(SettlementMoved, match="no longer as you saw it: paid"):
        pay_settlement(settlement=done, bank_account=bank, reference="", on=SETTLED, actor=priya)
    with refused("no legal move"):
        run_sql("UPDATE invoicing_agencysettlement SET state = 'approved'")
    with refused("waits for approval"):
        run_sql(
            "INSERT INTO invoicing_agencysettlementline (settlement_id, document_id, pence, fee_pence)"
            " SELECT settlement_id, fee_invoice_id, 1, 0 FROM invoicing_agencysettlementline l"
            " JOIN invoicing_agencysettlement s ON s.id = l.settlement_id"
        )
    with refused("refused"):
        run_sql("DELETE FROM invoicing_agencysettlementline")


def test_a_supplier_without_a_fee_is_paid_all(partnership, oakfield, charges, priya, marek, actor):
    from tests.invoicing.agency.fenland import add_fenland, mandate_for

    supplier = add_fenland()
    mandate_for(supplier, marek, rate="0")
    pay(sold(supplier, oakfield, 10_000, charges), 12_000, actor)
    done = settle(supplier, priya, marek)
    assert (done.pence, done.fee_net_pence, done.fee_invoice) == (12_000, 0, None)
    assert balances() == {}
    assert holds()
