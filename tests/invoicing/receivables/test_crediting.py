"""Credit notes: in part, in whole, never above the invoice, and what was paid stays on account."""

from datetime import date

import pytest

from invoicing.documents.models import Document
from invoicing.receivables.credit_notes import CreditExceedsInvoice, NotAnInvoice, left_to_credit
from invoicing.receivables.models import UnallocatedItem
from invoicing.services import allocate, credit_in_full, credit_invoice, preview_credit
from marketplace.core.actors import Role
from marketplace.core.errors import NotAllowed, WrongInput
from tests.conftest import EXEMPT, ZERO, finance
from tests.invoicing.books import FIRST, balances, bill, nothing_written, receive

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("ledger_holds")]
LATER = date(2026, 9, 10)


@pytest.fixture
def invoice(oakfield, charges) -> Document:
    """£100.00 at 20%, £40.00 exempt, £9.99 zero-rated: £169.99."""
    charges(oakfield, 10_000)
    charges(oakfield, 4_000, vat=EXEMPT)
    charges(oakfield, 999, vat=ZERO)
    return bill()[0]


def amounts(invoice: Document, *pence: int) -> dict[int, int]:
    """Pence by line id, for the lines in their order; 0 leaves a line out."""
    lines = invoice.lines.order_by("position")
    return {line.pk: value for line, value in zip(lines, pence, strict=False) if value}


def credit(invoice: Document, *pence: int, actor, on: date = LATER) -> Document:
    return credit_invoice(invoice=invoice, amounts=amounts(invoice, *pence), reason="Agreed", on=on, actor=actor)


def test_a_credit_in_part_lowers_what_is_owed(invoice, actor):
    assert balances() == {"1100": 16_999, "2200": -2_000, "4200": -14_999}
    preview = preview_credit(invoice=invoice, amounts=amounts(invoice, 2_500, 1_000))
    note = credit(invoice, 2_500, 1_000, actor=actor)
    assert (note.kind, note.number, note.credits_id) == ("credit_note", "CN-000001", invoice.pk)
    assert (note.net_pence, note.vat_pence, note.gross_pence) == (3_500, 500, 4_000)
    assert (preview.net_pence, preview.vat_pence, preview.gross_pence) == (3_500, 500, 4_000)
    assert invoice.items.get().outstanding_pence == 12_999
    assert balances() == {"1100": 12_999, "2200": -1_500, "4200": -11_499}
    assert list(left_to_credit(invoice).values()) == [7_500, 3_000, 999]
    assert note.due_on is None


def test_a_credit_in_full_leaves_nothing(invoice, actor):
    note = credit_in_full(invoice=invoice, reason="Not delivered", on=LATER, actor=actor)
    assert (note.net_pence, note.vat_pence, note.gross_pence) == (14_999, 2_000, 16_999)
    assert balances() == {}
    assert invoice.items.get().outstanding_pence == 0
    with nothing_written(), pytest.raises(CreditExceedsInvoice, match="INV-000001 is credited in full already"):
        credit_in_full(invoice=invoice, reason="Again", on=LATER, actor=actor)


def test_a_part_and_then_the_rest_come_to_the_whole(invoice, actor):
    credit(invoice, 3_333, 1, actor=actor)
    rest = credit_in_full(invoice=invoice, reason="The rest", on=LATER, actor=actor)
    assert (rest.net_pence, rest.vat_pence) == (14_999 - 3_334, 2_000 - 667)
    assert balances() == {}


def test_a_school_cannot_be_credited_more_than_it_was_invoiced(invoice, actor):
    with nothing_written(), pytest.raises(CreditExceedsInvoice, match=r"has £100.00 left to credit, not £100.01") as e:
        credit(invoice, 10_001, actor=actor)
    assert e.value.facts["remaining"] == 10_000
    credit(invoice, 9_000, actor=actor)
    with nothing_written(), pytest.raises(CreditExceedsInvoice, match=r"has £10.00 left to credit, not £10.01"):
        credit(invoice, 1_001, actor=actor)


def test_one_line_too_much_refuses_the_whole_credit(invoice, actor):
    with nothing_written(), pytest.raises(CreditExceedsInvoice):
        credit(invoice, 5_000, 4_001, actor=actor)
    assert list(left_to_credit(invoice).values()) == [10_000, 4_000, 999]


def test_the_credit_of_a_paid_invoice_stays_on_account(invoice, oakfield, actor):
    allocate(source=receive(oakfield, 16_999, key="1"), to=invoice.items.get(), pence=16_999, on=FIRST, actor=actor)
    note = credit(invoice, 2_500, actor=actor)
    on_account = UnallocatedItem.objects.get(document=note)
    assert (on_account.remaining_pence, on_account.organisation_id) == (3_000, oakfield.pk)
    assert balances() == {"1000": 16_999, "2100": -3_000, "2200": -1_500, "4200": -12_499}


def test_the_credit_of_a_part_paid_invoice_settles_what_is_open_and_leaves_the_rest(invoice, oakfield, actor):
    allocate(source=receive(oakfield, 15_999, key="1"), to=invoice.items.get(), pence=15_999, on=FIRST, actor=actor)
    note = credit(invoice, 2_500, actor=actor)  # £30.00 with VAT; £10.00 is still open
    assert invoice.items.get().outstanding_pence == 0
    assert UnallocatedItem.objects.get(document=note).remaining_pence == 2_000


def test_a_credit_on_account_settles_the_next_invoice(invoice, oakfield, charges, actor):
    allocate(source=receive(oakfield, 16_999, key="1"), to=invoice.items.get(), pence=16_999, on=FIRST, actor=actor)
    note = credit(invoice, 2_500, actor=actor)
    charges(oakfield, 2_500)
    [following] = bill(LATER)
    source = UnallocatedItem.objects.get(document=note)
    allocate(source=source, to=following.items.get(), pence=3_000, on=LATER, actor=actor)
    assert following.items.get().outstanding_pence == 0
    assert "2100" not in balances()


@pytest.mark.parametrize(("pence", "words"), [((0, 0), "Enter how much to credit"), ((-1,), "more than £0.00")])
def test_a_credit_of_nothing_or_less_is_refused(invoice, actor, pence, words):
    with nothing_written(), pytest.raises(WrongInput, match=words):
        credit(invoice, *pence, actor=actor)


def test_a_line_of_another_invoice_is_refused(invoice, oakfield, charges, actor):
    charges(oakfield, 500)
    [other] = bill()
    with nothing_written(), pytest.raises(WrongInput, match="not on INV-000001"):
        credit_invoice(invoice=invoice, amounts=amounts(other, 100), reason="Mixed up", on=LATER, actor=actor)


def test_a_credit_is_not_dated_before_its_invoice(invoice, actor):
    with nothing_written(), pytest.raises(WrongInput, match="on or after the invoice, 1 September 2026"):
        credit(invoice, 100, actor=actor, on=date(2026, 8, 31))


def test_a_credit_note_cannot_itself_be_credited(invoice, actor):
    note = credit(invoice, 100, actor=actor)
    with nothing_written(), pytest.raises(NotAnInvoice):
        credit_in_full(invoice=note, reason="Undo", on=LATER, actor=actor)


def test_a_credit_needs_a_reason_and_somebody_of_finance(invoice, partnership, actor):
    with nothing_written(), pytest.raises(WrongInput, match="Enter reason"):
        credit_in_full(invoice=invoice, reason="  ", on=LATER, actor=actor)
    with nothing_written(), pytest.raises(NotAllowed, match="You may not issue credit notes"):
        credit_in_full(invoice=invoice, reason="x", on=LATER, actor=finance(partnership, Role.AUDITOR))
