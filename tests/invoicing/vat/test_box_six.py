"""Box 6 over two quarters: instalments by the tax point of each, credits of them, and what is taken over."""

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from invoicing.documents.instalment_nets import NetPart, Received, nets_by_day
from invoicing.documents.models import Document
from invoicing.documents.tax_points import reach_tax_points
from invoicing.ledger.chart import VAT_OUTPUT
from invoicing.services import allocate, credit_in_full, credit_invoice, run_billing, undo_allocation
from invoicing.vat_boxes import box_six
from marketplace.core.actors import Role
from marketplace.core.periods import Period, add_months
from tests.conftest import EXEMPT
from tests.invoicing.books import balances, receive
from tests.invoicing.journals.beyond_sales import finance_person, opening_file, supplier_of, take_over

APRIL, JULY, OCTOBER = date(2026, 4, 1), date(2026, 7, 1), date(2026, 10, 1)
NEXT_JULY = date(2027, 7, 1)
YEAR = Period.months_from(APRIL, 12)


class TestTheRule:
    PARTS = tuple(NetPart(add_months(date(2026, 5, 1), month), 10_000, 12_000) for month in range(12))

    def test_the_worked_table(self):
        june = date(2026, 6, 1)
        received = [Received(date(2026, 5, 3), date(2026, 5, 1), 12_000), Received(date(2026, 5, 20), june, 6_000)]
        found = nets_by_day(self.PARTS, issued_on=APRIL, received=received, credits=[(date(2026, 6, 10), 25_000)])
        assert found[date(2026, 5, 1)] == 10_000 and date(2026, 5, 3) not in found
        assert (found[date(2026, 5, 20)], found[june]) == (5_000, 5_000)
        assert date(2026, 6, 10) not in found and date(2027, 4, 1) not in found and date(2027, 3, 1) not in found
        assert found[date(2027, 2, 1)] == 5_000 and sum(found.values()) == 120_000 - 25_000

    def test_what_was_due_before_it_was_issued_counts_on_the_day_of_issue(self):
        found = nets_by_day(self.PARTS, issued_on=date(2026, 6, 15), received=[], credits=[])
        assert found[date(2026, 6, 15)] == 20_000 and found[JULY] == 10_000

    def test_money_taken_back_does_not_turn_a_tax_point_round_nor_count_twice(self):
        early, due = date(2026, 4, 9), date(2026, 5, 1)
        received = [Received(early, due, 6_000), Received(early, due, -6_000), Received(date(2026, 4, 20), due, 6_000)]
        found = nets_by_day(self.PARTS, issued_on=APRIL, received=received, credits=[])
        assert (found[early], found.get(date(2026, 4, 20)), found[due]) == (5_000, None, 5_000)

    @given(
        st.lists(st.integers(0, 10**6), min_size=1, max_size=12),
        st.lists(st.tuples(st.integers(0, 400), st.integers(0, 11), st.integers(1, 10**6)), max_size=8),
        st.lists(st.tuples(st.integers(0, 400), st.integers(0, 100)), max_size=4),
    )
    def test_over_all_days_it_is_the_net_less_the_credits(self, nets, paid, shares):
        parts = [NetPart(add_months(APRIL, i), net, net + net // 5 + 1) for i, net in enumerate(nets)]
        received = [
            Received(date.fromordinal(APRIL.toordinal() + day), parts[i % len(parts)].due_on, pence)
            for day, i, pence in paid
        ]
        credits = [
            (date.fromordinal(APRIL.toordinal() + day), sum(nets) * share // 100 // len(shares))
            for day, share in shares
        ]
        found = nets_by_day(parts, issued_on=APRIL, received=received, credits=credits)
        assert sum(found.values()) == sum(nets) - sum(pence for _, pence in credits)


@pytest.mark.django_db
@pytest.mark.usefixtures("ledger_holds")
class TestTwoQuarters:
    @pytest.fixture
    def invoice(self, oakfield, charges, actor) -> Document:
        """£1,200.00 at 20% and £120.00 exempt in twelve payments from 1 May: £100.00 and £10.00 net each."""
        for pence, vat in ((120_000, {}), (12_000, {"vat": EXEMPT})):
            charges(oakfield, pence, on=APRIL, service=YEAR, instalments=12, **vat)
        [number] = run_billing(on=APRIL, actor=actor).numbers
        return Document.objects.get(number=number)

    def quarters(self, actor) -> list[int]:
        ends = [APRIL, JULY, OCTOBER, NEXT_JULY]
        return [box_six(actor, start, end).pence for start, end in pairwise(ends)]

    def test_each_payment_counts_in_the_quarter_of_its_day(self, invoice, oakfield, charges, actor):
        charges(oakfield, 700, on=APRIL)
        run_billing(on=APRIL, actor=actor)
        assert self.quarters(actor) == [2 * 11_000 + 700, 3 * 11_000, 7 * 11_000]

    def test_what_is_paid_before_it_is_due_counts_with_the_payment_as_its_vat_does(self, invoice, oakfield, actor):
        third = invoice.items.get(due_on=JULY)
        receipt = receive(oakfield, third.pence, key="early", on=date(2026, 6, 20))
        made = allocate(source=receipt, to=third, pence=third.pence // 2, on=date(2026, 6, 20), actor=actor)
        assert self.quarters(actor) == [2 * 11_000 + 5_500, 3 * 11_000 - 5_500, 7 * 11_000]
        reach_tax_points(on=date(2026, 6, 30), actor=actor)
        assert balances(date(2026, 6, 30))[VAT_OUTPUT] == -(2 * 2_000 + 1_000)
        undo_allocation(allocation=made, on=date(2026, 6, 25), reason="Another invoice's", actor=actor)
        assert self.quarters(actor) == [2 * 11_000 + 5_500, 3 * 11_000 - 5_500, 7 * 11_000]

    def test_a_credit_of_what_waits_never_counts_and_of_what_counted_counts_on_its_day(self, invoice, actor):
        standard, exempt = invoice.lines.get(vat_category="S"), invoice.lines.get(vat_category="E")
        august = date(2026, 8, 15)
        reach_tax_points(on=august, actor=actor)
        credit_invoice(
            invoice=invoice,
            amounts={standard.pk: 25_000, exempt.pk: 1_000},
            reason="Ends early",
            on=august,
            actor=actor,
        )
        assert self.quarters(actor) == [22_000, 33_000, 77_000 - 26_000]
        credit_in_full(invoice=invoice, reason="Not given", on=august, actor=actor)
        # May to August had counted, 440.00: that is taken back in the quarter of the credit, the rest never counts.
        assert self.quarters(actor) == [22_000, 22_000 - 44_000, 0]
        assert balances(NEXT_JULY).get(VAT_OUTPUT, 0) == 0


@pytest.mark.django_db
def test_what_was_taken_over_stood_in_earlier_returns(partnership, oakfield, council, actor):
    priya = finance_person(partnership, "Priya Shah", Role.FINANCE_OFFICER, actor)
    morgan = finance_person(partnership, "Morgan Ellis", Role.FINANCE_MANAGER, actor)
    take_over(opening_file(oakfield, council, supplier_of(actor)), by=priya, approver=morgan)
    days = Document.objects.filter(kind=Document.Kind.OPENING).values_list("tax_point", flat=True)
    assert days and box_six(actor, min(days), max(days) + timedelta(days=1)).rows == []
