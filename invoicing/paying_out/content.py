"""What of a batch is approved: one text over all that it pays, made by PostgreSQL, and its SHA-256."""

from django.db import connection

CONTENT = """
SELECT b.id AS batch_id, b.number, b.state, b.content_hash, b.pence, b.count, count(l.id) AS lines,
       coalesce(sum(l.pence), 0) AS line_pence,
       encode(sha256(convert_to(concat_ws('|', b.number, b.pay_on, b.bank_account_id, b.from_sort_code,
           b.from_account_number, string_agg(concat_ws(':', l.position, l.provider_id, a.id, a.version, a.account_name,
               a.sort_code, a.account_number, l.pence, l.reference, p.parts), ';' ORDER BY l.position)), 'UTF8')), 'hex') AS hash
FROM invoicing_paymentbatch b
LEFT JOIN invoicing_paymentbatchline l ON l.batch_id = b.id
LEFT JOIN invoicing_payeeaccount a ON a.id = l.payee_account_id
LEFT JOIN (SELECT line_id, string_agg(provider_invoice_id || '=' || pence, ',' ORDER BY provider_invoice_id) AS parts
           FROM invoicing_paymentbatchpart GROUP BY line_id) p ON p.line_id = l.id
"""


def hash_of(batch_id: int) -> str:
    """The SHA-256 of what a batch pays now: whom, into which account, how much, which invoices."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT hash FROM ({CONTENT} WHERE b.id = %s GROUP BY b.id) c", [batch_id])
        [found] = cursor.fetchone()
    return str(found)
