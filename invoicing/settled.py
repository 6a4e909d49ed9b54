"""Which amounts that higher floors pushed down are settled by now: what was owed is paid, what was charged is paid to us."""

from collections.abc import Collection

from django.db import connection

# Paid: each change of the payable stands on a provider's invoice, and nothing is open on those.
_PAID = """
SELECT p.source_key FROM invoicing_payable p
WHERE p.source_key = ANY(%s) AND p.state <> 'waiting'
  AND NOT EXISTS (
    SELECT FROM invoicing_payablemove m LEFT JOIN invoicing_invoicedmove im ON im.move_id = m.id
    WHERE m.payable_id = p.id AND im.move_id IS NULL
  )
  AND NOT EXISTS (
    SELECT FROM invoicing_providerinvoiceline l JOIN invoicing_providerinvoice i ON i.id = l.invoice_id
    WHERE l.payable_id = p.id AND i.state <> 'refused' AND (i.state <> 'agreed' OR i.outstanding_pence > 0)
  )
"""
_SETTLED = """
SELECT c.source_key FROM invoicing_charge c LEFT JOIN invoicing_documentline l ON l.id = c.document_line_id
WHERE c.source_key = ANY(%s) AND c.state <> 'pending'
  AND NOT EXISTS (
    SELECT FROM invoicing_receivableitem i WHERE i.document_id = l.document_id AND i.outstanding_pence > 0
  )
"""


def settled_sources(source_keys: Collection[str]) -> set[str]:
    """Of the sources named, those on which nothing is open: neither of what we owe nor of what is owed to us."""
    keys = list(source_keys)
    with connection.cursor() as cursor:
        cursor.execute(f"{_PAID} UNION ALL {_SETTLED}", [keys, keys])
        return {str(key) for (key,) in cursor.fetchall()}
