"""The invariants of journals, purchases and the opening position, in plain SQL."""

from invoicing.ledger.verification import LEGS
from marketplace.core.verification import Invariant, register

register(
    Invariant(
        24,
        "journals-by-two-people",
        "what was posted by hand was prepared by one person and approved by another",
        "SELECT (SELECT count(*) FROM invoicing_manualjournal) + (SELECT count(*) FROM invoicing_purchase)"
        " + (SELECT count(*) FROM invoicing_openingposition)",
        """
        SELECT format('%s was approved by %s and prepared by %s', number, coalesce(approved_by_id::text, 'nobody'),
                      prepared_by_id)
        FROM (
            SELECT number, state, prepared_by_id, approved_by_id FROM invoicing_manualjournal
            UNION ALL SELECT number, state, prepared_by_id, approved_by_id FROM invoicing_purchase
            UNION ALL SELECT number, state, prepared_by_id, approved_by_id FROM invoicing_openingposition
        ) decided
        WHERE approved_by_id = prepared_by_id OR (state = 'approved' AND approved_by_id IS NULL)
        """,
    ),
    Invariant(
        4,
        "journal-numbers-gapless",
        "numbers of journals, purchases and opening positions are gapless per series",
        "SELECT (SELECT count(*) FROM invoicing_manualjournal) + (SELECT count(*) FROM invoicing_purchase)"
        " + (SELECT count(*) FROM invoicing_openingposition)",
        """
        WITH given AS (
            SELECT 'journal' AS code, number FROM invoicing_manualjournal
            UNION ALL SELECT 'purchase', number FROM invoicing_purchase
            UNION ALL SELECT 'opening', number FROM invoicing_openingposition
        )
        SELECT format('series %s: %s numbers given, %s found', s.code, s.next_number - 1, count(g.number))
        FROM core_numberseries s LEFT JOIN given g
          ON g.code = s.code AND g.number ~ ('^' || s.prefix || '-[0-9]{6,}$')
         AND substring(g.number FROM length(s.prefix) + 2)::bigint BETWEEN 1 AND s.next_number - 1
        WHERE s.code IN ('journal', 'purchase', 'opening')
        GROUP BY s.code, s.next_number HAVING count(DISTINCT g.number) <> s.next_number - 1
        """,
    ),
    Invariant(
        6,
        "journals-posted-as-approved",
        "an approved journal is posted line by line, and reversed on its day if at all",
        "SELECT count(*) FROM invoicing_manualjournal WHERE state = 'approved'",
        """
        WITH lines AS (
            SELECT j.entry_id, l.debit_account_id AS debit, l.credit_account_id AS credit, l.stream_id,
                   l.analysis_code, l.pence, l.fund_id, 1 AS sign
            FROM invoicing_manualjournal j JOIN invoicing_manualjournalline l ON l.journal_id = j.id
            WHERE j.entry_id IS NOT NULL
            UNION ALL
            SELECT m.entry_id, m.debit_account_id, m.credit_account_id, m.stream_id, m.analysis_code, m.pence,
                   m.fund_id, -1
            FROM invoicing_movement m JOIN invoicing_manualjournal j ON j.entry_id = m.entry_id
        )
        SELECT DISTINCT format('%s is not posted as it was approved', j.number)
        FROM (
            SELECT entry_id FROM lines GROUP BY entry_id, debit, credit, stream_id, analysis_code, pence, fund_id
            HAVING sum(sign) <> 0
        ) wrong JOIN invoicing_manualjournal j ON j.entry_id = wrong.entry_id
        UNION ALL
        SELECT format('%s was reversed by an entry that is not its reversal', j.number)
        FROM invoicing_manualjournal j JOIN invoicing_journalentry e ON e.id = j.reversal_id
        WHERE e.reverses_id IS DISTINCT FROM j.entry_id OR e.posted_on < j.auto_reverse_on
        """,
    ),
    Invariant(
        6,
        "purchases-add-up",
        "the lines of a purchase add up to it, and VAT comes back as its tag says",
        "SELECT count(*) FROM invoicing_purchase WHERE NOT opening",
        """
        SELECT format('%s: lines of %s and VAT %s for %s and %s', p.number, coalesce(sum(l.net_pence), 0),
                      coalesce(sum(l.vat_pence), 0), p.net_pence, p.vat_pence)
        FROM invoicing_purchase p LEFT JOIN invoicing_purchaseline l ON l.purchase_id = p.id
        WHERE NOT p.opening
        GROUP BY p.id HAVING coalesce(sum(l.net_pence), 0) <> p.net_pence
                          OR coalesce(sum(l.vat_pence), 0) <> p.vat_pence
        UNION ALL
        SELECT format('%s line %s: %s of VAT %s comes back at %s', p.number, l.position, l.recovered_pence,
                      l.vat_pence, l.recovery_rate)
        FROM invoicing_purchaseline l JOIN invoicing_purchase p ON p.id = l.purchase_id
        WHERE l.recovered_pence <> round(l.vat_pence * l.recovery_rate)
        """,
    ),
    Invariant(
        3,
        "payables-equal-unpaid-purchases",
        "what the ledger says is owed on purchases equals what is outstanding on them, supplier by supplier",
        "SELECT count(*) FROM invoicing_purchase",
        f"""
        WITH ledger AS (
            SELECT legs.party, -sum(legs.pence) AS pence FROM ({LEGS}) legs
            JOIN invoicing_journalentry e ON e.id = legs.entry_id
            WHERE legs.account = '2400' AND e.kind IN
                ('purchase', 'purchase.reversed', 'purchase_payment', 'purchase_payment.reversed', 'opening')
            GROUP BY legs.party
        ), owed AS (
            SELECT supplier_id AS party, sum(outstanding_pence) AS pence FROM invoicing_purchase GROUP BY 1
        )
        SELECT format('supplier %s: ledger %s, unpaid purchases %s', coalesce(l.party, o.party), coalesce(l.pence, 0),
                      coalesce(o.pence, 0))
        FROM ledger l FULL JOIN owed o ON o.party = l.party WHERE coalesce(l.pence, 0) <> coalesce(o.pence, 0)
        UNION ALL
        SELECT format('%s: %s of %s owed after payments of %s', p.number, p.outstanding_pence, p.gross_pence,
                      coalesce(paid.pence, 0))
        FROM invoicing_purchase p LEFT JOIN (
            SELECT purchase_id, sum(pence) AS pence FROM invoicing_purchasepayment WHERE undone_on IS NULL GROUP BY 1
        ) paid ON paid.purchase_id = p.id
        WHERE p.outstanding_pence <> CASE WHEN p.state = 'approved' THEN p.gross_pence - coalesce(paid.pence, 0)
                                          ELSE 0 END
        """,
    ),
    Invariant(
        3,
        "opening-position-equals-old-books",
        "the opening position left nothing on its own account, and each earlier invoice came with it",
        "SELECT count(*) FROM invoicing_journalentry WHERE kind = 'opening'",
        f"""
        SELECT format('account 3900 stands at %s', sum(pence)) FROM ({LEGS}) legs WHERE account = '3900'
        HAVING coalesce(sum(pence), 0) <> 0
        UNION ALL
        SELECT format('%s came with no opening position', d.number) FROM invoicing_document d
        LEFT JOIN invoicing_journalentry e ON e.id = d.entry_id
        WHERE d.kind = 'opening' AND d.state = 'issued' AND (e.kind IS DISTINCT FROM 'opening'
            OR NOT EXISTS (SELECT 1 FROM invoicing_openingposition WHERE state = 'approved'))
        """,
    ),
)
