"""The documents' invariants in plain SQL."""

from invoicing.ledger.verification import LEGS
from marketplace.core.verification import Invariant, register

register(
    Invariant(
        4,
        "numbers-gapless",
        "document numbers are unique and gapless per series",
        "SELECT count(*) FROM invoicing_document WHERE state = 'issued'",
        """
        WITH series AS (
            SELECT code, prefix, next_number FROM core_numberseries
            WHERE code IN ('invoice', 'credit-note', 'claim-back') OR code LIKE 'agency:%' OR code LIKE 'self-billed:%'
        ), issued AS (
            SELECT s.code, s.next_number, d.id, d.number,
                   substring(d.number FROM length(s.prefix) + 2)::bigint AS n
            FROM invoicing_document d
            JOIN organisations_organisation o ON o.id = d.supplier_id
            JOIN series s ON s.code = CASE WHEN d.kind = 'self_billed' THEN 'self-billed:' || d.supplier_id
                WHEN d.kind = 'self_billed_credit' THEN 'self-billed:' || d.supplier_id || ':credit'
                WHEN o.kind <> 'partnership' THEN 'agency:' || d.supplier_id || CASE d.kind WHEN 'invoice' THEN '' ELSE ':credit' END
                WHEN d.kind = 'invoice' THEN 'invoice' WHEN d.kind = 'claim_back' THEN 'claim-back' ELSE 'credit-note' END
            WHERE d.state = 'issued' AND d.kind <> 'opening' AND d.number ~ ('^' || s.prefix || '-[0-9]{6,}$')
        )
        SELECT format('series %s: %s numbers given, %s documents found', s.code, s.next_number - 1,
                      count(DISTINCT i.n))
        FROM series s LEFT JOIN issued i ON i.code = s.code AND i.n BETWEEN 1 AND s.next_number - 1
        GROUP BY s.code, s.next_number HAVING count(DISTINCT i.n) <> s.next_number - 1 OR count(i.id) <> s.next_number - 1
        UNION ALL
        SELECT format('document %s has a number outside its series: %s', d.id, coalesce(d.number, 'none'))
        FROM invoicing_document d
        WHERE (d.state = 'issued' AND d.kind <> 'opening'
               AND d.id NOT IN (SELECT id FROM issued WHERE n < next_number))
           OR (d.state = 'issued' AND d.kind = 'opening' AND d.number NOT LIKE 'OLD-%')
           OR (d.state = 'draft' AND d.number IS NOT NULL)
        """,
    ),
    Invariant(
        5,
        "documents-frozen",
        "an issued document, its lines and its party snapshots are as they were issued",
        "SELECT count(*) FROM invoicing_document WHERE state = 'issued'",
        """
        SELECT format('%s is not as it was issued', d.number) FROM invoicing_document d
        WHERE d.state = 'issued' AND d.content_hash <> invoicing_document_digest(d)
        """,
    ),
    Invariant(
        5,
        "papers-as-made",
        "the file that is kept of a document, PDF or e-invoice, is the one that was made",
        "SELECT count(*) FROM invoicing_documentfile",
        """
        SELECT format('the %s file of %s is not the one that was made', f.format, d.number)
        FROM invoicing_documentfile f JOIN invoicing_document d ON d.id = f.document_id
        WHERE encode(sha256(f.content), 'hex') <> f.sha256
        """,
    ),
    Invariant(
        6,
        "documents-add-up",
        "lines add up to net, line VAT to group VAT, groups to VAT, net + VAT = gross",
        "SELECT count(*) FROM invoicing_documentline",
        """
        WITH lines AS (
            SELECT document_id, vat_category AS category, vat_rate AS rate, sum(net_pence) AS net, sum(vat_pence) AS vat
            FROM invoicing_documentline GROUP BY 1, 2, 3
        ), pairs AS (
            SELECT coalesce(l.document_id, g.document_id) AS document_id
            FROM lines l FULL JOIN invoicing_vatgroup g USING (document_id, category, rate)
            WHERE l.net IS DISTINCT FROM g.net_pence OR l.vat IS DISTINCT FROM g.vat_pence
        ), totals AS (
            SELECT document_id, sum(net_pence) AS net, sum(vat_pence) AS vat FROM invoicing_vatgroup GROUP BY 1
        )
        SELECT format('%s does not add up', d.number) FROM invoicing_document d
        LEFT JOIN totals t ON t.document_id = d.id
        WHERE d.state = 'issued' AND (
            d.id IN (SELECT document_id FROM pairs) OR t.net IS DISTINCT FROM d.net_pence
            OR t.vat IS DISTINCT FROM d.vat_pence OR d.gross_pence <> d.net_pence + d.vat_pence)
        """,
    ),
    Invariant(
        6,
        "group-vat-rate",
        "an invoice's VAT per rate group is its net at the rate, half up to a penny",
        "SELECT count(*) FROM invoicing_vatgroup",
        """
        SELECT format('%s: VAT %s on %s at %s', d.number, g.vat_pence, g.net_pence, g.rate)
        FROM invoicing_vatgroup g JOIN invoicing_document d ON d.id = g.document_id
        WHERE d.kind IN ('invoice', 'self_billed') AND d.state = 'issued' AND g.vat_pence <> round(g.net_pence * g.rate)
        """,
    ),
    Invariant(
        6,
        "documents-posted",
        "each issued document of sales is posted once, for its gross amount, to its customer",
        "SELECT count(*) FROM invoicing_document WHERE state = 'issued' AND kind IN ('invoice', 'credit_note', 'opening', 'claim_back')",
        """
        SELECT format('%s is not posted for its amount', d.number) FROM invoicing_document d
        LEFT JOIN (
            SELECT m.entry_id,
                   sum(m.pence) FILTER (WHERE m.debit_account_id = '1100') AS invoiced,
                   min(m.debit_party_id) FILTER (WHERE m.debit_account_id = '1100') AS debtor,
                   sum(m.pence) FILTER (WHERE m.credit_account_id = '2100') AS credited,
                   min(m.credit_party_id) FILTER (WHERE m.credit_account_id = '2100') AS creditor
            FROM invoicing_movement m GROUP BY 1
        ) p ON p.entry_id = d.entry_id
        WHERE d.state = 'issued' AND d.kind IN ('invoice', 'credit_note', 'opening', 'claim_back') AND (
            CASE d.kind WHEN 'credit_note' THEN p.credited ELSE p.invoiced END IS DISTINCT FROM d.gross_pence
            OR CASE d.kind WHEN 'credit_note' THEN p.creditor ELSE p.debtor END IS DISTINCT FROM d.customer_id)
        """,
    ),
    Invariant(
        7,
        "credits-within-invoice",
        "credits never exceed the invoice, per line and VAT rate",
        "SELECT count(*) FROM invoicing_documentline WHERE credits_line_id IS NOT NULL",
        """
        WITH by_line AS (
            SELECT c.credits_line_id AS line_id, sum(c.net_pence) AS net
            FROM invoicing_documentline c JOIN invoicing_document n ON n.id = c.document_id AND n.state = 'issued'
            WHERE c.credits_line_id IS NOT NULL GROUP BY 1
        ), by_group AS (
            SELECT n.credits_id AS document_id, g.category, g.rate, sum(g.net_pence) AS net, sum(g.vat_pence) AS vat
            FROM invoicing_vatgroup g JOIN invoicing_document n ON n.id = g.document_id
            WHERE n.kind = 'credit_note' AND n.state = 'issued' GROUP BY 1, 2, 3
        )
        SELECT format('line %s of %s: %s credited of %s', l.position, d.number, b.net, l.net_pence)
        FROM by_line b JOIN invoicing_documentline l ON l.id = b.line_id
        JOIN invoicing_document d ON d.id = l.document_id
        LEFT JOIN invoicing_linecredit c ON c.line_id = l.id
        WHERE b.net > l.net_pence OR b.net IS DISTINCT FROM c.credited_pence
        UNION ALL
        SELECT format('%s at %s %s: %s + %s VAT credited of %s + %s', d.number, b.category, b.rate, b.net, b.vat,
                      g.net_pence, g.vat_pence)
        FROM by_group b JOIN invoicing_document d ON d.id = b.document_id
        LEFT JOIN invoicing_vatgroup g USING (document_id, category, rate)
        LEFT JOIN invoicing_vatgroupcredit c ON c.group_id = g.id
        WHERE g.id IS NULL OR b.net > g.net_pence OR b.vat > g.vat_pence
           OR b.net IS DISTINCT FROM c.credited_net_pence OR b.vat IS DISTINCT FROM c.credited_vat_pence
        UNION ALL
        SELECT format('line %s is marked as credited by %s without a credit note', c.line_id, c.credited_pence)
        FROM invoicing_linecredit c LEFT JOIN by_line b ON b.line_id = c.line_id
        WHERE c.credited_pence <> coalesce(b.net, 0)
        """,
    ),
    Invariant(
        6,
        "instalments-add-up",
        "the instalments of an invoice add up to its VAT groups, and its open items to its instalments",
        "SELECT count(*) FROM invoicing_instalment",
        """
        WITH parts AS (
            SELECT document_id, category, rate, sum(net_pence) AS net, sum(vat_pence) AS vat
            FROM invoicing_instalment GROUP BY 1, 2, 3
        ), payments AS (
            SELECT document_id, due_on, sum(net_pence + vat_pence) AS pence FROM invoicing_instalment GROUP BY 1, 2
        )
        SELECT format('%s: instalments of %s and VAT %s for %s and %s', d.number, p.net, p.vat, g.net_pence, g.vat_pence)
        FROM invoicing_vatgroup g JOIN invoicing_document d ON d.id = g.document_id
        LEFT JOIN parts p ON p.document_id = g.document_id AND p.category = g.category AND p.rate = g.rate
        WHERE g.document_id IN (SELECT document_id FROM parts)
          AND (p.net, p.vat) IS DISTINCT FROM (g.net_pence, g.vat_pence)
        UNION ALL
        SELECT format('%s: %s is due on %s for instalments of %s', d.number, coalesce(i.pence, 0), p.due_on, p.pence)
        FROM payments p JOIN invoicing_document d ON d.id = p.document_id
        LEFT JOIN invoicing_receivableitem i ON i.document_id = p.document_id AND i.due_on = p.due_on
        WHERE p.pence <> 0 AND i.pence IS DISTINCT FROM p.pence
        """,
    ),
    Invariant(
        3,
        "future-vat-equals-instalments",
        "VAT on future instalments in the ledger equals the VAT of instalments whose tax point has not come",
        "SELECT count(*) FROM invoicing_instalment",
        f"""
        WITH ledger AS (SELECT coalesce(-sum(pence), 0) AS pence FROM ({LEGS}) legs WHERE account = '2250'),
             waiting AS (
            SELECT coalesce(sum(vat_pence - reached_vat_pence - cancelled_vat_pence), 0) AS pence
            FROM invoicing_instalment
        )
        SELECT format('ledger %s, instalments %s', l.pence, w.pence) FROM ledger l, waiting w WHERE l.pence <> w.pence
        """,
    ),
)
