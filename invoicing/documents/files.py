"""The kept renderings of issued documents: made once from the frozen document, kept with their hash."""

import hashlib

from django.db import IntegrityError, transaction

from invoicing.documents.models import Document, DocumentFile
from invoicing.documents.pdf.render import render_document
from invoicing.documents.snapshot import DocumentSnapshot, Instalment, Line, Party, VatLine
from marketplace.core.errors import NotFound


def snapshot_of(document: Document, *, demonstration: bool, pay_to: list[str]) -> DocumentSnapshot:
    """Everything the document's PDF says, from its frozen rows."""
    if document.state != Document.State.ISSUED or document.number is None:
        raise NotFound("A draft has no paper yet. Issue it first.")
    credited = document.credits
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
        lines=[
            Line(
                position=line.position,
                description=line.description,
                consumer=line.consumer_name,
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
            for line in document.lines.order_by("position")
        ],
        vat=[
            VatLine(g.category, g.rate, g.reason, g.net_pence, g.vat_pence)
            for g in document.vat_groups.order_by("category", "rate")
        ],
        net_pence=document.net_pence,
        vat_pence=document.vat_pence,
        gross_pence=document.gross_pence,
        instalments=[Instalment(document.due_on, document.gross_pence)] if document.due_on else [],
        credits_number=(credited.number or "") if credited else "",
        credits_issued_on=credited.issued_on if credited else None,
        reason=document.reason,
        pay_to=pay_to if document.kind == Document.Kind.INVOICE else [],
        demonstration=demonstration,
    )


def pdf_of(document: Document, *, demonstration: bool, pay_to: list[str]) -> bytes:
    """The document's PDF: the kept one, or one made now and kept. A failed rendering leaves the document issued."""
    kept = DocumentFile.objects.filter(document=document, format=DocumentFile.Format.PDF).first()
    if kept is not None:
        return bytes(kept.content)
    content = render_document(snapshot_of(document, demonstration=demonstration, pay_to=pay_to))
    try:
        with transaction.atomic():
            DocumentFile.objects.create(
                document=document,
                format=DocumentFile.Format.PDF,
                sha256=hashlib.sha256(content).hexdigest(),
                content=content,
            )
    except IntegrityError:  # two people opened it at once; the other's rendering is byte for byte the same
        pass
    return content
