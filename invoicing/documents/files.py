"""The kept renderings of issued documents: made once from the frozen document, kept with their hash."""

import hashlib

import structlog
from django.db import IntegrityError, transaction

from invoicing.documents.einvoice.checking import schema_errors
from invoicing.documents.einvoice.errors import EInvoiceNotMade
from invoicing.documents.einvoice.ubl import build_ubl
from invoicing.documents.models import Document, DocumentFile, DocumentLine
from invoicing.documents.pdf.render import render_document
from invoicing.documents.snapshot import (
    BankDetails,
    DocumentSnapshot,
    Instalment,
    InstalmentPart,
    Line,
    Party,
    VatLine,
)
from marketplace.core.errors import NotFound

log = structlog.get_logger(__name__)


def snapshot_of(document: Document, *, demonstration: bool, pay_to: BankDetails | None) -> DocumentSnapshot:
    """Everything the document's PDF and e-invoice say, from its frozen rows; ``pay_to`` stands on invoices only."""
    if document.state != Document.State.ISSUED or document.number is None:
        raise NotFound("A draft has no paper yet. Issue it first.")
    if document.kind == Document.Kind.OPENING:
        raise NotFound("This invoice was issued before these books began. Its paper is where it was issued.")
    credited = document.credits
    bank = pay_to if document.kind in (Document.Kind.INVOICE, Document.Kind.CLAIM_BACK) else None
    return DocumentSnapshot(
        kind=document.kind,
        number=document.number,
        issued_on=document.issued_on,
        tax_point=document.tax_point,
        due_on=document.due_on,
        purchase_order=document.purchase_order,
        payer_reference_name=document.payer_reference_name,
        seller=Party(**document.seller),
        customer=Party(**document.buyer),
        lines=[_line(line) for line in document.lines.select_related("consumer").order_by("position")],
        vat=[
            VatLine(g.category, g.rate, g.reason, g.net_pence, g.vat_pence)
            for g in document.vat_groups.order_by("category", "rate")
        ],
        net_pence=document.net_pence,
        vat_pence=document.vat_pence,
        gross_pence=document.gross_pence,
        instalments=_instalments(document),
        credits_number=(credited.number or "") if credited else "",
        credits_issued_on=credited.issued_on if credited else None,
        reason=document.reason,
        pay_to=bank.printed() if bank else [],
        demonstration=demonstration,
        bank=bank,
    )


def _line(line: DocumentLine) -> Line:
    return Line(
        position=line.position,
        description=line.description,
        consumer=line.consumer_name,
        consumer_number=line.consumer.number,
        quantity=line.quantity,
        unit_price_pence=line.unit_price_pence,
        net_pence=line.net_pence,
        vat_category=line.vat_category,
        vat_rate=line.vat_rate,
        vat_reason=line.vat_reason,
        vat_pence=line.vat_pence,
        cfr_code=line.cfr_code,
        aar_code=line.aar_code,
        service_from=line.service_from,
        service_to=line.service_to,
        purchase_order=line.purchase_order,
        working=line.working,
    )


def _instalments(document: Document) -> list[Instalment]:
    """The payments in order, each with its parts by rate; what is nothing is left out."""
    found: dict[int, Instalment] = {}
    for row in document.instalments.order_by("position", "category", "rate"):
        if row.net_pence or row.vat_pence:
            payment = found.setdefault(row.position, Instalment(row.due_on, []))
            payment.parts.append(InstalmentPart(row.category, row.rate, row.net_pence, row.vat_pence))
    return list(found.values())


def ubl_of(document: Document, *, demonstration: bool, pay_to: BankDetails | None) -> bytes:
    """The document's e-invoice: the kept one, or one made now, held against the schema, and kept.

    Raises EInvoiceNotMade, and keeps nothing, where none can be made; the document stays issued.
    """
    if kept := _kept(document, DocumentFile.Format.UBL):
        return kept
    return _new_ubl(document, snapshot_of(document, demonstration=demonstration, pay_to=pay_to))


def pdf_of(document: Document, *, demonstration: bool, pay_to: BankDetails | None) -> bytes:
    """The document's PDF with its e-invoice inside: the kept one, or one made now and kept.

    A failed rendering leaves the document issued. Where no e-invoice can be made the failure is logged and the PDF
    comes without one; it is then not kept, so that it gets its e-invoice as soon as there is one.
    """
    if kept := _kept(document, DocumentFile.Format.PDF):
        return kept
    snapshot = snapshot_of(document, demonstration=demonstration, pay_to=pay_to)
    if document.kind == Document.Kind.CLAIM_BACK:  # it is no invoice, so it has no e-invoice
        return _keep(document, DocumentFile.Format.PDF, render_document(snapshot))
    try:
        ubl = _kept(document, DocumentFile.Format.UBL) or _new_ubl(document, snapshot)
    except EInvoiceNotMade as error:
        log.error("einvoice_not_made", document=document.number, reason=error.message)
        return render_document(snapshot)
    content = render_document(snapshot, attachments=[(f"{snapshot.number}.xml", "text/xml", ubl)])
    return _keep(document, DocumentFile.Format.PDF, content)


def _new_ubl(document: Document, snapshot: DocumentSnapshot) -> bytes:
    return _keep(document, DocumentFile.Format.UBL, _made_ubl(snapshot))


def _made_ubl(snapshot: DocumentSnapshot) -> bytes:
    """Whatever goes wrong in the pure making of it is said as EInvoiceNotMade: an invoice on paper must not wait for it."""
    try:
        ubl = build_ubl(snapshot)
        errors = schema_errors(ubl)
    except EInvoiceNotMade:
        raise
    except Exception as error:
        raise EInvoiceNotMade(f"The e-invoice of {snapshot.number} could not be made: {error}.") from error
    if errors:
        raise EInvoiceNotMade(
            f"The e-invoice of {snapshot.number} does not keep to the schema of UBL 2.1, so it was not kept.",
            detail=[str(error) for error in errors],
        )
    return ubl


def _kept(document: Document, format: DocumentFile.Format) -> bytes:
    kept = DocumentFile.objects.filter(document=document, format=format).first()
    return bytes(kept.content) if kept else b""


def _keep(document: Document, format: DocumentFile.Format, content: bytes) -> bytes:
    """Keeps a file with its hash and returns what is kept: of two people at once, the first one's."""
    digest = hashlib.sha256(content).hexdigest()
    try:
        with transaction.atomic():
            DocumentFile.objects.create(document=document, format=format, sha256=digest, content=content)
    except IntegrityError:
        return _kept(document, format)
    return content
