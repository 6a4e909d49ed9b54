"""The invariants of providers' invoices, in plain SQL."""

from invoicing.ledger.verification import LEGS
from marketplace.core.verification import Invariant, register

# What else stands on account 2400: overheads bought in, and what is sold in another supplier's name.
_OTHERS = (
    "('purchase', 'purchase.reversed', 'purchase_payment', 'purchase_payment.reversed', 'opening', 'invoice',"
    " 'credit_note', 'write_off', 'write_off.reversed', 'agency_fee', 'agency_payment', 'agency_fee.reversed',"
    " 'agency_payment.reversed')"
)
_SIGN = "CASE WHEN i.kind IN ('self_billed_credit', 'own_credit') THEN -1 ELSE 1 END"

register(
    Invariant(
        11,
        "provider-invoices-once",
        "each line of a provider's invoice is the sum of the changes of its payable, and no change stands on two",
        "SELECT count(*) FROM invoicing_providerinvoiceline",
        f"""
        WITH moved AS (
            SELECT im.line_id, sum(m.pence) AS pence, min(m.payable_id) AS least, max(m.payable_id) AS most
            FROM invoicing_invoicedmove im JOIN invoicing_payablemove m ON m.id = im.move_id GROUP BY 1
        )
        SELECT format('%s line %s: %s for changes of %s', i.number, l.position, l.net_pence, coalesce(m.pence, 0))
        FROM invoicing_providerinvoiceline l JOIN invoicing_providerinvoice i ON i.id = l.invoice_id
        LEFT JOIN moved m ON m.line_id = l.id
        WHERE i.state <> 'refused' AND ({_SIGN} * l.net_pence IS DISTINCT FROM m.pence
              OR m.least IS DISTINCT FROM l.payable_id OR m.most IS DISTINCT FROM l.payable_id)
        UNION ALL
        SELECT format('a change of payable %s stands on two lines', m.payable_id)
        FROM invoicing_invoicedmove im JOIN invoicing_payablemove m ON m.id = im.move_id
        GROUP BY m.id HAVING count(*) > 1
        UNION ALL
        SELECT format('%s is of another provider than payable %s', i.number, p.source_key)
        FROM invoicing_providerinvoiceline l JOIN invoicing_providerinvoice i ON i.id = l.invoice_id
        JOIN invoicing_payable p ON p.id = l.payable_id WHERE p.provider_id <> i.provider_id
        """,
    ),
    Invariant(
        14,
        "claims-back-within-credits",
        "a repayment request is for a credit note of the provider that it asks, and asks for what no payment takes off",
        "SELECT count(*) FROM invoicing_claimback",
        """
        SELECT format('%s asks %s for %s pence of %s', d.number, d.customer_id, d.gross_pence, i.number)
        FROM invoicing_claimback c JOIN invoicing_document d ON d.id = c.document_id
        JOIN invoicing_providerinvoice i ON i.id = c.credit_id
        WHERE d.kind <> 'claim_back' OR d.state <> 'issued' OR d.customer_id <> i.provider_id OR d.gross_pence <> c.pence
              OR i.kind NOT IN ('self_billed_credit', 'own_credit')
        UNION ALL
        SELECT format('%s: %s pence claimed back and %s taken from payments, of %s', i.number, c.pence,
                      coalesce(p.pence, 0), i.gross_pence - i.outstanding_pence)
        FROM (
            SELECT b.credit_id, sum(b.pence - coalesce(w.pence, 0)) AS pence FROM invoicing_claimback b
            LEFT JOIN invoicing_claimwithdrawal w ON w.claim_id = b.id GROUP BY 1
        ) c
        JOIN invoicing_providerinvoice i ON i.id = c.credit_id
        LEFT JOIN (
            SELECT p.provider_invoice_id, sum(abs(p.pence)) AS pence FROM invoicing_paymentbatchpart p
            JOIN invoicing_paymentbatchline l ON l.id = p.line_id WHERE l.state IN ('sent', 'paid') GROUP BY 1
        ) p ON p.provider_invoice_id = i.id
        WHERE c.pence + coalesce(p.pence, 0) > i.gross_pence - i.outstanding_pence
        UNION ALL
        SELECT format('%s asks for what no credit note gave back', d.number)
        FROM invoicing_document d LEFT JOIN invoicing_claimback c ON c.document_id = d.id
        WHERE d.kind = 'claim_back' AND c.id IS NULL
        """,
    ),
    Invariant(
        14,
        "claims-withdrawn-once",
        "what a repayment request asks for no longer settled it, once, and nothing else is settled so",
        "SELECT count(*) FROM invoicing_claimwithdrawal",
        """
        SELECT format('%s: %s pence of %s withdrawn, %s settled by %s', d.number, w.pence, c.pence, a.pence, u.kind)
        FROM invoicing_claimwithdrawal w JOIN invoicing_claimback c ON c.id = w.claim_id
        JOIN invoicing_document d ON d.id = c.document_id
        JOIN invoicing_allocation a ON a.id = w.allocation_id
        JOIN invoicing_receivableitem i ON i.id = a.item_id
        JOIN invoicing_unallocateditem u ON u.id = a.source_id
        WHERE w.pence > c.pence OR a.pence <> w.pence OR u.pence <> w.pence OR a.undone_on IS NOT NULL
              OR i.document_id <> d.id OR u.kind <> 'withdrawn' OR u.organisation_id <> d.customer_id
        UNION ALL
        SELECT format('money on account %s stands for a withdrawal that is on no record', u.id)
        FROM invoicing_unallocateditem u
        LEFT JOIN invoicing_allocation a ON a.source_id = u.id
        LEFT JOIN invoicing_claimwithdrawal w ON w.allocation_id = a.id
        WHERE u.kind = 'withdrawn' AND w.id IS NULL
        """,
    ),
    Invariant(
        6,
        "provider-invoices-add-up",
        "lines of a provider's invoice add up to it, and a self-billed one is its document",
        "SELECT count(*) FROM invoicing_providerinvoice",
        """
        SELECT format('%s: lines of %s + %s for %s + %s', i.number, coalesce(sum(l.net_pence), 0),
                      coalesce(sum(l.vat_pence), 0), i.net_pence, i.vat_pence)
        FROM invoicing_providerinvoice i LEFT JOIN invoicing_providerinvoiceline l ON l.invoice_id = i.id
        WHERE i.state = 'agreed'
        GROUP BY i.id HAVING coalesce(sum(l.net_pence), 0) <> i.net_pence
                          OR coalesce(sum(l.vat_pence), 0) <> i.vat_pence
        UNION ALL
        SELECT format('%s differs from its document %s', i.number, d.number)
        FROM invoicing_providerinvoice i JOIN invoicing_document d ON d.id = i.document_id
        WHERE (i.number, i.kind, i.provider_id, i.net_pence, i.vat_pence)
              IS DISTINCT FROM (d.number, d.kind, d.supplier_id, d.net_pence, d.vat_pence)
        UNION ALL
        SELECT format('%s stands in no list of providers'' invoices', d.number) FROM invoicing_document d
        LEFT JOIN invoicing_providerinvoice i ON i.document_id = d.id
        WHERE d.kind IN ('self_billed', 'self_billed_credit') AND d.state = 'issued' AND i.id IS NULL
        """,
    ),
    Invariant(
        3,
        "provider-vat-posted",
        "the VAT that the ledger owes each provider is that of its agreed invoices, less that of its credit notes",
        "SELECT count(*) FROM invoicing_providerinvoice WHERE vat_pence > 0",
        f"""
        WITH ledger AS (
            SELECT legs.party, -sum(legs.pence) AS pence FROM ({LEGS}) legs
            JOIN invoicing_journalentry e ON e.id = legs.entry_id
            WHERE legs.account = '2400' AND e.kind IN ('supplier_vat', 'supplier_vat_back') GROUP BY 1
        ), papers AS (
            SELECT i.provider_id AS party, sum({_SIGN} * i.vat_pence) AS pence
            FROM invoicing_providerinvoice i WHERE i.state = 'agreed' GROUP BY 1
        )
        SELECT format('provider %s: VAT of %s in the ledger, of %s on paper', coalesce(l.party, p.party),
                      coalesce(l.pence, 0), coalesce(p.pence, 0))
        FROM ledger l FULL JOIN papers p ON p.party = l.party WHERE coalesce(l.pence, 0) <> coalesce(p.pence, 0)
        """,
    ),
    Invariant(
        3,
        "payables-equal-unpaid-invoices",
        "what the ledger owes each provider is what it earned and no agreed invoice carries yet, and what is unpaid of those",
        "SELECT count(*) FROM invoicing_payablemove",
        f"""
        WITH ledger AS (
            SELECT legs.party, -sum(legs.pence) AS pence FROM ({LEGS}) legs
            JOIN invoicing_journalentry e ON e.id = legs.entry_id
            WHERE legs.account = '2400' AND e.kind NOT IN {_OTHERS} GROUP BY 1
        ), parts AS (
            SELECT p.provider_id AS party, m.pence FROM invoicing_payablemove m
            JOIN invoicing_payable p ON p.id = m.payable_id
            LEFT JOIN invoicing_invoicedmove im ON im.move_id = m.id
            LEFT JOIN invoicing_providerinvoiceline l ON l.id = im.line_id
            LEFT JOIN invoicing_providerinvoice i ON i.id = l.invoice_id
            WHERE i.state IS DISTINCT FROM 'agreed'
            UNION ALL
            SELECT i.provider_id, {_SIGN} * i.outstanding_pence FROM invoicing_providerinvoice i WHERE i.state = 'agreed'
        ), owed AS (
            SELECT party, sum(pence) AS pence FROM parts GROUP BY 1
        )
        SELECT format('provider %s: ledger %s, not yet invoiced and unpaid %s', coalesce(l.party, o.party),
                      coalesce(l.pence, 0), coalesce(o.pence, 0))
        FROM ledger l FULL JOIN owed o ON o.party = l.party WHERE coalesce(l.pence, 0) <> coalesce(o.pence, 0)
        """,
    ),
)
