"""PDFs of what was issued, set by typst. Needs no Django: a snapshot in, bytes out."""

from invoicing.documents.pdf.payment_request import PaymentRequestLetter
from invoicing.documents.pdf.reminder import LetterItem, ReminderLetter
from invoicing.documents.pdf.remittance import Remittance, RemittanceLine
from invoicing.documents.pdf.render import (
    Attachment,
    render_document,
    render_payment_request,
    render_reminder,
    render_remittance,
    render_statement,
)
from invoicing.documents.pdf.statement import Ageing, StatementLine, StatementSnapshot

__all__ = [
    "Ageing",
    "Attachment",
    "LetterItem",
    "PaymentRequestLetter",
    "ReminderLetter",
    "Remittance",
    "RemittanceLine",
    "StatementLine",
    "StatementSnapshot",
    "render_document",
    "render_payment_request",
    "render_reminder",
    "render_remittance",
    "render_statement",
]
