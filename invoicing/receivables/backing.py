"""A credit note gives money back only where money was paid: what it leaves on account was received for its invoice."""

from django.db import connection

from invoicing.documents.models import Document
from marketplace.core.errors import DomainError
from marketplace.core.money import Money


class CreditNotBacked(DomainError):
    """More of an invoice would be given back than was paid for it."""

    code = "credit_not_backed"


# Of each credited invoice: what its credit notes left on account, and what was paid for it. A payment that bounced
# counts as paid: the customer owes it anew. A debt that was given up is no payment.
BACKING = """
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
      AND (a.undone_on IS NULL OR EXISTS (
          SELECT 1 FROM invoicing_journalentry taken JOIN invoicing_journalentry undone ON undone.id = a.undone_entry_id
          WHERE taken.reverses_id = u.entry_id AND taken.written_xid = undone.written_xid))
) paid
WHERE free.pence > coalesce(paid.pence, 0)
"""


def require_backed(invoice: Document) -> None:
    """Raises CreditNotBacked where the credit notes of an invoice leave more on account than was paid for it.

    Called in the transaction that moved its allocations, its open items locked.
    """
    with connection.cursor() as cursor:
        cursor.execute(f"{BACKING} AND d.id = %s", [invoice.pk])
        row = cursor.fetchone()
    if row is not None:
        _, number, given_back, paid = row
        raise CreditNotBacked(
            f"{number} was credited, and {Money(int(given_back))} of it would be given back where {Money(int(paid))} was "
            "paid. Nothing was changed. Undo a write-off first, or leave what is set against it.",
            given_back=int(given_back),
            paid=int(paid),
        )
