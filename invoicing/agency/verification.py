"""The invariants of what is sold in another supplier's name, in plain SQL."""

from invoicing.ledger.verification import LEGS
from marketplace.core.verification import Invariant, register

# What the ledger owes a supplier for what was sold in its name.
_KINDS = (
    "('invoice', 'credit_note', 'write_off', 'write_off.reversed', 'agency_fee', 'agency_payment',"
    " 'agency_fee.reversed', 'agency_payment.reversed')"
)

register(
    Invariant(
        3,
        "agency-payables",
        "what the ledger owes a supplier is what was sold in its name, less credits, write-offs and settlements",
        "SELECT count(*) FROM invoicing_agencysale",
        f"""
        WITH ledger AS (
            SELECT legs.party, -sum(legs.pence) AS pence FROM ({LEGS}) legs
            JOIN invoicing_journalentry e ON e.id = legs.entry_id
            WHERE legs.account = '2400' AND e.kind IN {_KINDS} GROUP BY 1
        ), parts AS (
            SELECT a.supplier_id AS party, d.gross_pence AS pence
            FROM invoicing_agencysale a JOIN invoicing_document d ON d.id = a.document_id
            UNION ALL
            SELECT a.supplier_id, -c.gross_pence FROM invoicing_agencysale a
            JOIN invoicing_document c ON c.credits_id = a.document_id AND c.state = 'issued'
            UNION ALL
            SELECT a.supplier_id, -u.pence FROM invoicing_unallocateditem u
            JOIN invoicing_document d ON d.number = split_part(u.source_key, ':', 2)
            JOIN invoicing_agencysale a ON a.document_id = d.id
            WHERE u.kind = 'write_off' AND u.reversed_on IS NULL
            UNION ALL
            SELECT supplier_id, -(fee_net_pence + fee_vat_pence) FROM invoicing_agencysettlement
            WHERE state IN ('approved', 'paid')
            UNION ALL
            SELECT supplier_id, -pence FROM invoicing_agencysettlement WHERE state = 'paid'
        ), owed AS (
            SELECT party, sum(pence) AS pence FROM parts GROUP BY 1
        )
        SELECT format('supplier %s: ledger %s, sold and not yet settled %s', coalesce(l.party, o.party),
                      coalesce(l.pence, 0), coalesce(o.pence, 0))
        FROM ledger l FULL JOIN owed o ON o.party = l.party WHERE coalesce(l.pence, 0) <> coalesce(o.pence, 0)
        """,
    ),
    Invariant(
        6,
        "agency-sales-are-the-suppliers",
        "an invoice in another's name is recorded as such, and nothing of it is our income or our VAT",
        "SELECT count(*) FROM invoicing_document d JOIN organisations_organisation o ON o.id = d.supplier_id"
        " WHERE o.kind <> 'partnership' AND d.kind IN ('invoice', 'credit_note')",
        """
        SELECT format('%s is of another supplier and not recorded so, or the other way about', d.number)
        FROM invoicing_document d JOIN organisations_organisation o ON o.id = d.supplier_id
        LEFT JOIN invoicing_agencysale a ON a.document_id = d.id
        WHERE d.kind = 'invoice' AND d.state = 'issued'
          AND ((o.kind <> 'partnership') <> (a.document_id IS NOT NULL) OR a.supplier_id <> d.supplier_id)
        UNION ALL
        SELECT format('%s is posted to account %s', d.number, leg.account)
        FROM invoicing_document d JOIN organisations_organisation o ON o.id = d.supplier_id AND o.kind <> 'partnership'
        JOIN invoicing_movement m ON m.entry_id = d.entry_id
        CROSS JOIN LATERAL (VALUES (m.debit_account_id), (m.credit_account_id)) AS leg(account)
        WHERE d.kind IN ('invoice', 'credit_note') AND leg.account NOT IN ('1100', '2100', '2400')
        """,
    ),
    Invariant(
        14,
        "agency-settlements",
        "a settlement is the sum of its lines less our fee, by two people, and no more is paid over than was collected",
        "SELECT count(*) FROM invoicing_agencysettlement",
        """
        SELECT format('%s: lines of %s and fee %s for %s and %s', s.number, coalesce(sum(l.pence), 0),
                      coalesce(sum(l.fee_pence), 0), s.collected_pence, s.fee_net_pence)
        FROM invoicing_agencysettlement s LEFT JOIN invoicing_agencysettlementline l ON l.settlement_id = s.id
        GROUP BY s.id HAVING coalesce(sum(l.pence), 0) <> s.collected_pence
                          OR coalesce(sum(l.fee_pence), 0) <> s.fee_net_pence
        UNION ALL
        SELECT format('%s was approved by who prepared it', number) FROM invoicing_agencysettlement
        WHERE state IN ('approved', 'paid') AND decided_by_id IS NOT DISTINCT FROM prepared_by_id
        UNION ALL
        SELECT format('%s: fee of %s + %s, invoiced %s', s.number, s.fee_net_pence, s.fee_vat_pence, d.gross_pence)
        FROM invoicing_agencysettlement s JOIN invoicing_document d ON d.id = s.fee_invoice_id
        WHERE (d.net_pence, d.vat_pence, d.customer_id) IS DISTINCT FROM (s.fee_net_pence, s.fee_vat_pence, s.supplier_id)
        UNION ALL
        SELECT format('%s: %s paid over of %s', d.number, sum(l.pence), d.gross_pence)
        FROM invoicing_agencysettlementline l
        JOIN invoicing_agencysettlement s ON s.id = l.settlement_id AND s.state IN ('approved', 'paid')
        JOIN invoicing_document d ON d.id = l.document_id
        GROUP BY d.id HAVING sum(l.pence) NOT BETWEEN 0 AND d.gross_pence
        UNION ALL
        SELECT format('series %s: %s numbers given, %s found', n.code, n.next_number - 1, count(s.id))
        FROM core_numberseries n LEFT JOIN invoicing_agencysettlement s
          ON s.number ~ ('^' || n.prefix || '-[0-9]{6,}$')
         AND substring(s.number FROM length(n.prefix) + 2)::bigint BETWEEN 1 AND n.next_number - 1
        WHERE n.code = 'agency-settlement' GROUP BY n.code, n.next_number, n.prefix
        HAVING count(DISTINCT s.number) <> n.next_number - 1
        """,
    ),
)
