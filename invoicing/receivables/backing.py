"""A credit note gives money back only where money was paid: what it leaves on account was received for its invoice."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection

from invoicing.documents.models import Document
from marketplace.core.errors import DomainError
from marketplace.core.money import Money


class CreditNotBacked(DomainError):
    """More of an invoice would be given back than was paid for it."""

    code = "credit_not_backed"


# Of each credited invoice: what its credit notes left on account, and what was paid for it. A debt that was given up is no
# payment. {bounced} is whether a payment that bounced counts still: the customer owes it anew.
_BACKING = """
SELECT d.id, d.number, free.pence AS given_back, coalesce(paid.pence, 0) AS paid
FROM (SELECT DISTINCT credits_id AS id FROM invoicing_document WHERE credits_id IS NOT NULL) credited
JOIN invoicing_document d ON d.id = credited.id
CROSS JOIN LATERAL (
    SELECT sum(u.pence) - coalesce(sum(own.pence), 0) AS pence
    FROM invoicing_document n JOIN invoicing_unallocateditem u ON u.document_id = n.id
    LEFT JOIN LATERAL (
        SELECT sum(a.pence) AS pence FROM invoicing_allocation a JOIN invoicing_receivableitem i ON i.id = a.item_id
        WHERE a.source_id = u.id AND a.undone_on IS NULL AND i.document_id = d.id
    ) own ON true
    WHERE n.credits_id = d.id
) free
CROSS JOIN LATERAL (
    SELECT sum(a.pence) AS pence
    FROM invoicing_receivableitem i JOIN invoicing_allocation a ON a.item_id = i.id
    JOIN invoicing_unallocateditem u ON u.id = a.source_id
    LEFT JOIN invoicing_document n ON n.id = u.document_id
    WHERE i.document_id = d.id AND u.kind <> 'write_off' AND n.credits_id IS DISTINCT FROM d.id
      AND (a.undone_on IS NULL OR {bounced})
) paid
WHERE free.pence > coalesce(paid.pence, 0)
"""


_TAKEN_BACK = """EXISTS (
          SELECT 1 FROM invoicing_journalentry taken JOIN invoicing_journalentry undone ON undone.id = a.undone_entry_id
          WHERE taken.reverses_id = u.entry_id AND taken.written_xid = undone.written_xid)"""
BACKING = _BACKING.format(bounced=_TAKEN_BACK)  # what must hold of the books: a bounce is a fact
_NOW = _BACKING.format(bounced="false") + " AND d.id = %s"


@contextmanager
def kept_backed(invoice: Document) -> Iterator[None]:
    """A step after which the credit notes of an invoice must not leave more on account than was paid for it.

    Raises CreditNotBacked where it does, and did not before as much: a payment that bounced may have left it so. Within the
    transaction that moves the invoice's allocations.
    """
    before = _excess(invoice)[0]
    yield
    excess, given_back, paid = _excess(invoice)
    if excess > before:
        raise CreditNotBacked(
            f"{invoice.number} was credited, and {Money(given_back)} of it would be given back where {Money(paid)} was "
            "paid. Nothing was changed. Undo a write-off first, or leave what is set against it.",
            given_back=given_back,
            paid=paid,
        )


def _excess(invoice: Document) -> tuple[int, int, int]:
    """By how much more would be given back than was paid, and both; nothing where it is backed."""
    with connection.cursor() as cursor:
        cursor.execute(_NOW, [invoice.pk])
        row = cursor.fetchone()
    return (int(row[2] - row[3]), int(row[2]), int(row[3])) if row else (0, 0, 0)
