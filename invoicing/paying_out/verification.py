"""The invariants of paying providers, in plain SQL: numbers 14, 21, 24 and 25 of the list."""

from invoicing.ledger.verification import LEGS
from invoicing.paying_out.content import CONTENT
from marketplace.core.verification import Invariant, register

register(
    Invariant(
        14,
        "payments-on-their-way",
        "what the ledger says is on its way to each provider is the sum of the payments that are",
        "SELECT count(*) FROM invoicing_paymentbatchline",
        f"""
        WITH ledger AS (
            SELECT legs.party, -sum(legs.pence) AS pence FROM ({LEGS}) legs WHERE legs.account = '2460' GROUP BY 1
        ), sent AS (
            SELECT provider_id AS party, sum(pence) AS pence FROM invoicing_paymentbatchline WHERE state = 'sent' GROUP BY 1
        )
        SELECT format('provider %s: ledger %s, payments %s', coalesce(l.party, s.party), coalesce(l.pence, 0),
                      coalesce(s.pence, 0))
        FROM ledger l FULL JOIN sent s ON s.party = l.party WHERE coalesce(l.pence, 0) <> coalesce(s.pence, 0)
        """,
    ),
    Invariant(
        14,
        "payments-within-invoices",
        "no invoice is paid over its gross, no credit taken off beyond its own, and a payment is the sum of its parts",
        "SELECT count(*) FROM invoicing_paymentbatchpart",
        """
        SELECT format('invoice %s of %s pence: %s paid', i.number, i.gross_pence, sum(abs(p.pence)))
        FROM invoicing_paymentbatchpart p JOIN invoicing_paymentbatchline l ON l.id = p.line_id
        JOIN invoicing_providerinvoice i ON i.id = p.provider_invoice_id
        WHERE l.state IN ('sent', 'paid') GROUP BY i.id
        HAVING sum(abs(p.pence)) > i.gross_pence - i.outstanding_pence
        UNION ALL
        SELECT format('part %s: %s pence of %s', p.id, p.pence, i.kind)
        FROM invoicing_paymentbatchpart p JOIN invoicing_providerinvoice i ON i.id = p.provider_invoice_id
        WHERE (i.kind IN ('self_billed_credit', 'own_credit')) <> (p.pence < 0)
        UNION ALL
        SELECT format('payment %s: %s pence, parts of %s', l.id, l.pence, coalesce(sum(p.pence), 0))
        FROM invoicing_paymentbatchline l LEFT JOIN invoicing_paymentbatchpart p ON p.line_id = l.id
        GROUP BY l.id HAVING l.pence <> coalesce(sum(p.pence), 0)
        """,
    ),
    Invariant(
        21,
        "payments-sent-once",
        "a batch that left has one sending that did not fail, another none; its state is that of its payments",
        "SELECT count(*) FROM invoicing_paymentbatch",
        """
        SELECT format('batch %s is %s with %s sendings', b.number, b.state, count(s.id))
        FROM invoicing_paymentbatch b
        LEFT JOIN invoicing_paymentsending s ON s.batch_id = b.id AND s.state <> 'failed'
        GROUP BY b.id HAVING count(s.id) <> (b.state IN ('sent', 'unknown', 'confirmed'))::int
        UNION ALL
        SELECT format('payment %s of %s pence belongs to no batch', l.id, l.pence)
        FROM invoicing_paymentbatchline l LEFT JOIN invoicing_paymentbatch b ON b.id = l.batch_id WHERE b.id IS NULL
        UNION ALL
        SELECT format('batch %s is %s, payment %s %s', b.number, b.state, l.position, l.state)
        FROM invoicing_paymentbatch b JOIN invoicing_paymentbatchline l ON l.batch_id = b.id
        WHERE CASE b.state WHEN 'confirmed' THEN l.state NOT IN ('paid', 'rejected')
                           WHEN 'withdrawn' THEN l.state <> 'withdrawn'
                           WHEN 'sent' THEN l.state IN ('to_pay', 'withdrawn')
                           WHEN 'unknown' THEN l.state IN ('to_pay', 'withdrawn') ELSE l.state <> 'to_pay' END
        """,
    ),
    Invariant(
        24,
        "payments-by-three-people",
        "payments are prepared, approved and released by three people, accounts asked and confirmed by two",
        "SELECT count(*) FROM invoicing_paymentbatch",
        """
        SELECT format('batch %s: prepared by %s, approved by %s, released by %s', number, prepared_by_id, approved_by_id,
                      released_by_id)
        FROM invoicing_paymentbatch
        WHERE prepared_by_id = approved_by_id OR released_by_id IN (prepared_by_id, approved_by_id)
        UNION ALL
        SELECT format('batch %s: released by %s on %s, sent by %s on %s', b.number, b.released_by_id, b.released_on, s.sent_by_id,
                      s.sent_on)
        FROM invoicing_paymentbatch b JOIN invoicing_paymentsending s ON s.batch_id = b.id AND s.state <> 'failed'
        WHERE (b.released_by_id, b.released_on) IS DISTINCT FROM (s.sent_by_id, s.sent_on)
        UNION ALL
        SELECT format('payee account %s: asked and confirmed by %s', id, asked_by_id)
        FROM invoicing_payeeaccount WHERE asked_by_id = confirmed_by_id
        UNION ALL
        SELECT format('batch %s: released by link by %s, where %s was asked', b.number, s.sent_by_id, r.person_id)
        FROM invoicing_releaserequest r JOIN invoicing_paymentbatch b ON b.id = r.batch_id
        LEFT JOIN invoicing_paymentsending s ON s.command_key = 'link:' || r.id
        WHERE r.answer = 'released' AND (s.id IS NULL OR (s.batch_id, s.sent_by_id) <> (r.batch_id, r.person_id))
        """,
    ),
    Invariant(
        25,
        "payments-as-approved",
        "a batch pays what was approved: its hash, count and sum recompute, each payment goes to its provider's account",
        "SELECT count(*) FROM invoicing_paymentbatch",
        f"""
        SELECT format('batch %s: approved as %s, is %s', number, left(content_hash, 12), left(hash, 12))
        FROM ({CONTENT} GROUP BY b.id) c WHERE content_hash <> '' AND content_hash <> hash
        UNION ALL
        SELECT format('batch %s: %s payments of %s pence, lines %s of %s', number, count, pence, lines, line_pence)
        FROM ({CONTENT} GROUP BY b.id) c WHERE lines <> count OR line_pence <> pence
        UNION ALL
        SELECT format('payment %s goes to an account of %s', l.id, a.organisation_id)
        FROM invoicing_paymentbatchline l JOIN invoicing_payeeaccount a ON a.id = l.payee_account_id
        WHERE a.organisation_id <> l.provider_id OR a.state NOT IN ('confirmed', 'replaced')
        """,
    ),
)
