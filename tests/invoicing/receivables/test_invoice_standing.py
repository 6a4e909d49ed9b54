"""How an invoice stands: one rule for pages, files and programs."""

from datetime import date

import pytest

from invoicing.documents.models import Document
from invoicing.receivables.standing import Standing, standing, standing_in, standing_of, with_figures
from invoicing.services import allocate, credit_in_full, credit_invoice, reverse_receipt, write_off
from tests.invoicing.books import FIRST, bill, receive

DUE, LATER = date(2026, 10, 1), date(2026, 10, 2)


@pytest.mark.parametrize(
    ("outstanding", "credited", "written_off", "on", "expected"),
    [
        (100, 0, 0, DUE, Standing.OPEN),
        (100, 0, 0, LATER, Standing.OVERDUE),
        (60, 0, 0, DUE, Standing.PART_PAID),
        (60, 0, 40, LATER, Standing.OVERDUE),
        (0, 0, 0, LATER, Standing.PAID),
        (0, 30, 0, LATER, Standing.PAID),
        (0, 100, 0, LATER, Standing.CREDITED),
        (0, 0, 100, LATER, Standing.WRITTEN_OFF),
        (0, 0, 40, LATER, Standing.PART_WRITTEN_OFF),
        (0, 60, 40, LATER, Standing.PART_WRITTEN_OFF),
    ],
)
def test_what_is_left_and_what_settled_the_rest_decide(outstanding, credited, written_off, on, expected):
    due = DUE if outstanding else None
    found = standing(
        gross=100, outstanding=outstanding, credited=credited, written_off=written_off, earliest_due=due, on=on
    )
    assert found is expected


@pytest.mark.django_db
@pytest.mark.usefixtures("ledger_holds")
class TestAnInvoice:
    @pytest.fixture
    def invoice(self, oakfield, charges) -> Document:
        """£100.00 at 20%: £120.00."""
        charges(oakfield, 10_000)
        return bill()[0]

    def stands(self, invoice: Document) -> Standing:
        """How it stands, told alike by the rule and by the lists of each state."""
        told = standing_of(with_figures(Document.objects.filter(pk=invoice.pk)).get(), FIRST)
        everything = with_figures(Document.objects.all())
        shown = {one for one in Standing if standing_in(everything, one, FIRST).filter(pk=invoice.pk).exists()}
        wider = {Standing.PART_PAID: Standing.OPEN, Standing.PART_WRITTEN_OFF: Standing.WRITTEN_OFF}
        assert shown == {told, wider.get(told, told)}
        return told

    def pay(self, invoice, pence, actor):
        paid = receive(invoice.customer, pence, key=f"paid {pence}", on=FIRST)
        allocate(source=paid, to=invoice.items.get(), pence=pence, on=FIRST, actor=actor)

    def test_given_up_wholly_it_is_written_off_and_open_again_when_that_is_taken_back(self, invoice, actor):
        made = write_off(invoice=invoice, pence=12_000, reason="The school closed", on=FIRST, actor=actor)
        assert self.stands(invoice) is Standing.WRITTEN_OFF
        reverse_receipt(item=made, on=FIRST, reason="They pay after all", actor=actor)
        assert self.stands(invoice) is Standing.OPEN
        self.pay(invoice, 12_000, actor)
        assert self.stands(invoice) is Standing.PAID

    def test_paid_in_part_and_the_rest_given_up_it_is_not_paid(self, invoice, actor):
        self.pay(invoice, 11_000, actor)
        assert self.stands(invoice) is Standing.PART_PAID
        write_off(invoice=invoice, pence=1_000, reason="A small rest", on=FIRST, actor=actor)
        assert self.stands(invoice) is Standing.PART_WRITTEN_OFF

    def test_credited_wholly_it_is_credited_even_after_it_was_paid(self, invoice, actor):
        self.pay(invoice, 12_000, actor)
        line = invoice.lines.get()
        credit_invoice(invoice=invoice, amounts={line.pk: 4_000}, reason="Less came", on=FIRST, actor=actor)
        assert self.stands(invoice) is Standing.PAID
        note = credit_in_full(invoice=invoice, reason="Nothing came", on=FIRST, actor=actor)
        assert self.stands(invoice) is Standing.CREDITED
        with pytest.raises(ValueError, match="is a credit note"):
            standing_of(note, FIRST)
