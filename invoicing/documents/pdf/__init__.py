"""PDFs of what was issued, set by typst. Needs no Django: a snapshot in, bytes out."""

from invoicing.documents.pdf.render import Attachment, render_document, render_statement
from invoicing.documents.pdf.statement import Ageing, StatementLine, StatementSnapshot

__all__ = [
    "Ageing",
    "Attachment",
    "StatementLine",
    "StatementSnapshot",
    "render_document",
    "render_statement",
]
