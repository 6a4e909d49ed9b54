"""E-invoices of real documents, made by the services: each kind and VAT category, kept once, inside the PDF."""

import hashlib
import io

import pytest
from pypdf import PdfReader

from invoicing.documents import files
from invoicing.documents.einvoice.checking import Finding
from invoicing.documents.einvoice.errors import EInvoiceNotMade
from invoicing.documents.files import pdf_of, snapshot_of, ubl_of
from invoicing.documents.models import Document, DocumentFile
from invoicing.documents.pdf import render_document
from invoicing.services import credit_in_full, credit_invoice
from marketplace.core.errors import NotFound
from marketplace.organisations.models import Organisation
from marketplace.organisations.services.registry import Address, add_organisation
from tests.conftest import EXEMPT, OUTSIDE, START, ZERO
from tests.invoicing.books import FIRST, bill, nothing_written
from tests.invoicing.einvoice.papers import BANK, REVERSE, assert_holds, said

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("ledger_holds")]


def ubl(document: Document) -> bytes:
    return ubl_of(document, demonstration=False, pay_to=BANK)


def pdf(document: Document) -> bytes:
    return pdf_of(document, demonstration=False, pay_to=BANK)


@pytest.fixture
def trader(partnership, actor) -> Organisation:
    """A customer with a VAT number."""
    return add_organisation(
        kind=Organisation.Kind.OTHER, name="Saltpans Studio", valid_from=START, actor=actor,
        address=Address(street="2 Sea Wall", town="Tidewell", postcode="TW4 4DD"), vat_number="GB 222 3334 44",
    )  # fmt: skip


class TestEachCategory:
    @pytest.mark.parametrize("vat", [EXEMPT, ZERO, OUTSIDE])
    def test_alone(self, oakfield, charges, vat):
        charges(oakfield, 12_345, vat=vat)
        [invoice] = bill()
        xml = ubl(invoice)
        assert said(xml, "cbc:ID") == [invoice.number]
        assert said(xml, ".//cac:TaxSubtotal/cac:TaxCategory/cbc:ID") == [vat.category]
        assert said(xml, ".//cbc:PayableAmount") == ["123.45"]
        assert_holds(xml)

    def test_standard_exempt_and_zero_on_one_invoice(self, oakfield, charges):
        for pence, vat in ((3_333, {}), (3_333, {}), (3_333, {}), (2_500, {"vat": ZERO}), (14_000, {"vat": EXEMPT})):
            charges(oakfield, pence, **vat)
        [invoice] = bill()
        xml = ubl(invoice)
        assert said(xml, ".//cac:TaxSubtotal/cbc:TaxAmount") == ["0.00", "20.00", "0.00"]  # E, S, Z
        assert said(xml, "cac:LegalMonetaryTotal/cbc:TaxInclusiveAmount") == ["284.99"]
        assert_holds(xml)

    def test_reverse_charge(self, trader, charges):
        charges(trader, 50_000, vat=REVERSE)
        [invoice] = bill()
        xml = ubl(invoice)
        assert said(xml, "cac:AccountingCustomerParty//cbc:CompanyID") == ["GB222333444"]
        assert_holds(xml)


class TestCreditNotes:
    def test_one_in_full_says_what_it_credits(self, oakfield, charges, actor):
        charges(oakfield, 9_999)
        charges(oakfield, 500, vat=EXEMPT)
        [invoice] = bill()
        note = credit_in_full(invoice=invoice, reason="Ordered twice", on=FIRST, actor=actor)
        xml = ubl(note)
        assert said(xml, "cac:BillingReference/cac:InvoiceDocumentReference/cbc:ID") == [invoice.number]
        assert said(xml, "cac:PaymentMeans") == []
        assert_holds(xml)

    def test_credits_in_part_hold_though_their_vat_is_what_is_left_of_the_invoice_s(self, oakfield, charges, actor):
        charges(oakfield, 5)  # 1p of VAT in all: of two credits one bears it
        [invoice] = bill()
        line = invoice.lines.get()
        notes = [
            credit_invoice(invoice=invoice, amounts={line.pk: pence}, reason="In part", on=FIRST, actor=actor)
            for pence in (2, 3)
        ]
        assert [note.vat_pence for note in notes] == [0, 1]
        for note in notes:
            assert_holds(ubl(note))


class TestKeeping:
    def test_it_is_made_once_and_kept_with_its_hash(self, oakfield, charges):
        charges(oakfield, 10_000)
        [invoice] = bill()
        first = ubl(invoice)
        kept = DocumentFile.objects.get(document=invoice, format="ubl")
        assert bytes(kept.content) == first and kept.sha256 == hashlib.sha256(first).hexdigest()
        assert ubl_of(invoice, demonstration=True, pay_to=None) == first  # as it was made, whatever is set now
        assert DocumentFile.objects.count() == 1

    def test_made_again_it_is_the_same_bytes(self, oakfield, charges):
        charges(oakfield, 10_000)
        [invoice] = bill()
        first, paper = ubl(invoice), pdf(invoice)
        DocumentFile.objects.all().delete()
        assert ubl(invoice) == first
        assert pdf(invoice) == paper

    def test_of_two_at_once_both_get_the_kept_one(self, oakfield, charges, monkeypatch):
        charges(oakfield, 10_000)
        [invoice] = bill()
        first = ubl(invoice)
        looked = iter([b""])  # the second one looked before the first had kept
        really = files._kept
        monkeypatch.setattr(files, "_kept", lambda document, format: next(looked, None) or really(document, format))
        assert ubl(invoice) == first

    def test_a_draft_has_none(self, oakfield, charges):
        charges(oakfield, 10_000)
        [invoice] = bill()
        invoice.state = Document.State.DRAFT
        with pytest.raises(NotFound):
            ubl(invoice)


class TestInsideThePdf:
    def test_the_pdf_carries_the_kept_e_invoice_as_an_alternative_of_itself(self, oakfield, charges):
        charges(oakfield, 10_000)
        [invoice] = bill()
        reader = PdfReader(io.BytesIO(pdf(invoice)))
        kept = DocumentFile.objects.get(document=invoice, format="ubl")
        assert reader.attachments == {f"{invoice.number}.xml": [bytes(kept.content)]}
        [specification] = reader.trailer["/Root"]["/AF"]
        assert specification.get_object()["/AFRelationship"] == "/Alternative"
        metadata = reader.trailer["/Root"]["/Metadata"].get_object().get_data().decode()
        assert "<pdfaid:part>3</pdfaid:part>" in metadata and "<pdfuaid:part>1</pdfuaid:part>" in metadata

    def test_a_pdf_made_before_there_were_e_invoices_stays_as_it_is(self, oakfield, charges):
        charges(oakfield, 10_000)
        [invoice] = bill()
        old = render_document(snapshot_of(invoice, demonstration=False, pay_to=BANK))
        DocumentFile.objects.create(document=invoice, format="pdf", sha256=hashlib.sha256(old).hexdigest(), content=old)
        assert pdf(invoice) == old
        assert_holds(ubl(invoice))


class TestWhatCannotBeMade:
    def test_the_document_stays_issued_and_the_reason_is_said(self, oakfield, charges):
        charges(oakfield, 10_000, vat=REVERSE)  # a school without VAT and company number
        [invoice] = bill()
        with nothing_written(), pytest.raises(EInvoiceNotMade, match="neither a VAT number nor a company number"):
            ubl(invoice)
        assert Document.objects.get(pk=invoice.pk).state == "issued"
        assert not DocumentFile.objects.exists()

    def test_the_pdf_comes_without_it_and_is_not_kept_until_it_has_it(self, oakfield, charges, monkeypatch):
        charges(oakfield, 10_000)
        [invoice] = bill()
        logged: list[dict[str, object]] = []
        with monkeypatch.context() as broken:
            broken.setattr(files, "build_ubl", lambda snapshot: 1 / 0)
            broken.setattr(files.log, "error", lambda event, **facts: logged.append({"event": event, **facts}))
            without = pdf(invoice)
        assert PdfReader(io.BytesIO(without)).attachments == {}
        assert not DocumentFile.objects.exists()
        [entry] = logged
        assert entry["event"] == "einvoice_not_made" and entry["document"] == invoice.number
        assert list(PdfReader(io.BytesIO(pdf(invoice))).attachments) == [f"{invoice.number}.xml"]

    def test_what_breaks_the_schema_is_not_kept(self, oakfield, charges, monkeypatch):
        charges(oakfield, 10_000)
        [invoice] = bill()
        monkeypatch.setattr(files, "schema_errors", lambda xml: [Finding("schema", "XSD", True, "Wrong order")])
        with pytest.raises(EInvoiceNotMade, match="does not keep to the schema") as caught:
            ubl(invoice)
        assert caught.value.detail == ["XSD: Wrong order"]
        assert not DocumentFile.objects.exists()
