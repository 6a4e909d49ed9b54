"""What a document's state is called on finance pages, and what is left of it."""

from datetime import date
from typing import Any

from invoicing.documents.models import Document
from invoicing.receivables.standing import standing_of


def left_of(document: Any) -> int:
    """Pence still owed on an invoice; with a minus, what a credit note still has to give.

    Load documents by ``with_figures`` and with ``on_account``.
    """
    if document.kind == Document.Kind.CREDIT_NOTE:
        on_account = getattr(document, "on_account", None)
        return -on_account.remaining_pence if on_account else 0
    return int(document.outstanding)


def state_of(document: Any, today: date) -> str:
    """The state for the page's tag and the file's column. Load documents as for ``left_of``."""
    if document.kind == Document.Kind.CREDIT_NOTE:
        return "open" if left_of(document) else "credited"
    return standing_of(document, today).words
