"""The invariants that what stands beside the ledger says what was posted and issued, in plain SQL: whom, when, how much."""

from invoicing.ledger import chart
from marketplace.core.verification import Invariant, register

register(
    Invariant(
        8,
        "allocations-as-posted",
        "each allocation is posted for its amount from the payer's account to the customer's, on its day or when both stood",
        "SELECT count(*) FROM invoicing_allocation",
        f"""
        SELECT format('allocation %s of %s pence on %s is not what its entry %s posts', a.id, a.pence, a.allocated_on, a.entry_id)
        FROM invoicing_allocation a
        JOIN invoicing_unallocateditem u ON u.id = a.source_id
        JOIN invoicing_receivableitem i ON i.id = a.item_id
        JOIN invoicing_document d ON d.id = i.document_id
        LEFT JOIN invoicing_journalentry e ON e.id = a.entry_id
        LEFT JOIN invoicing_movement m ON m.entry_id = e.id
        WHERE e.issued_on IS DISTINCT FROM greatest(a.allocated_on, u.received_on, d.issued_on)
           OR (m.debit_account_id, m.debit_party_id, m.credit_account_id, m.credit_party_id, m.pence) IS DISTINCT FROM
              ('{chart.UNALLOCATED}', u.organisation_id, '{chart.RECEIVABLES}', i.organisation_id, a.pence)
        UNION ALL
        SELECT format('allocation %s was undone on %s by entry %s, which is not its mirror or of another day', a.id, a.undone_on,
                      a.undone_entry_id)
        FROM invoicing_allocation a LEFT JOIN invoicing_journalentry e ON e.id = a.undone_entry_id
        WHERE a.undone_on IS NOT NULL AND (e.reverses_id IS DISTINCT FROM a.entry_id OR e.issued_on < a.undone_on)
        """,
    ),
    Invariant(
        8,
        "on-account-as-posted",
        "what stands on an account is posted for its amount to that customer, on the day it came; a credit note's is its own",
        "SELECT count(*) FROM invoicing_unallocateditem",
        f"""
        SELECT format('on account %s: %s pence for customer %s on %s are not what entry %s posts', u.id, u.pence,
                      u.organisation_id, u.received_on, u.entry_id)
        FROM invoicing_unallocateditem u
        LEFT JOIN invoicing_journalentry e ON e.id = u.entry_id
        LEFT JOIN (
            SELECT entry_id, credit_party_id AS party, sum(pence) AS pence FROM invoicing_movement
            WHERE credit_account_id = '{chart.UNALLOCATED}' GROUP BY 1, 2
        ) m ON m.entry_id = u.entry_id AND m.party = u.organisation_id
        WHERE m.pence IS DISTINCT FROM u.pence OR (e.kind <> 'opening' AND e.issued_on <> u.received_on)
        UNION ALL
        SELECT format('on account %s: %s is not its credit note', u.id, coalesce(d.number, 'nothing'))
        FROM invoicing_unallocateditem u LEFT JOIN invoicing_document d ON d.id = u.document_id
        WHERE u.kind = 'credit_note' AND (d.entry_id, d.customer_id) IS DISTINCT FROM (u.entry_id, u.organisation_id)
        """,
    ),
    Invariant(
        9,
        "refunds-as-posted",
        "each refund is posted for its amount from the account that it came from, on its day",
        "SELECT count(*) FROM invoicing_refund",
        f"""
        SELECT format('refund %s of %s pence on %s is not what entry %s posts', r.id, r.pence, r.refunded_on, r.entry_id)
        FROM invoicing_refund r
        JOIN invoicing_unallocateditem u ON u.id = r.source_id
        LEFT JOIN invoicing_journalentry e ON e.id = r.entry_id
        LEFT JOIN invoicing_movement m ON m.entry_id = r.entry_id
        WHERE e.issued_on IS DISTINCT FROM r.refunded_on
           OR (m.debit_account_id, m.debit_party_id, m.credit_account_id, m.pence) IS DISTINCT FROM
              ('{chart.UNALLOCATED}', u.organisation_id, '{chart.REFUNDS_TO_PAY}', r.pence)
        """,
    ),
    Invariant(
        6,
        "due-as-issued",
        "an invoice is due when it says, and each instalment on its own day",
        "SELECT count(*) FROM invoicing_receivableitem",
        """
        SELECT format('%s is due on %s and says %s', d.number, i.due_on, d.due_on)
        FROM invoicing_receivableitem i JOIN invoicing_document d ON d.id = i.document_id
        WHERE i.due_on IS DISTINCT FROM d.due_on
          AND NOT EXISTS (SELECT 1 FROM invoicing_instalment p WHERE p.document_id = d.id AND p.due_on = i.due_on)
        """,
    ),
    Invariant(
        7,
        "credits-bounded-as-issued",
        "what may be credited of a line and of a VAT rate is what the invoice charged for it",
        "SELECT (SELECT count(*) FROM invoicing_linecredit) + (SELECT count(*) FROM invoicing_vatgroupcredit)",
        """
        SELECT format('line %s of %s may be credited by %s of %s', l.position, d.number, c.net_pence, l.net_pence)
        FROM invoicing_linecredit c JOIN invoicing_documentline l ON l.id = c.line_id
        JOIN invoicing_document d ON d.id = l.document_id WHERE c.net_pence <> l.net_pence
        UNION ALL
        SELECT format('%s at %s %s may be credited by %s + %s of %s + %s', d.number, g.category, g.rate, c.net_pence, c.vat_pence,
                      g.net_pence, g.vat_pence)
        FROM invoicing_vatgroupcredit c JOIN invoicing_vatgroup g ON g.id = c.group_id
        JOIN invoicing_document d ON d.id = g.document_id
        WHERE (c.net_pence, c.vat_pence) <> (g.net_pence, g.vat_pence)
        """,
    ),
    Invariant(
        15,
        "billed-as-charged",
        "an item was invoiced to whom it names and as it stands: for and by whom, with what VAT, to which account",
        "SELECT count(*) FROM invoicing_charge WHERE state = 'billed'",
        """
        SELECT format('charge %s (%s) is not as line %s of %s invoiced it', c.id, c.source_key, l.position, d.number)
        FROM invoicing_charge c
        JOIN invoicing_documentline l ON l.id = c.document_line_id
        JOIN invoicing_document d ON d.id = l.document_id
        WHERE (c.consumer_id, c.invoice_to_id, c.supplier_id, c.vat_category, c.vat_rate, c.account_id, c.stream_id,
               c.analysis_code) <>
              (l.consumer_id, d.customer_id, d.supplier_id, l.vat_category, l.vat_rate, l.account_id, l.stream_id,
               l.analysis_code)
        """,
    ),
)
