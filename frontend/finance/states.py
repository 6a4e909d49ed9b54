"""What a document's state is called on finance pages, and what is left of it."""

from datetime import date

from invoicing.documents.models import Document


def left_of(document: Document) -> int:
    """Pence still owed on an invoice; with a minus, what a credit note still has to give."""
    if document.kind == Document.Kind.CREDIT_NOTE:
        on_account = getattr(document, "on_account", None)
        return -on_account.remaining_pence if on_account else 0
    return sum(item.outstanding_pence for item in document.items.all())


def state_of(document: Document, today: date) -> str:
    """The state for the page's tag. Load documents with ``items``, ``credit_notes`` and ``on_account``."""
    left = left_of(document)
    if document.kind == Document.Kind.CREDIT_NOTE:
        return "open" if left else "credited"
    if left == 0:
        credited = sum(note.gross_pence for note in document.credit_notes.all())
        return "credited" if credited == document.gross_pence else "paid"
    if any(item.outstanding_pence and item.due_on < today for item in document.items.all()):
        return "overdue"
    return "part paid" if left < document.gross_pence else "open"
