"""Items to invoice: charged once, changed only while they wait, reduced when less is owed."""

from datetime import date
from decimal import Decimal

import pytest

from invoicing.receivables.charges import DifferentFacts, NotPending
from invoicing.receivables.models import Charge, Reduction
from invoicing.receivables.reducing import ReductionTooLarge
from invoicing.services import amend_unbilled, charge, issue_credits_due, reduce
from marketplace.core.errors import NotFound, WrongInput
from marketplace.core.money import Money
from marketplace.core.periods import Period
from tests.conftest import EXEMPT, STANDARD
from tests.invoicing.books import FIRST, balances, bill, nothing_written

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("ledger_holds")]


def test_the_same_call_twice_makes_one_charge(oakfield, charges):
    first = charges(oakfield, 4_500, key="visit:1")
    with nothing_written():
        again = charges(oakfield, 4_500, key="visit:1", on=date(2027, 1, 1))
    assert again.pk == first.pk
    assert again.bill_on == FIRST  # what may differ without being another bargain stays as it was first said


@pytest.mark.parametrize(
    "different",
    [
        {"net": Money(4_501)},
        {"vat": EXEMPT},
        {"quantity": Decimal(2)},
        {"account_code": "4100"},
        {"stream_code": "SI"},
        {"service": Period(date(2026, 9, 1), date(2027, 9, 1))},
    ],
)
def test_the_same_source_with_other_facts_is_refused(oakfield, charges, different):
    charges(oakfield, 4_500, key="visit:1")
    with nothing_written(), pytest.raises(DifferentFacts, match=r"visit:1 was charged before as £45.00"):
        charges(oakfield, 4_500, key="visit:1", **different)


def test_the_same_source_for_another_school_is_refused(oakfield, council, charges):
    charges(oakfield, 4_500, key="visit:1")
    with nothing_written(), pytest.raises(DifferentFacts):
        charges(council, 4_500, key="visit:1")


@pytest.mark.parametrize("pence", [0, -1, -4_500])
def test_what_costs_nothing_or_less_is_not_charged(oakfield, charges, pence):
    with nothing_written(), pytest.raises(WrongInput, match=r"must be more than £0.00"):
        charges(oakfield, pence)


def test_the_partnership_does_not_invoice_itself(partnership, oakfield, charges):
    with nothing_written(), pytest.raises(WrongInput, match="cannot be invoiced by itself"):
        charges(oakfield, 100, invoice_to=partnership)


def test_what_may_change_before_invoicing_changes_and_afterwards_nothing_does(oakfield, council, charges, actor):
    charges(oakfield, 4_500, key="a")
    amended = amend_unbilled(
        source_key="a", purchase_order="PO 7", invoice_to=council, bill_on=date(2026, 10, 1), actor=actor
    )
    assert (amended.purchase_order, amended.invoice_to_id, amended.bill_on) == ("PO 7", council.pk, date(2026, 10, 1))
    assert bill(FIRST) == []
    [invoice] = bill(date(2026, 10, 1))
    assert (invoice.customer_id, invoice.purchase_order) == (council.pk, "PO 7")
    assert invoice.lines.get().consumer_id == oakfield.pk
    with nothing_written(), pytest.raises(NotPending, match="Credit the invoice instead"):
        amend_unbilled(source_key="a", purchase_order="PO 8", actor=actor)
    with nothing_written(), pytest.raises(NotFound):
        amend_unbilled(source_key="nowhere", purchase_order="PO 8", actor=actor)


def test_a_purchase_order_is_one_clean_line_of_at_most_20_characters(oakfield, charges):
    assert charges(oakfield, 100, purchase_order="  PO   77 ").purchase_order == "PO 77"
    assert charges(oakfield, 100, purchase_order="x" * 20).purchase_order == "x" * 20
    with nothing_written(), pytest.raises(WrongInput, match="20 characters or fewer"):
        charges(oakfield, 100, purchase_order="x" * 21)


def test_a_reduction_before_invoicing_shrinks_the_item(oakfield, charges, actor):
    charges(oakfield, 10_000, key="a")
    reduction = reduce(source_key="r", of="a", pence=2_500, reason="A day less", on=FIRST, actor=actor)
    assert reduction.state == Reduction.State.APPLIED
    [invoice] = bill()
    assert (invoice.net_pence, invoice.vat_pence) == (7_500, 1_500)
    line = invoice.lines.get()
    assert (line.quantity, line.unit_price_pence) == (1, 7_500)  # 1 × £75.00, never 1 × £100.00 = £75.00


def test_reduced_whole_before_invoicing_it_is_cancelled(oakfield, charges, actor):
    charges(oakfield, 10_000, key="a")
    reduce(source_key="r1", of="a", pence=4_000, reason="Part", on=FIRST, actor=actor)
    reduce(source_key="r2", of="a", pence=6_000, reason="The rest", on=FIRST, actor=actor)
    assert Charge.objects.get(source_key="a").state == Charge.State.CANCELLED
    assert bill() == []
    with nothing_written(), pytest.raises(ReductionTooLarge, match=r"Only £0.00 is left"):
        reduce(source_key="r3", of="a", pence=1, reason="More", on=FIRST, actor=actor)


def test_a_reduction_after_invoicing_is_credited_once(oakfield, charges, actor):
    charges(oakfield, 10_000, key="a")
    [invoice] = bill()
    reduction = reduce(source_key="r", of="a", pence=2_500, reason="Cancelled in time", on=FIRST, actor=actor)
    assert reduction.state == Reduction.State.DUE
    assert balances() == {"1100": 12_000, "2200": -2_000, "4200": -10_000}
    [note] = issue_credits_due(charge_source_keys=["a"], on=date(2026, 9, 5), actor=actor)
    assert (note.number, note.net_pence, note.vat_pence, note.gross_pence) == ("CN-000001", 2_500, 500, 3_000)
    assert (note.credits_id, note.reason) == (invoice.pk, "Cancelled in time")
    assert invoice.items.get().outstanding_pence == 9_000
    assert balances() == {"1100": 9_000, "2200": -1_500, "4200": -7_500}
    reduction.refresh_from_db()
    assert (reduction.state, reduction.credit_line_id) == (Reduction.State.CREDITED, note.lines.get().pk)
    with nothing_written():
        assert issue_credits_due(charge_source_keys=["a"], on=date(2026, 9, 5), actor=actor) == []


def test_credits_due_on_two_lines_of_one_invoice_make_one_credit_note(oakfield, charges, actor):
    for key in ("a", "b", "c"):
        charges(oakfield, 10_000, key=key)
    bill()
    for key, of, pence in (("r1", "a", 1_000), ("r2", "a", 500), ("r3", "b", 2_000)):
        reduce(source_key=key, of=of, pence=pence, reason=f"Reason {of}", on=FIRST, actor=actor)
    [note] = issue_credits_due(charge_source_keys=["a", "b", "c"], on=FIRST, actor=actor)
    assert list(note.lines.values_list("net_pence", "vat_pence")) == [(1_500, 300), (2_000, 400)]
    assert note.reason == "Reason a; Reason b"


def test_a_reduction_is_made_once_for_its_source(oakfield, charges, actor):
    charges(oakfield, 10_000, key="a")
    charges(oakfield, 10_000, key="b")
    first = reduce(source_key="r", of="a", pence=2_500, reason="A day less", on=FIRST, actor=actor)
    with nothing_written():
        assert reduce(source_key="r", of="a", pence=2_500, reason="A day less", on=FIRST, actor=actor) == first
        with pytest.raises(DifferentFacts, match=r"£25.00 off a, not £30.00 off a"):
            reduce(source_key="r", of="a", pence=3_000, reason="More", on=FIRST, actor=actor)
        with pytest.raises(DifferentFacts, match=r"off a, not £25.00 off b"):
            reduce(source_key="r", of="b", pence=2_500, reason="Another", on=FIRST, actor=actor)
    assert Charge.objects.get(source_key="a").reduced_pence == 2_500


@pytest.mark.parametrize("pence", [0, -1])
def test_a_reduction_takes_something(oakfield, charges, actor, pence):
    charges(oakfield, 10_000, key="a")
    with nothing_written(), pytest.raises(WrongInput, match=r"must be more than £0.00"):
        reduce(source_key="r", of="a", pence=pence, reason="Nothing", on=FIRST, actor=actor)


@pytest.mark.parametrize("billed", [False, True])
def test_nothing_is_reduced_below_nought(oakfield, charges, actor, billed):
    charges(oakfield, 10_000, key="a")
    if billed:
        bill()
    with nothing_written(), pytest.raises(ReductionTooLarge, match=r"Only £100.00 is left") as caught:
        reduce(source_key="r", of="a", pence=10_001, reason="Too much", on=FIRST, actor=actor)
    assert caught.value.facts["remaining"] == 10_000


def test_a_reduction_of_nothing_is_not_found(partnership, actor):
    with nothing_written(), pytest.raises(NotFound):
        reduce(source_key="r", of="nowhere", pence=1, reason="Lost", on=FIRST, actor=actor)


def test_quantity_must_be_more_than_nought(oakfield, actor):
    with nothing_written(), pytest.raises(WrongInput, match="Quantity"):
        charge(
            source_key="q", consumer=oakfield, invoice_to=oakfield, description="Day", quantity=Decimal(0),
            unit_price=Money(100), net=Money(100), vat=STANDARD, account_code="4200", stream_code="BS",
            bill_on=FIRST, actor=actor,
        )  # fmt: skip
