"""The invariants of deferred income, in plain SQL."""

from invoicing.ledger.verification import LEGS
from marketplace.core.verification import Invariant, register

register(
    Invariant(
        3,
        "deferred-equals-open",
        "deferred income in the ledger equals what is open on deferrals, customer by customer",
        "SELECT count(*) FROM invoicing_deferral",
        f"""
        WITH ledger AS (
            SELECT party, -sum(pence) AS pence FROM ({LEGS}) legs WHERE account = '2300' GROUP BY party
        ), open AS (
            SELECT organisation_id AS party, sum(open_pence) AS pence FROM invoicing_deferral GROUP BY 1
        )
        SELECT format('customer %s: ledger %s, deferrals %s', coalesce(l.party, o.party), coalesce(l.pence, 0),
                      coalesce(o.pence, 0))
        FROM ledger l FULL JOIN open o ON o.party = l.party WHERE coalesce(l.pence, 0) <> coalesce(o.pence, 0)
        """,
    ),
    Invariant(
        3,
        "deferrals-by-their-parts",
        "what is open on a deferral is its amount less what was released and cancelled, and a schedule is its parts",
        "SELECT count(*) FROM invoicing_deferral",
        """
        WITH parts AS (
            SELECT deferral_id, sum(pence) AS pence, sum(cancelled_pence) AS cancelled,
                   sum(pence - cancelled_pence) FILTER (WHERE state = 'released') AS released,
                   sum(cancelled_pence + reversed_pence) AS credited
            FROM invoicing_deferralpart GROUP BY 1
        ), credits AS (
            SELECT l.credits_line_id AS line_id, sum(l.net_pence) AS pence FROM invoicing_documentline l
            JOIN invoicing_document n ON n.id = l.document_id AND n.state = 'issued'
            WHERE l.credits_line_id IS NOT NULL GROUP BY 1
        )
        SELECT format('deferral %s: %s of %s open, %s released, %s taken back of %s credited', d.id, d.open_pence,
                      d.pence, coalesce(p.released, 0), coalesce(p.credited, 0), coalesce(c.pence, 0))
        FROM invoicing_deferral d
        LEFT JOIN parts p ON p.deferral_id = d.id
        LEFT JOIN credits c ON c.line_id = d.line_id
        WHERE d.open_pence <> d.pence - coalesce(p.released, 0) - coalesce(p.cancelled, 0)
           OR coalesce(p.credited, 0) <> coalesce(c.pence, 0)
           OR (d.pattern IN ('over_time', 'on_date') AND p.pence IS DISTINCT FROM d.pence)
           OR coalesce(p.pence, 0) > d.pence
        UNION ALL
        SELECT format('part %s belongs to no deferral', p.id) FROM invoicing_deferralpart p
        LEFT JOIN invoicing_deferral d ON d.id = p.deferral_id WHERE d.id IS NULL
        """,
    ),
    Invariant(
        3,
        "released-by-their-entries",
        "every entry that releases deferred income is posted for the parts that name it, on no earlier day than theirs",
        "SELECT count(*) FROM invoicing_deferralpart WHERE state = 'released'",
        """
        WITH parts AS (
            SELECT entry_id, sum(pence - cancelled_pence) AS pence, max(income_on) AS latest
            FROM invoicing_deferralpart WHERE entry_id IS NOT NULL GROUP BY 1
        ), entries AS (
            SELECT e.id, e.posted_on, sum(m.pence) FILTER (WHERE m.debit_account_id = '2300') AS pence
            FROM invoicing_journalentry e JOIN invoicing_movement m ON m.entry_id = e.id
            WHERE e.kind = 'income.released' GROUP BY e.id
        )
        SELECT format('entry %s: %s released for parts of %s', coalesce(e.id, p.entry_id), e.pence, p.pence)
        FROM entries e FULL JOIN parts p ON p.entry_id = e.id
        WHERE e.pence IS DISTINCT FROM p.pence OR e.posted_on < p.latest
        """,
    ),
)
