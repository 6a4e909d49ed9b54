"""What a school reads on an issued document and on its statement, and what an archive and a screen reader need."""

import io
import os
import re
import signal
import time
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from pypdf import PdfReader

from invoicing.documents.pdf import Ageing, StatementLine, StatementSnapshot, render_document, render_statement
from invoicing.documents.pdf.glyphs import SUBSTITUTE, printable
from invoicing.documents.pdf.wording import quantity, service_dates, vat_words
from invoicing.documents.snapshot import Party, VatLine
from tests.invoicing.documents.papers import (
    MIXED,
    PARTNERSHIP,
    TRUST,
    ZERO,
    a_line,
    an_invoice,
    metadata_of,
    pages_of,
    text_of,
)

NOTICE = "Demonstration: fictional schools, no money moves"


def a_statement(**changes: object) -> StatementSnapshot:
    usual = StatementSnapshot(
        customer=TRUST,
        seller=PARTNERSHIP,
        as_at=date(2026, 9, 1),
        lines=[
            StatementLine(
                on=date(2026, 6, 1),
                number="INV-001100",
                what="HR advice and casework",
                charged_pence=1_234_50,
                paid_pence=234_50,
                balance_pence=1_000_00,
                due_on=date(2026, 7, 1),
            ),
            StatementLine(
                on=date(2026, 8, 20),
                number="CN-000031",
                what="Credit note",
                charged_pence=-19_75,
                paid_pence=0,
                balance_pence=-19_75,
            ),
        ],
        ageing=Ageing(not_yet_due_pence=-19_75, days_61_to_90_pence=1_000_00),
        total_due_pence=980_25,
        pay_to=["Sort code 09-01-28"],
    )
    return replace(usual, **changes)


class TestAnInvoice:
    def test_it_bears_what_regulation_14_asks_for(self) -> None:
        text = text_of(render_document(an_invoice(MIXED)))
        for part in [
            "VAT invoice",
            "Invoice number INV-001187",
            "Issue date 1 September 2026",
            "Tax point 28 August 2026",
            "Due date 1 October 2026",
            "Purchase order PO-4471",
            "Tidewell Schools Partnership The Old Library 4 Quay Street Tidewell TW1 4QS VAT number GB123456789",
            "Oakfield Learning Trust 12 Elm Road Tidewell TW2 6AB Customer number C000123",
            "Unit price excl. VAT",
            "Total excluding VAT £1,206.00",
            "Total VAT (pounds sterling) £152.20",
            "Total to pay £1,358.20",
        ]:
            assert part in text, part

    def test_exempt_zero_and_standard_lines_are_told_apart_with_their_reasons(self) -> None:
        text = text_of(render_document(an_invoice(MIXED)))
        assert "3 £140.00 Exempt (a) £420.00" in text
        assert "1 £761.00 20% £761.00" in text
        assert "2.5 £10.00 0% zero rated (b) £25.00" in text
        assert "(a) Exempt: training by an eligible body (b) Zero rated: printed books" in text
        summary = text[text.index("VAT summary") :]
        assert "Exempt (a) £420.00 £0.00 20% £761.00 £152.20 0% zero rated (b) £25.00 £0.00" in summary

    def test_a_group_exempt_for_two_reasons_names_both(self) -> None:
        exempt = MIXED[0]
        other = replace(exempt, position=2, vat_reason="VAT exempt: teachers seconded between eligible bodies")
        group = VatLine("E", ZERO, f"{other.vat_reason}; {exempt.vat_reason}", net_pence=840_00, vat_pence=0)
        text = text_of(render_document(an_invoice([exempt, other], vat=[group])))
        assert "Exempt (a, b) £840.00 £0.00" in text
        assert "(b) VAT exempt: teachers seconded between eligible bodies" in text
        apart = text_of(render_document(an_invoice([exempt, other])))
        assert "Exempt (a) £420.00 £0.00 Exempt (b) £420.00 £0.00" in apart

    def test_a_line_says_who_receives_it_when_how_it_was_worked_out_and_its_codes(self) -> None:
        text = text_of(render_document(an_invoice(MIXED)))
        assert "1 September 2026 to 14 May 2027 Base £400.00 38 staff × £9.50" in text
        assert "CFR E09, AAR BAE090" in text
        assert "Purchase order: CC-9" in text
        [one, own] = (text_of(render_document(an_invoice([a_line(consumer=name)]))) for name in ("Quay", TRUST.name))
        assert "For Quay" in one and f"For {TRUST.name}" not in own  # the customer itself

    def test_it_says_how_to_pay_and_what_to_quote(self) -> None:
        text = text_of(render_document(an_invoice(MIXED)))
        assert "Pay £1,358.20 by 1 October 2026. Quote INV-001187. Sort code 09-01-28" in text
        assert "Instalments" not in text

    def test_without_tax_and_vat_number_it_is_no_vat_invoice(self) -> None:
        exempt = a_line(vat_category="E", vat_rate=ZERO, vat_reason="training by an eligible body", vat_pence=0)
        unregistered = replace(PARTNERSHIP, vat_number="")
        plain = text_of(render_document(an_invoice([exempt], seller=unregistered)))
        assert "VAT invoice" not in plain and "VAT number" not in plain and "Invoice number" in plain
        assert "VAT invoice" in text_of(render_document(an_invoice([exempt])))
        assert "VAT invoice" in text_of(render_document(an_invoice([a_line()], seller=unregistered)))

    def test_reverse_charge_says_who_accounts_for_the_vat(self) -> None:
        line = a_line(vat_category="AE", vat_rate=ZERO, vat_pence=0)
        text = text_of(render_document(an_invoice([line])))
        assert "(a) Reverse charge: the customer accounts for the VAT to HM Revenue & Customs" in text

    def test_negative_amounts_have_a_true_minus(self) -> None:
        back = a_line(2, quantity=Decimal(-1), unit_price_pence=19_75, net_pence=-19_75, vat_pence=-3_95)
        assert "−1 £19.75 20% −£19.75" in text_of(render_document(an_invoice([a_line(), back])))

    @pytest.mark.parametrize(
        "changes",
        [{"kind": "pro_forma"}, {"lines": []}, {"lines": [a_line(vat_category="X")]}],
    )
    def test_what_cannot_be_said_is_refused(self, changes: dict[str, object]) -> None:
        with pytest.raises(ValueError, match=r"Unknown kind|no lines|Unknown VAT category"):
            render_document(replace(an_invoice([a_line()]), **changes))


class TestACreditNote:
    def test_it_bears_what_regulation_15c_asks_for(self) -> None:
        note = an_invoice(
            [a_line()],
            kind="credit_note",
            number="CN-000031",
            credits_number="INV-001187",
            credits_issued_on=date(2026, 7, 3),
            reason="One place cancelled in time",
        )
        text = text_of(render_document(note))
        for part in [
            "Credit note number CN-000031",
            "Credits invoice INV-001187",
            "Invoice issued 3 July 2026",
            "Reason: One place cancelled in time",
            "Credit to Oakfield Learning Trust",
            "VAT number GB123456789",
            "Total VAT (pounds sterling) £84.00",
            "Total credited £504.00",
            "Nothing to pay: £504.00 is credited to your account with us.",
        ]:
            assert part in text, part
        assert "Due date" not in text and "Sort code" not in text and "VAT invoice" not in text


class TestAStatement:
    def test_it_lists_what_is_open_how_old_it_is_and_what_is_due(self) -> None:
        text = text_of(render_statement(a_statement()))
        for part in [
            "Statement of account",
            "Statement to 1 September 2026",
            "1 Jun 2026 INV-001100 HR advice and casework 1 Jul 2026 £1,234.50 £234.50 £1,000.00",
            "20 Aug 2026 CN-000031 Credit note −£19.75 £0.00 −£19.75",
            "Total due £980.25",
            "Not yet due 1–30 days 31–60 days 61–90 days Over 90 days −£19.75 £0.00 £0.00 £1,000.00 £0.00",
            "Sort code 09-01-28",
        ]:
            assert part in text, part
        assert "Pay £980.25 now" in text  # never more than the total, though £1,000.00 is overdue

    def test_an_empty_one_says_so(self) -> None:
        text = text_of(render_statement(a_statement(lines=[], ageing=Ageing(), total_due_pence=0)))
        assert "Nothing is open on this account on 1 September 2026." in text
        assert "Nothing to pay." in text and "Sort code" not in text

    def test_figures_that_do_not_agree_are_refused(self) -> None:
        with pytest.raises(ValueError, match="differ"):
            a_statement(total_due_pence=980_26)
        with pytest.raises(ValueError, match="differ"):
            a_statement(ageing=Ageing(not_yet_due_pence=980_24))
        with pytest.raises(ValueError, match="INV-1"):
            StatementLine(date(2026, 9, 1), "INV-1", "Course", charged_pence=100, paid_pence=40, balance_pence=61)


class TestTheFile:
    @pytest.mark.parametrize("pdf", [render_document(an_invoice(MIXED)), render_statement(a_statement())])
    def test_it_is_archival_and_accessible(self, pdf: bytes) -> None:
        metadata = metadata_of(pdf)
        assert "<pdfaid:part>3</pdfaid:part>" in metadata
        assert "<pdfaid:conformance>A</pdfaid:conformance>" in metadata
        assert "<pdfuaid:part>1</pdfuaid:part>" in metadata
        root = PdfReader(io.BytesIO(pdf)).trailer["/Root"]
        assert root["/Lang"] == "en-GB"
        assert root["/MarkInfo"]["/Marked"]
        assert root["/ViewerPreferences"]["/DisplayDocTitle"]

    def test_its_title_names_it_and_its_date_is_the_document_s(self) -> None:
        about = PdfReader(io.BytesIO(render_document(an_invoice(MIXED)))).metadata
        assert about.title == "VAT invoice INV-001187, Tidewell Schools Partnership"
        assert about.author == "Tidewell Schools Partnership"
        assert about.creation_date.date() == date(2026, 9, 1)
        statement = PdfReader(io.BytesIO(render_statement(a_statement()))).metadata
        assert statement.title.startswith("Statement of account to 1 September 2026, Oakfield Learning Trust")

    def test_the_same_document_is_the_same_bytes_at_any_time(self, monkeypatch: pytest.MonkeyPatch) -> None:
        first = render_document(an_invoice(MIXED))
        render_document(an_invoice([a_line(description="Something else")]))
        monkeypatch.setattr(time, "time", lambda: 4_000_000_000.0)
        assert render_document(an_invoice(MIXED)) == first
        assert render_document(an_invoice(MIXED, issued_on=date(2026, 9, 2))) != first

    def test_only_roboto_is_used(self) -> None:
        page = PdfReader(io.BytesIO(render_document(an_invoice(MIXED)))).pages[0]
        fonts = {font.get_object()["/BaseFont"] for font in page["/Resources"]["/Font"].values()}
        assert fonts and all(re.fullmatch(r"/[A-Z]{6}\+Roboto-(Regular|Bold)(-\S+)?", name) for name in fonts)

    def test_the_demonstration_says_so_on_every_page_and_nothing_else_does(self) -> None:
        lines = [a_line(position) for position in range(1, 41)]
        pages = pages_of(render_document(an_invoice(lines, demonstration=True)))
        assert len(pages) > 1 and all(page.count(NOTICE) == 1 for page in pages)
        assert NOTICE not in text_of(render_document(an_invoice(lines)))
        assert NOTICE in text_of(render_statement(a_statement(demonstration=True)))

    def test_attachments_come_out_as_they_went_in(self) -> None:
        xml, raw = "<Invoice>Zoë 中文</Invoice>".encode(), bytes(range(256))
        attached = [("invoice.xml", "text/xml", xml), ("scan.bin", "application/octet-stream", raw)]
        pdf = render_document(an_invoice(MIXED), attachments=attached)
        assert PdfReader(io.BytesIO(pdf)).attachments == {"invoice.xml": [xml], "scan.bin": [raw]}
        assert render_document(an_invoice(MIXED), attachments=attached) == pdf

    @pytest.mark.parametrize("names", [["../invoice.xml"], ["a.xml", "a.xml"], [""], ["a/b.xml"]])
    def test_an_attachment_with_an_unusable_name_is_refused(self, names: list[str]) -> None:
        with pytest.raises(ValueError, match="plain file names"):
            render_document(an_invoice(MIXED), attachments=[(name, "text/xml", b"<a/>") for name in names])


class TestTextThatPeopleTyped:
    HOSTILE = '#panic("x") *bold* $x$ \\ @ref <label> `raw` // no /* no #read("document.typ") --- "quoted"'

    def test_it_is_shown_and_never_run(self) -> None:
        party = Party("C1", self.HOSTILE, [self.HOSTILE])
        line = a_line(description=self.HOSTILE, consumer=self.HOSTILE, working=[self.HOSTILE])
        invoice = an_invoice(
            [line], seller=replace(party, vat_number="GB1"), customer=party, reason=self.HOSTILE, pay_to=[self.HOSTILE]
        )
        # The line's consumer is the customer, so it is not said again.
        assert text_of(render_document(invoice)).count(self.HOSTILE) >= 8
        statement = text_of(render_statement(a_statement(customer=party)))
        assert statement.count(self.HOSTILE) == 2

    def test_a_character_without_a_glyph_is_visibly_replaced_on_paper_only(self) -> None:
        customer = replace(TRUST, name="Zoë’s 中文 School 🎉 Łódź ½")
        invoice = an_invoice([a_line()], customer=customer)
        assert f"Zoë’s {SUBSTITUTE * 2} School {SUBSTITUTE} Łódź ½" in text_of(render_document(invoice))
        assert invoice.customer.name == "Zoë’s 中文 School 🎉 Łódź ½"

    @pytest.mark.parametrize(
        ("typed", "set_as"),
        [
            ("e\u0301", "é"),
            ("non\u2011breaking\u2009thin", "non-breaking thin"),
            ("a\u200db\u00adc\ufe0f\u202e", "abc"),
            ("\x07\ud800\ue000\uffff", SUBSTITUTE * 4),
            ("two\nlines\tone", "two lines one"),
            ("£1,234.50 − × – — … ’ “ ” €", "£1,234.50 − × – — … ’ “ ” €"),
        ],
    )
    def test_each_character_is_set_replaced_or_left_out(self, typed: str, set_as: str) -> None:
        assert printable(typed) == set_as

    def test_any_character_whatever_can_be_set(self) -> None:
        every = [chr(point) for point in [*range(0x3000), *range(0xD700, 0x11000, 7), *range(0x1F000, 0x1FB00, 5)]]
        lines = [
            a_line(position, description="x".join(every[start : start + 400]))
            for position, start in enumerate(range(0, len(every), 400), 1)
        ]
        assert "Total to pay" in text_of(render_document(an_invoice(lines)))

    def test_a_name_without_spaces_stays_in_its_column_and_copies_whole(self) -> None:
        name = "Llanfair" * 25
        reader = PdfReader(io.BytesIO(render_document(an_invoice([a_line()], customer=replace(TRUST, name=name)))))
        text = reader.pages[0].extract_text()
        assert name in text.replace("\n", "")
        assert max(line.count("Llanfair") for line in text.splitlines()) < 8  # of the 8 that half a page would hold

    def test_a_purchase_order_of_twenty_wide_letters_and_a_long_e_mail_address_fit(self) -> None:
        seller = replace(PARTNERSHIP, email="finance.office@tidewell-schools.example")
        text = text_of(render_document(an_invoice([a_line()], purchase_order="W" * 20, seller=seller)))
        assert "W" * 12 in text and "finance.office@tidewell-schools.example" in text


class TestManyLines:
    def test_heads_repeat_pages_are_counted_and_totals_stay_with_a_line(self) -> None:
        for count in range(10, 42):
            pages = pages_of(render_document(an_invoice([a_line(position) for position in range(1, count + 1)])))
            assert all(f"Page {page} of {len(pages)}" in text for page, text in enumerate(pages, 1))
            with_lines = [text for text in pages if "For Oakfield Primary" in text]
            assert all("Description Quantity" in text for text in with_lines)
            closing = [text for text in pages if "Total to pay" in text]
            assert len(closing) == 1 and "Total excluding VAT" in closing[0]
            assert "For Oakfield Primary" in closing[0], f"{count} lines: the totals stand alone"

    def test_later_pages_name_the_document(self) -> None:
        pages = pages_of(render_document(an_invoice([a_line(position) for position in range(1, 61)])))
        assert all("VAT invoice INV-001187" in text for text in pages[1:])

    def test_two_hundred_lines_take_well_under_a_second(self) -> None:
        invoice = an_invoice([a_line(position, description=f"Course {position}") for position in range(1, 201)])
        began = time.process_time()
        pdf = render_document(invoice)
        assert time.process_time() - began < 1
        text = text_of(pdf)
        assert all(f"Course {position} " in text for position in range(1, 201))

    def test_ten_thousand_lines_are_all_there(self) -> None:
        lines = [a_line(position, description=f"Course {position}", consumer="") for position in range(1, 10_001)]
        reader = PdfReader(io.BytesIO(render_document(an_invoice(lines))))
        assert len(reader.pages) > 200
        last = " ".join(reader.pages[-1].extract_text().split())
        assert "Course 10000 " in last and "Total to pay £5,040,000.00" in last

    def test_a_line_taller_than_a_page_is_not_cut(self) -> None:
        working = [f"Step {number} of the working" for number in range(1, 151)]
        text = text_of(render_document(an_invoice([a_line(working=working)])))
        assert all(f"Step {number} of" in text for number in range(1, 151))

    def test_a_document_set_in_a_process_of_its_own_is_the_same_bytes(self, monkeypatch: pytest.MonkeyPatch) -> None:
        here = render_document(an_invoice(MIXED))
        monkeypatch.setattr("invoicing.documents.pdf.render._LARGE", 0)
        assert render_document(an_invoice(MIXED)) == here

    def test_a_forked_child_can_still_make_documents(self) -> None:
        expected = render_document(an_invoice(MIXED))  # the parent has used the typesetter
        reading, writing = os.pipe()
        child = os.fork()
        if child == 0:
            signal.alarm(60)  # without the process of its own it would wait for ever
            try:
                os.write(writing, b"same" if render_document(an_invoice(MIXED)) == expected else b"other")
            finally:
                os._exit(0)
        os.close(writing)
        with os.fdopen(reading, "rb") as answer:
            assert answer.read() == b"same"
        os.waitpid(child, 0)


@pytest.mark.parametrize(
    ("start", "end", "reads"),
    [
        (date(2026, 4, 1), date(2027, 4, 1), "April 2026 to March 2027"),
        (date(2026, 4, 1), date(2026, 5, 1), "April 2026"),
        (date(2026, 9, 7), date(2026, 9, 8), "7 September 2026"),
        (date(2028, 2, 1), date(2028, 2, 29), "1 February 2028 to 28 February 2028"),
        (date(2026, 9, 1), None, "from 1 September 2026"),
        (None, date(2026, 9, 1), "to 31 August 2026"),
        (None, None, ""),
    ],
)
def test_service_dates_show_their_last_day(start: date | None, end: date | None, reads: str) -> None:
    assert service_dates(start, end) == reads


def test_an_empty_service_period_is_refused() -> None:
    with pytest.raises(ValueError, match="must end after it starts"):
        service_dates(date(2026, 9, 1), date(2026, 9, 1))


def test_quantities_and_treatments_read_plainly() -> None:
    assert [quantity(Decimal(text)) for text in ("1", "0.50", "1250", "1E+3", "-2.0", "0")] == [
        "1",
        "0.5",
        "1,250",
        "1,000",
        "−2",
        "0",
    ]
    assert [vat_words("S", Decimal("0.2")), vat_words("S", Decimal("0.05")), vat_words("O", ZERO)] == [
        "20%",
        "5%",
        "Outside the scope",
    ]
