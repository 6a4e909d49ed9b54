"""PDFs of issued documents and of customers' statements."""

import re
from collections.abc import Sequence
from typing import Any

from invoicing.documents.pdf.document_view import document_view
from invoicing.documents.pdf.engine import typeset
from invoicing.documents.pdf.glyphs import printable, printable_values
from invoicing.documents.pdf.payment_request import PaymentRequestLetter, payment_request_view
from invoicing.documents.pdf.reminder import ReminderLetter, reminder_view
from invoicing.documents.pdf.remittance import Remittance, remittance_view
from invoicing.documents.pdf.statement import StatementSnapshot, statement_view
from invoicing.documents.snapshot import DocumentSnapshot

Attachment = tuple[str, str, bytes]  # file name, media type, content

_WIDEST_FACT = 22
_LARGE = 1_000  # lines: below this a document takes under a second and 150 MB
_FILE_NAME = re.compile(r"^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$")


def render_document(snapshot: DocumentSnapshot, *, attachments: Sequence[Attachment] = ()) -> bytes:
    """The PDF of an issued invoice or credit note: PDF/A-3a and PDF/UA-1, the same bytes for the same input.

    ``attachments`` are embedded as alternative forms of the document, such as its e-invoice. Their names are
    plain file names, each once. Refuses (ValueError) any other name, and figures that cannot be said.
    """
    data = _on_paper(document_view(snapshot))
    data["attachments"] = _attached(attachments, described=f"{snapshot.number} as data")
    return typeset(template="document.typ", data=data, dated=snapshot.issued_on, apart=_large(snapshot.lines))


def render_statement(statement: StatementSnapshot) -> bytes:
    """The PDF of a customer's statement, by the same standards; its creation date is its ``as_at``."""
    data = _on_paper(statement_view(statement))
    return typeset(template="statement.typ", data=data, dated=statement.as_at, apart=_large(statement.lines))


def render_reminder(letter: ReminderLetter) -> bytes:
    """The PDF of a payment reminder, by the same standards."""
    data = _on_paper(reminder_view(letter))
    return typeset(template="payment-reminder.typ", data=data, dated=letter.written_on, apart=_large(letter.items))


def render_payment_request(letter: PaymentRequestLetter) -> bytes:
    """The PDF of a payment request, by the same standards."""
    return typeset(
        template="payment-request.typ",
        data=_on_paper(payment_request_view(letter)),
        dated=letter.written_on,
        apart=False,
    )


def render_remittance(advice: Remittance) -> bytes:
    """The PDF of a remittance advice, by the same standards."""
    data = _on_paper(remittance_view(advice))
    return typeset(template="remittance.typ", data=data, dated=advice.written_on, apart=_large(advice.lines))


def _on_paper(view: dict[str, Any]) -> dict[str, Any]:
    data: dict[str, Any] = printable_values(view)
    for fact in data["facts"]:  # in narrow columns
        fact["value"] = printable(fact["value"], widest=_WIDEST_FACT)
    return data


def _large(lines: Sequence[Any]) -> bool:
    return len(lines) > _LARGE


def _attached(attachments: Sequence[Attachment], *, described: str) -> list[dict[str, Any]]:
    names = [name for name, _, _ in attachments]
    if len(set(names)) != len(names) or not all(_FILE_NAME.match(name) for name in names):
        raise ValueError(f"Attachments need plain file names, each once: {names}")
    return [
        {"name": name, "media_type": media_type, "description": described, "content": _content(content)}
        for name, media_type, content in attachments
    ]


def _content(content: bytes) -> str | list[int]:
    """Text where it is text, which JSON carries ten times smaller than a list of byte values."""
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        return list(content)
