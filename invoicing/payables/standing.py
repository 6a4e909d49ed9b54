"""How the customers' items for which payables wait stand: read for all of them in one query."""

from collections.abc import Collection

from django.db import connection

from invoicing.payables.rules import Paid

# What a credit note left on account of another invoice was paid for before, so it counts as money here (backing.py).
PAID = """
SELECT p.id, c.net_pence AS charged,
       CASE c.state WHEN 'cancelled' THEN 0 WHEN 'pending' THEN c.net_pence - c.reduced_pence
            ELSE l.net_pence - coalesce(lc.credited_pence, 0) - due.pence END AS remaining,
       c.state = 'billed' AND NOT EXISTS (
           SELECT 1 FROM invoicing_receivableitem i WHERE i.document_id = d.id AND i.outstanding_pence > 0
       ) AS settled,
       coalesce(d.gross_pence, 0) - coalesce(credited.pence, 0) AS gross, coalesce(money.pence, 0) AS money
FROM invoicing_payable p
JOIN invoicing_charge c ON c.source_key = p.release_on_payment_of
LEFT JOIN invoicing_documentline l ON l.id = c.document_line_id
LEFT JOIN invoicing_linecredit lc ON lc.line_id = l.id
LEFT JOIN invoicing_document d ON d.id = l.document_id
CROSS JOIN LATERAL (
    SELECT coalesce(sum(r.pence), 0) AS pence FROM invoicing_reduction r WHERE r.charge_id = c.id AND r.state = 'due'
) due
LEFT JOIN LATERAL (
    SELECT sum(n.gross_pence) AS pence FROM invoicing_document n WHERE n.credits_id = d.id AND n.state = 'issued'
) credited ON true
LEFT JOIN LATERAL (
    SELECT sum(a.pence) AS pence
    FROM invoicing_receivableitem i JOIN invoicing_allocation a ON a.item_id = i.id
    JOIN invoicing_unallocateditem u ON u.id = a.source_id
    LEFT JOIN invoicing_document n ON n.id = u.document_id
    WHERE i.document_id = d.id AND u.kind <> 'write_off' AND n.credits_id IS DISTINCT FROM d.id AND {counted}
) money ON true
WHERE p.release_on_payment_of <> ''
"""
_NOW = PAID.format(counted="a.undone_on IS NULL")


def paid_of(payable_ids: Collection[int] | None = None) -> dict[int, Paid]:
    """How the item of each payable stands now, by the payable's id: of those named, or of all that are not cancelled."""
    which = " AND p.state <> 'cancelled'" if payable_ids is None else " AND p.id = ANY(%s)"
    with connection.cursor() as cursor:
        cursor.execute(_NOW + which, [] if payable_ids is None else [list(payable_ids)])
        rows = cursor.fetchall()
    return {
        pk: Paid(int(charged), int(left), bool(settled), int(gross), int(money))
        for pk, charged, left, settled, gross, money in rows
    }
