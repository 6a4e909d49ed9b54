"""The invariants of what customers owe, in plain SQL."""

from invoicing.ledger.verification import LEGS
from invoicing.receivables.backing import BACKING
from marketplace.core.verification import Invariant, register

register(
    Invariant(
        3,
        "receivables-equal-open-items",
        "receivables in the ledger equal the outstanding items, customer by customer",
        "SELECT count(*) FROM invoicing_receivableitem",
        f"""
        WITH ledger AS (
            SELECT party, sum(pence) AS pence FROM ({LEGS}) legs WHERE account = '1100' GROUP BY party
        ), items AS (
            SELECT organisation_id AS party, sum(outstanding_pence) AS pence FROM invoicing_receivableitem GROUP BY 1
        )
        SELECT format('customer %s: ledger %s, open items %s', coalesce(l.party, i.party), coalesce(l.pence, 0),
                      coalesce(i.pence, 0))
        FROM ledger l FULL JOIN items i ON i.party = l.party WHERE coalesce(l.pence, 0) <> coalesce(i.pence, 0)
        """,
    ),
    Invariant(
        3,
        "unallocated-equal-on-account",
        "unallocated in the ledger equals the money on account, payer by payer",
        "SELECT count(*) FROM invoicing_unallocateditem",
        f"""
        WITH ledger AS (
            SELECT party, -sum(pence) AS pence FROM ({LEGS}) legs WHERE account = '2100' GROUP BY party
        ), items AS (
            SELECT organisation_id AS party, sum(remaining_pence) AS pence FROM invoicing_unallocateditem GROUP BY 1
        )
        SELECT format('payer %s: ledger %s, on account %s', coalesce(l.party, i.party), coalesce(l.pence, 0),
                      coalesce(i.pence, 0))
        FROM ledger l FULL JOIN items i ON i.party = l.party WHERE coalesce(l.pence, 0) <> coalesce(i.pence, 0)
        """,
    ),
    Invariant(
        8,
        "allocations-within-receipt",
        "what is left of a receipt or credit is its amount less what it settled, refunds and carries, never below zero",
        "SELECT count(*) FROM invoicing_allocation",
        """
        SELECT format('on account %s: %s of %s left after %s', u.id, u.remaining_pence, u.pence, coalesce(a.pence, 0))
        FROM invoicing_unallocateditem u
        LEFT JOIN (
            SELECT source_id, sum(pence) AS pence FROM (
                SELECT source_id, pence FROM invoicing_allocation WHERE undone_on IS NULL
                UNION ALL SELECT source_id, pence FROM invoicing_refund
                UNION ALL SELECT source_id, pence FROM invoicing_carry) used GROUP BY 1
        ) a ON a.source_id = u.id
        WHERE u.remaining_pence <> CASE WHEN u.reversed_on IS NULL THEN u.pence - coalesce(a.pence, 0) ELSE 0 END
           OR (u.reversed_on IS NOT NULL AND a.pence IS NOT NULL) OR u.remaining_pence < 0
        """,
    ),
    Invariant(
        8,
        "allocations-within-item",
        "what is open on a document is its amount less the allocations to it, never below zero",
        "SELECT count(*) FROM invoicing_receivableitem",
        """
        SELECT format('%s: %s of %s open after allocations of %s', d.number, i.outstanding_pence, i.pence,
                      coalesce(a.pence, 0))
        FROM invoicing_receivableitem i JOIN invoicing_document d ON d.id = i.document_id
        LEFT JOIN (SELECT item_id, sum(pence) AS pence FROM invoicing_allocation WHERE undone_on IS NULL GROUP BY 1) a
          ON a.item_id = i.id
        WHERE i.outstanding_pence <> i.pence - coalesce(a.pence, 0) OR i.outstanding_pence < 0
        """,
    ),
    Invariant(
        8,
        "invoices-have-items",
        "the items of an invoice add up to its gross amount",
        "SELECT count(*) FROM invoicing_document WHERE kind IN ('invoice', 'opening', 'claim_back') AND state = 'issued'",
        """
        SELECT format('%s: items of %s for %s', d.number, coalesce(sum(i.pence), 0), d.gross_pence)
        FROM invoicing_document d LEFT JOIN invoicing_receivableitem i ON i.document_id = d.id
        WHERE d.kind IN ('invoice', 'opening', 'claim_back') AND d.state = 'issued'
        GROUP BY d.id HAVING coalesce(sum(i.pence), 0) <> d.gross_pence
        """,
    ),
    Invariant(
        15,
        "billed-once",
        "a charge is billed once, for what was left of it, on an issued invoice",
        "SELECT count(*) FROM invoicing_charge",
        """
        SELECT format('charge %s (%s) is on %s lines', c.id, c.source_key, count(*))
        FROM invoicing_charge c JOIN invoicing_charge o ON o.document_line_id = c.document_line_id
        GROUP BY c.id HAVING count(*) > 1
        UNION ALL
        SELECT format('charge source %s exists %s times', source_key, count(*))
        FROM invoicing_charge GROUP BY source_key HAVING count(*) > 1
        UNION ALL
        SELECT format('charge %s (%s) was billed as %s, not %s', c.id, c.source_key, l.net_pence,
                      c.net_pence - coalesce(r.pence, 0))
        FROM invoicing_charge c
        LEFT JOIN invoicing_documentline l ON l.id = c.document_line_id
        LEFT JOIN invoicing_document d ON d.id = l.document_id
        LEFT JOIN (SELECT charge_id, sum(pence) AS pence FROM invoicing_reduction WHERE state = 'applied' GROUP BY 1) r
          ON r.charge_id = c.id
        WHERE c.state = 'billed' AND (l.id IS NULL OR d.state <> 'issued'
              OR l.net_pence <> c.net_pence - coalesce(r.pence, 0))
        UNION ALL
        SELECT format('line %s of %s was billed without a charge', l.position, d.number)
        FROM invoicing_documentline l JOIN invoicing_document d ON d.id = l.document_id
        WHERE d.kind = 'invoice' AND d.state = 'issued'
          AND NOT EXISTS (SELECT 1 FROM invoicing_charge c WHERE c.document_line_id = l.id)
        """,
    ),
    Invariant(
        15,
        "reductions-taken-once",
        "what was taken off a charge is the sum of its reductions, and each credited one is on one credit line",
        "SELECT count(*) FROM invoicing_reduction",
        """
        SELECT format('charge %s (%s): reduced by %s, reductions of %s', c.id, c.source_key, c.reduced_pence,
                      coalesce(r.pence, 0))
        FROM invoicing_charge c
        LEFT JOIN (SELECT charge_id, sum(pence) AS pence FROM invoicing_reduction GROUP BY 1) r ON r.charge_id = c.id
        WHERE c.reduced_pence <> coalesce(r.pence, 0)
        UNION ALL
        SELECT format('credit line %s of %s pence carries reductions of %s', l.id, l.net_pence, sum(r.pence))
        FROM invoicing_reduction r JOIN invoicing_documentline l ON l.id = r.credit_line_id
        WHERE r.state = 'credited' GROUP BY l.id HAVING sum(r.pence) <> l.net_pence
        """,
    ),
    Invariant(
        23,
        "references-hold",
        "whoever the books name is an organisation on record, and lines and VAT groups belong to a document",
        "SELECT count(*) FROM invoicing_ledgerparty",
        """
        WITH named AS (
            SELECT debit_party_id AS id FROM invoicing_movement WHERE debit_party_id IS NOT NULL
            UNION SELECT credit_party_id FROM invoicing_movement WHERE credit_party_id IS NOT NULL
            UNION SELECT supplier_id FROM invoicing_document UNION SELECT customer_id FROM invoicing_document
            UNION SELECT consumer_id FROM invoicing_documentline
            UNION SELECT organisation_id FROM invoicing_receivableitem
        )
        SELECT format('organisation %s is named by the books and not on their list of parties', n.id) FROM named n
        LEFT JOIN invoicing_ledgerparty p ON p.organisation_id = n.id
        LEFT JOIN organisations_organisation o ON o.id = n.id WHERE p.organisation_id IS NULL OR o.id IS NULL
        UNION ALL
        SELECT format('line %s belongs to no document', l.id) FROM invoicing_documentline l
        LEFT JOIN invoicing_document d ON d.id = l.document_id WHERE d.id IS NULL
        UNION ALL
        SELECT format('VAT group %s belongs to no document', g.id) FROM invoicing_vatgroup g
        LEFT JOIN invoicing_document d ON d.id = g.document_id WHERE d.id IS NULL
        UNION ALL
        SELECT format('open item %s belongs to no issued document', i.id) FROM invoicing_receivableitem i
        LEFT JOIN invoicing_document d ON d.id = i.document_id AND d.state = 'issued' WHERE d.id IS NULL
        """,
    ),
    Invariant(
        9,
        "refunds-to-pay",
        "refunds to pay in the ledger equal the refunds that have not left the bank",
        "SELECT count(*) FROM invoicing_refund",
        f"""
        WITH ledger AS (SELECT coalesce(-sum(pence), 0) AS pence FROM ({LEGS}) legs WHERE account = '2150'),
             waiting AS (SELECT coalesce(sum(pence), 0) AS pence FROM invoicing_refund WHERE paid_on IS NULL)
        SELECT format('ledger %s, refunds %s', l.pence, w.pence) FROM ledger l, waiting w WHERE l.pence <> w.pence
        """,
    ),
    Invariant(
        9,
        "credits-backed-by-payments",
        "credit notes give back no more of an invoice than was paid for it",
        "SELECT count(*) FROM invoicing_document WHERE kind = 'credit_note'",
        f"SELECT format('%s: %s given back, %s paid', number, given_back, paid) FROM ({BACKING}) found",
    ),
    Invariant(
        24,
        "two-persons",
        "what needed a second person was approved by another than who prepared it",
        "SELECT count(*) FROM invoicing_preparedaction",
        """
        SELECT format('%s of %s for %s was prepared and approved by one person', action, pence, subject)
        FROM invoicing_preparedaction WHERE state IN ('approved', 'sent_back') AND decided_by_id = prepared_by_id
        """,
    ),
)
