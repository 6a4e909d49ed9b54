"""The invariants of council journals, in plain SQL."""

from invoicing.ledger.verification import LEGS
from marketplace.core.verification import Invariant, register

register(
    Invariant(
        3,
        "council-journals-to-be-received",
        "what the ledger awaits of council journals equals what was confirmed less what was received, council by council",
        "SELECT count(*) FROM invoicing_counciljournal WHERE state = 'confirmed'",
        f"""
        WITH ledger AS (
            SELECT party, sum(pence) AS pence FROM ({LEGS}) legs WHERE account = '1150' GROUP BY party
        ), awaited AS (
            SELECT authority_id AS party, sum(confirmed_pence - received_pence) AS pence
            FROM invoicing_counciljournal WHERE state = 'confirmed' GROUP BY 1
        )
        SELECT format('council %s: ledger %s, journals %s', coalesce(l.party, a.party), coalesce(l.pence, 0),
                      coalesce(a.pence, 0))
        FROM ledger l FULL JOIN awaited a ON a.party = l.party WHERE coalesce(l.pence, 0) <> coalesce(a.pence, 0)
        UNION ALL
        SELECT format('%s: %s received, receipts of %s', j.number, j.received_pence, coalesce(sum(r.pence), 0))
        FROM invoicing_counciljournal j
        LEFT JOIN invoicing_counciljournalreceipt r ON r.journal_id = j.id AND r.undone_on IS NULL
        GROUP BY j.id HAVING j.received_pence <> coalesce(sum(r.pence), 0)
        """,
    ),
    Invariant(
        6,
        "council-journals-add-up",
        "the lines of a council journal add up to its items and they to its total; what it settled is what was posted",
        "SELECT count(*) FROM invoicing_counciljournal",
        """
        SELECT format('%s: item %s of %s has lines of %s', j.number, i.item_id, i.pence, coalesce(l.gross, 0))
        FROM invoicing_counciljournalitem i JOIN invoicing_counciljournal j ON j.id = i.journal_id
        LEFT JOIN (SELECT part_id, sum(gross_pence) AS gross FROM invoicing_counciljournalline GROUP BY 1) l
          ON l.part_id = i.id
        WHERE i.pence <> coalesce(l.gross, 0)
        UNION ALL
        SELECT format('%s of %s and VAT %s: lines of %s and VAT %s', j.number, j.net_pence, j.vat_pence,
                      coalesce(sum(l.net_pence), 0), coalesce(sum(l.vat_pence), 0))
        FROM invoicing_counciljournal j
        LEFT JOIN invoicing_counciljournalitem i ON i.journal_id = j.id
        LEFT JOIN invoicing_counciljournalline l ON l.part_id = i.id
        GROUP BY j.id HAVING j.net_pence <> coalesce(sum(l.net_pence), 0)
                          OR j.vat_pence <> coalesce(sum(l.vat_pence), 0)
        UNION ALL
        SELECT format('%s: %s confirmed, %s settled, %s posted', j.number, j.confirmed_pence,
                      coalesce(s.pence, 0), u.pence)
        FROM invoicing_counciljournal j JOIN invoicing_unallocateditem u ON u.id = j.on_account_id
        LEFT JOIN (SELECT journal_id, sum(settled_pence) AS pence FROM invoicing_counciljournalitem GROUP BY 1) s
          ON s.journal_id = j.id
        WHERE j.confirmed_pence <> coalesce(s.pence, 0) OR j.confirmed_pence <> u.pence
           OR u.kind <> 'journal' OR u.organisation_id <> j.authority_id
        """,
    ),
    Invariant(
        8,
        "on-one-council-journal",
        "an invoice is on one live council journal at most, and off it once that is confirmed or withdrawn",
        "SELECT count(*) FROM invoicing_counciljournalitem",
        """
        SELECT format('open item %s is on %s live council journals', item_id, count(*))
        FROM invoicing_counciljournalitem WHERE live GROUP BY item_id HAVING count(*) > 1
        UNION ALL
        SELECT format('item %s of %s, which is %s, is %s', i.item_id, j.number, j.state,
                      CASE WHEN i.live THEN 'still on it' ELSE 'not on it' END)
        FROM invoicing_counciljournalitem i JOIN invoicing_counciljournal j ON j.id = i.journal_id
        WHERE i.live <> (j.state IN ('draft', 'sent'))
        """,
    ),
    Invariant(
        4,
        "council-journal-numbers-gapless",
        "numbers of council journals are gapless",
        "SELECT count(*) FROM invoicing_counciljournal",
        """
        SELECT format('series %s: %s numbers given, %s found', s.code, s.next_number - 1, count(j.number))
        FROM core_numberseries s LEFT JOIN invoicing_counciljournal j ON j.number ~ ('^' || s.prefix || '-[0-9]{6,}$')
         AND substring(j.number FROM length(s.prefix) + 2)::bigint BETWEEN 1 AND s.next_number - 1
        WHERE s.code = 'council-journal'
        GROUP BY s.code, s.next_number HAVING count(DISTINCT j.number) <> s.next_number - 1
        """,
    ),
)
