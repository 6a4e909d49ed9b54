"""Paper for several schools, for several purchase orders and for several payments."""

import io
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pypdf import PdfReader

from invoicing.documents.pdf import render_document
from invoicing.documents.pdf.document_view import document_view
from invoicing.documents.snapshot import DocumentSnapshot, Instalment, InstalmentPart, Line
from marketplace.core.money import Money, share_out
from marketplace.core.periods import add_months
from tests.invoicing.documents.papers import MIXED, ZERO, a_line, an_invoice, metadata_of, pages_of, text_of

TWENTY = Decimal("0.20")
SCHOOLS = ["Oakfield Primary", "Quarry Bank Academy", "Saltpans Primary"]


def lines_of(count: int, *schools: str) -> list[Line]:
    """As many lines for each school, one after another; each £420.00 and £84.00 VAT."""
    return [
        a_line(index + 1, description=f"Course {index + 1}", consumer=schools[index // count], consumer_number="")
        for index in range(count * len(schools))
    ]


def paid_in(count: int, lines: list[Line], *, exempt_pence: int = 0, **changes: object) -> DocumentSnapshot:
    """Paid from 1 May 2027, one payment a month, with an exempt part of each on request."""
    whole = an_invoice(lines, due_on=date(2027, 5, 1), **changes)
    nets, vats = (share_out(pence, [1] * count) for pence in (whole.net_pence - exempt_pence, whole.vat_pence))
    frees = share_out(exempt_pence, [1] * count)
    payments = [
        Instalment(
            add_months(date(2027, 5, 1), index),
            [InstalmentPart("E", ZERO, free, 0)] * bool(free) + [InstalmentPart("S", TWENTY, net, vat)] * bool(net),
        )
        for index, (net, vat, free) in enumerate(zip(nets, vats, frees, strict=True))
    ]
    return replace(whole, instalments=payments)


class TestSections:
    def test_each_school_has_its_heading_its_lines_and_its_sums(self) -> None:
        text = text_of(render_document(an_invoice(lines_of(2, *SCHOOLS))))
        assert (
            "Oakfield Primary Course 1 CFR E09, AAR BAE090 3 £140.00 20% £420.00 "
            "Course 2 CFR E09, AAR BAE090 3 £140.00 20% £420.00 "
            "Sum for Oakfield Primary excluding VAT £840.00 VAT £168.00 Including VAT £1,008.00 "
            "Quarry Bank Academy Course 3"
        ) in text
        assert text.count("Including VAT £1,008.00") == 3
        assert "Including VAT £1,008.00 Total excluding VAT £2,520.00" in text
        assert "For Oakfield Primary" not in text, "the heading says it"

    def test_one_school_has_none(self) -> None:
        text = text_of(render_document(an_invoice(lines_of(2, "Oakfield Primary"))))
        assert "Sum for" not in text
        assert text.count("For Oakfield Primary") == 2

    def test_a_credit_note_has_them_too(self) -> None:
        note = an_invoice(lines_of(1, *SCHOOLS), kind="credit_note", credits_number="INV-1", reason="Not given")
        text = text_of(render_document(note))
        assert "Sum for Saltpans Primary excluding VAT £420.00 VAT £84.00 Including VAT £504.00" in text

    def test_without_vat_one_sum_says_all(self) -> None:
        free = {"vat_category": "E", "vat_rate": ZERO, "vat_reason": "training by an eligible body", "vat_pence": 0}
        text = text_of(render_document(an_invoice([replace(line, **free) for line in lines_of(1, *SCHOOLS)])))
        assert "Sum for Oakfield Primary £420.00 Quarry Bank Academy" in text
        assert "Including VAT" not in text

    def test_two_schools_of_one_name_are_not_one(self) -> None:
        lines = [replace(line, consumer_number=f"C-00000{line.position}") for line in lines_of(1, "St Anne", "St Anne")]
        sections = document_view(an_invoice(lines))["sections"]
        assert [section["name"] for section in sections] == ["St Anne (C-000001)", "St Anne (C-000002)"]
        assert [len(section["lines"]) for section in sections] == [1, 1]

    @settings(max_examples=60, deadline=None)
    @given(st.lists(st.tuples(st.sampled_from(SCHOOLS), st.integers(1, 10**8)), min_size=1, max_size=12))
    def test_the_sums_add_up_to_the_totals(self, bought: list[tuple[str, int]]) -> None:
        lines = [
            a_line(position, consumer=school, net_pence=pence, vat_pence=pence // 5)
            for position, (school, pence) in enumerate(bought, 1)
        ]
        net, vat = sum(line.net_pence for line in lines), sum(line.vat_pence for line in lines)
        view = document_view(an_invoice(lines, net_pence=net, vat_pence=vat, gross_pence=net + vat))
        assert sum(len(section["lines"]) for section in view["sections"]) == len(lines)
        sums = [[Money.parse(part["amount"]).pence for part in section["sums"]] for section in view["sections"]]
        if len({school for school, _ in bought}) == 1:
            assert sums == [[]]
        elif vat:
            assert [sum(column) for column in zip(*sums, strict=True)] == [net, vat, net + vat]
        else:
            assert sum(amount for [amount] in sums) == net

    def test_a_heading_stands_again_on_each_page_and_sums_never_alone(self) -> None:
        for count in range(8, 30):
            pages = pages_of(render_document(an_invoice(lines_of(count, *SCHOOLS[:2]), purchase_order="")))
            body = [page for page in pages if "Course" in page]
            for page in body:
                first = page.index("Course")
                assert any(school in page[:first] for school in SCHOOLS), f"{count}: which school is this?"
            for school in SCHOOLS[:2]:
                [page] = [page for page in pages if f"Sum for {school}" in page]
                before = page[: page.index(f"Sum for {school}")]
                assert before.rstrip().endswith("£420.00"), f"{count}: the sums of {school} stand alone"
                assert "Including VAT" in page[page.index(f"Sum for {school}") :]
            [closing] = [page for page in pages if "Total to pay" in page]
            assert "Sum for Quarry Bank Academy" in closing

    def test_sixty_schools_are_set_in_time_and_stay_archival_and_accessible(self) -> None:
        lines = lines_of(4, *(f"School {number}" for number in range(1, 61)))
        pdf = render_document(an_invoice(lines))
        text = text_of(pdf)
        assert all(f"Sum for School {number} excluding VAT £1,680.00" in text for number in range(1, 61))
        metadata = metadata_of(pdf)
        assert "<pdfaid:conformance>A</pdfaid:conformance>" in metadata and "<pdfuaid:part>1</pdfuaid:part>" in metadata
        assert PdfReader(io.BytesIO(pdf)).trailer["/Root"]["/MarkInfo"]["/Marked"]


class TestSeveralPurchaseOrders:
    def test_each_line_names_its_own(self) -> None:
        lines = [a_line(1, purchase_order="A"), a_line(2, purchase_order="B-7")]
        text = text_of(render_document(an_invoice(lines, purchase_order="")))
        assert "Purchase order: A" in text and "Purchase order: B-7" in text
        assert "Purchase order PO-4471" not in text

    def test_the_one_that_all_share_stands_at_the_head_only(self) -> None:
        text = text_of(render_document(an_invoice([a_line(purchase_order="A")], purchase_order="A")))
        assert text.count("Purchase order") == 1


class TestInstalments:
    def test_each_payment_has_its_date_rate_net_vat_and_sum(self) -> None:
        text = text_of(render_document(paid_in(3, [a_line(net_pence=100_00, vat_pence=20_00)])))
        assert "Due date VAT rate Net VAT To pay" in text
        for row in (
            "1 May 2027 20% £33.34 £6.67 £40.01",
            "1 June 2027 20% £33.33 £6.67 £40.00",
            "1 July 2027 20% £33.33 £6.66 £39.99",
            "Total £100.00 £20.00 £120.00",
        ):
            assert row in text, row
        assert "First due date 1 May 2027" in text
        assert "Pay each instalment by its due date. Quote INV-001187." in text

    def test_the_vat_has_no_one_tax_point_and_the_invoice_says_so(self) -> None:
        text = text_of(render_document(paid_in(3, [a_line()])))
        assert "Tax point With each instalment" in text
        assert "The VAT of each instalment falls due on its due date, or when you pay it if that is earlier" in text

    def test_two_rates_stand_apart_in_each_payment(self) -> None:
        exempt = a_line(2, vat_category="E", vat_rate=ZERO, vat_reason="training", net_pence=24_00, vat_pence=0)
        invoice = paid_in(2, [a_line(net_pence=100_00, vat_pence=20_00), exempt], exempt_pence=24_00)
        text = text_of(render_document(invoice))
        assert "1 May 2027" in text and "£72.00" in text
        assert "Exempt £12.00 £0.00" in text and "20% £50.00 £10.00" in text
        assert "Total £124.00 £20.00 £144.00" in text

    def test_without_vat_the_tax_point_stays_and_nothing_is_said_of_it(self) -> None:
        exempt = a_line(vat_category="E", vat_rate=ZERO, vat_reason="training", net_pence=24_00, vat_pence=0)
        text = text_of(render_document(paid_in(2, [exempt], exempt_pence=24_00)))
        assert "Tax point 28 August 2026" in text and "falls due" not in text
        assert "1 May 2027 Exempt £12.00 £0.00 £12.00" in text

    def test_one_payment_is_no_plan(self) -> None:
        text = text_of(render_document(paid_in(1, [a_line()])))
        assert "Instalments" not in text and "Due date 1 May 2027" in text and "Pay £504.00 by 1 May 2027." in text

    @pytest.mark.parametrize("above", [1, 12, 14, 16, 18, 20, 24])
    def test_twelve_payments_of_two_rates_are_whole_wherever_they_stand(self, above: int) -> None:
        lines = [a_line(position, consumer="") for position in range(1, above + 1)]
        pages = pages_of(render_document(paid_in(12, lines, exempt_pence=120_00)))
        text = " ".join(pages)
        assert text.count("Exempt £10.00 £0.00") == 12
        [closing] = [page for page in pages if "Due date VAT rate" in page and "1 April 2028" in page]
        assert f"Total {Money(420_00 * above)} {Money(84_00 * above)} {Money(504_00 * above)}" in closing

    def test_sections_and_instalments_go_together(self) -> None:
        text = text_of(render_document(paid_in(12, MIXED, exempt_pence=445_00)))
        assert "Sum for Oakfield Primary excluding VAT" in text and "1 April 2028" in text
