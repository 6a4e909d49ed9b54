"""Finance's page of an invoice for several schools, and of one in instalments."""

from collections.abc import Callable
from datetime import date

import pytest
from django.test import Client

from invoicing.banking.models import BankAccount
from invoicing.documents.models import Document
from invoicing.documents.tax_points import reach_tax_points
from invoicing.services import allocate, credit_invoice, record_receipt, write_off
from marketplace.core.actors import Actor
from marketplace.core.periods import Period
from marketplace.organisations.models import CustomerTerms, Organisation
from marketplace.organisations.services.registry import add_organisation, set_terms
from tests.conftest import EXEMPT, START, Charges
from tests.frontend.finance.counting import queries
from tests.frontend.school.visits import text_of

pytestmark = pytest.mark.django_db
Bill = Callable[..., list[Document]]
JULY = date(2026, 7, 1)


@pytest.fixture
def for_two(charges: Charges, oakfield: Organisation, council: Organisation, bill: Bill, actor: Actor) -> Document:
    """One invoice to the council: £100.00 and £50.00 exempt for Oakfield under A, £20.00 for itself under B."""
    set_terms(organisation=council, actor=actor, invoice_grouping=CustomerTerms.Grouping.TOGETHER)
    to = {"invoice_to": council, "on": date(2026, 9, 1)}
    charges(council, 10_000, consumer=oakfield, purchase_order="A", **to)
    charges(council, 5_000, consumer=oakfield, purchase_order="A", vat=EXEMPT, **to)
    charges(council, 2_000, consumer=council, purchase_order="B", **to)
    [invoice] = bill()
    return invoice


def page(client: Client, document: Document, **asked: str) -> str:
    return text_of(client.get(f"/finance/invoices/{document.number}", asked))


def test_each_school_has_its_lines_and_its_sums(priya: Client, for_two: Document, council: Organisation) -> None:
    shown = page(priya, for_two)
    assert "Sum for Oakfield Primary School £150.00 £20.00 £170.00" in shown
    assert f"Sum for {council.name} £20.00 £4.00 £24.00" in shown
    sums = shown[shown.index("Sums by school") :]
    assert "Oakfield Primary School £150.00 £20.00 £170.00" in sums and "Total £170.00 £24.00 £194.00" in sums
    assert "Purchase order: A" in shown and "Purchase order: B" in shown


def test_a_credit_note_of_several_schools_is_shown_alike(priya: Client, for_two: Document, actor: Actor) -> None:
    first, *_, last = for_two.lines.order_by("position")
    amounts = {first.pk: first.net_pence, last.pk: last.net_pence}
    note = credit_invoice(invoice=for_two, amounts=amounts, reason="Not given", on=date(2026, 9, 2), actor=actor)
    shown = page(priya, note)
    assert "Sums by school" in shown and "Sum for Oakfield Primary School" in shown


def test_one_school_has_no_sections(priya: Client, invoice: Document) -> None:
    shown = page(priya, invoice)
    assert "Sum" not in shown and "Lines Line What For Quantity" in shown
    assert "Instalments" not in shown


def test_two_schools_of_one_name_stay_two(
    priya: Client, charges: Charges, council: Organisation, bill: Bill, actor: Actor
) -> None:
    same = [
        add_organisation(kind=Organisation.Kind.OTHER, name="Saint Anne", valid_from=START, actor=actor) for _ in "ab"
    ]
    set_terms(organisation=council, actor=actor, invoice_grouping=CustomerTerms.Grouping.TOGETHER)
    for pence, school in zip((1_000, 3_000), same, strict=True):
        charges(council, pence, consumer=school, invoice_to=council, on=date(2026, 9, 1))
    [invoice] = bill()
    shown = page(priya, invoice)
    assert f"Sum for Saint Anne ({same[0].number}) £10.00 £2.00 £12.00" in shown
    assert f"Sum for Saint Anne ({same[1].number}) £30.00 £6.00 £36.00" in shown


def test_the_sums_of_a_long_section_stand_with_its_last_line_only(
    priya: Client, charges: Charges, oakfield: Organisation, council: Organisation, bill: Bill
) -> None:
    for consumer, count in ((oakfield, 101), (council, 2)):
        for _ in range(count):
            charges(council, 100, consumer=consumer, invoice_to=council, on=date(2026, 9, 1), purchase_order="A")
    [invoice] = bill()
    names = [line.consumer_name for line in invoice.lines.order_by("position")]
    pages = [page(priya, invoice), page(priya, invoice, page="2")]
    for name, net in ((oakfield.name, "£101.00"), (council.name, "£2.00")):
        [where] = [index for index, shown in enumerate(pages) if f"Sum for {name} {net}" in shown]
        assert where == (len(names) - 1 - names[::-1].index(name)) // 100
    address = f"/finance/invoices/{invoice.number}"
    many, few = queries(lambda: priya.get(address)), queries(lambda: priya.get(f"{address}?page=2"))
    assert few == many, "three lines cost as many queries as a hundred"


class TestInstalments:
    @pytest.fixture
    def invoice(self, charges: Charges, oakfield: Organisation, bill: Bill) -> Document:
        """£400.00 + £80.00 VAT and £40.00 exempt, in four payments of £130.00 from 31 July."""
        year = Period.months_from(JULY, 12)
        charges(oakfield, 40_000, on=JULY, service=year, instalments=4)
        charges(oakfield, 4_000, on=JULY, service=year, instalments=4, vat=EXEMPT)
        [issued] = bill(JULY)
        return issued

    def test_each_payment_says_what_is_paid_and_where_its_vat_stands(
        self, priya: Client, invoice: Document, oakfield: Organisation, lloyds: BankAccount, actor: Actor
    ) -> None:
        items = list(invoice.items.order_by("due_on"))
        receipt = record_receipt(
            source_key="early", payer=oakfield, pence=16_000, received_on=date(2026, 7, 9), reference="BACS",
            bank_account=lloyds.ledger_account, actor=actor,
        )  # fmt: skip
        allocate(source=receipt, to=items[0], pence=13_000, on=date(2026, 7, 9), actor=actor)
        reach_tax_points(on=date(2026, 8, 31), actor=actor)
        allocate(source=receipt, to=items[3], pence=3_000, on=date(2026, 9, 3), actor=actor)
        shown = page(priya, invoice)
        assert "first payment by 31 July 2026" in shown
        both = "Exempt: £10.00 20%: £100.00 + £20.00 £110.00 £20.00 £130.00"
        for row in (
            f"1 31 Jul 2026 {both} £0.00 Paid Reached 9 July 2026",
            f"2 31 Aug 2026 {both} £130.00 Overdue Reached 31 August 2026",
            f"3 30 Sep 2026 {both} £130.00 Open Waits for the next nightly run",
            # 20.00 × 30.00 / 130.00 = 4.615: 4.62 of its VAT fell due with the early part of the payment.
            f"4 31 Oct 2026 {both} £100.00 Part paid £4.62 reached 3 September 2026, £15.38 waits until 31 October 2026",
            "Total £440.00 £80.00 £520.00 £360.00",
        ):
            assert row in shown, row

    def test_what_is_credited_before_it_is_due_says_so(self, priya: Client, invoice: Document, actor: Actor) -> None:
        standard = invoice.lines.get(vat_category="S")
        credit_invoice(invoice=invoice, amounts={standard.pk: 15_000}, reason="Less", on=JULY, actor=actor)
        shown = page(priya, invoice)
        assert "£0.00 Credited £20.00 credited before" in shown
        assert "£10.00 waits for the next nightly run, £10.00 credited before" in shown

    def test_payments_given_up_read_so(self, priya: Client, invoice: Document, actor: Actor) -> None:
        reach_tax_points(on=date(2026, 10, 31), actor=actor)
        write_off(invoice=invoice, pence=13_000, reason="Agreed", on=date(2026, 10, 31), actor=actor)
        assert "£130.00 £0.00 Written off Reached 31 July 2026" in page(priya, invoice)

    def test_exempt_payments_have_no_tax_point(
        self, priya: Client, charges: Charges, oakfield: Organisation, bill: Bill
    ) -> None:
        charges(oakfield, 4_000, on=JULY, service=Period.months_from(JULY, 12), instalments=4, vat=EXEMPT)
        [issued] = bill(JULY)
        assert "1 31 Jul 2026 Exempt £10.00 £0.00 £10.00 £10.00 Overdue No VAT" in page(priya, issued)
