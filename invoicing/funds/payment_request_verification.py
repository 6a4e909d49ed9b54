"""The invariants of payment requests, in plain SQL."""

from marketplace.core.verification import Invariant, register

register(
    Invariant(
        23,
        "payment-requests-within-invoices",
        "others are asked for no more than an issued invoice comes to, and never its own customer",
        "SELECT count(*) FROM invoicing_paymentrequest",
        """
        SELECT format('%s: others are asked for %s pence of %s', d.number, sum(r.pence), d.gross_pence)
        FROM invoicing_paymentrequest r JOIN invoicing_document d ON d.id = r.document_id
        WHERE r.state = 'open' GROUP BY d.id HAVING sum(r.pence) > d.gross_pence
        UNION ALL
        SELECT format('%s asks the customer of %s, or no issued invoice', r.number, coalesce(d.number, 'nothing'))
        FROM invoicing_paymentrequest r LEFT JOIN invoicing_document d ON d.id = r.document_id
        WHERE d.id IS NULL OR d.kind <> 'invoice' OR d.state <> 'issued' OR d.customer_id = r.funder_id
        """,
    ),
    Invariant(
        4,
        "payment-request-numbers-gapless",
        "numbers of payment requests are gapless",
        "SELECT count(*) FROM invoicing_paymentrequest",
        """
        SELECT format('series %s: %s numbers given, %s found', s.code, s.next_number - 1, count(DISTINCT r.number))
        FROM core_numberseries s
        LEFT JOIN invoicing_paymentrequest r ON r.number ~ ('^' || s.prefix || '-[0-9]{6,}$')
        WHERE s.code = 'payment-request' GROUP BY s.code, s.next_number, s.prefix
        HAVING count(DISTINCT r.number) <> s.next_number - 1 OR count(r.number) <> s.next_number - 1
        """,
    ),
)
