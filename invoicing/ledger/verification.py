"""The ledger's invariants in plain SQL."""

from invoicing.ledger.telling import DAYS, KIND
from marketplace.core.verification import Invariant, register

LEGS = """
    SELECT m.entry_id, m.debit_account_id AS account, m.debit_party_id AS party, m.pence AS pence
    FROM invoicing_movement m
    UNION ALL
    SELECT m.entry_id, m.credit_account_id, m.credit_party_id, -m.pence FROM invoicing_movement m
"""

ENTRY_DIGEST = """
    SELECT e.id, encode(sha256(convert_to(concat_ws(E'\\x1f', e.kind, e.source_key,
        to_char(e.issued_on, 'YYYY-MM-DD'), to_char(e.tax_point, 'YYYY-MM-DD'), to_char(e.posted_on, 'YYYY-MM-DD'),
        e.narrative, coalesce(e.reverses_id::text, ''),
        string_agg(concat_ws('|', m.debit_account_id, coalesce(m.debit_party_id::text, ''), m.credit_account_id,
            coalesce(m.credit_party_id::text, ''), m.pence, coalesce(m.stream_id, ''), m.analysis_code)
            || coalesce(E'\\x1e' || m.fund_id, ''),
            E'\\x1f' ORDER BY m.id)), 'UTF8')), 'hex') AS digest
    FROM invoicing_journalentry e LEFT JOIN invoicing_movement m ON m.entry_id = e.id
    GROUP BY e.id
"""

register(
    Invariant(
        1,
        "movement-sides",
        "every movement takes a positive amount from one side to another; a party stands exactly on control accounts",
        "SELECT count(*) FROM invoicing_movement",
        """
        SELECT format('movement %s: %s -> %s, %s pence', m.id, m.credit_account_id, m.debit_account_id, m.pence)
        FROM invoicing_movement m
        LEFT JOIN invoicing_ledgeraccount d ON d.code = m.debit_account_id
        LEFT JOIN invoicing_ledgeraccount c ON c.code = m.credit_account_id
        WHERE m.pence <= 0 OR d.code IS NULL OR c.code IS NULL
           OR (m.debit_party_id IS NOT NULL) <> d.control OR (m.credit_party_id IS NOT NULL) <> c.control
           OR (m.debit_account_id = m.credit_account_id
               AND m.debit_party_id IS NOT DISTINCT FROM m.credit_party_id)
        """,
    ),
    Invariant(
        1,
        "debits-equal-credits",
        "total debits equal total credits over the chart of accounts, entry by entry, and no entry is empty",
        "SELECT count(*) FROM invoicing_journalentry",
        # Over the accounts of the chart, as the trial balance adds up: a movement's two sides are always equal, but
        # one that stands on no account of the chart would put the trial balance out.
        f"""
        SELECT format('entry %s is out of balance by %s pence over %s legs', e.id, coalesce(sum(legs.pence), 0),
                      count(legs.pence))
        FROM invoicing_journalentry e
        LEFT JOIN (SELECT l.entry_id, l.pence FROM ({LEGS}) l JOIN invoicing_ledgeraccount a ON a.code = l.account) legs
          ON legs.entry_id = e.id
        GROUP BY e.id HAVING coalesce(sum(legs.pence), 0) <> 0 OR count(legs.pence) = 0
        """,
    ),
    Invariant(
        2,
        "entries-unchanged",
        "entries and movements are as they were written: none changed, deleted or added to",
        "SELECT count(*) FROM invoicing_journalentry",
        f"""
        SELECT format('entry %s (%s) is not as it was written', e.id, e.source_key)
        FROM invoicing_journalentry e JOIN ({ENTRY_DIGEST}) d ON d.id = e.id WHERE d.digest <> e.digest
        """,
    ),
    Invariant(
        2,
        "days-as-told",
        "the entries written on a day are those of which the event log was told",
        f"SELECT count(*) FROM core_event WHERE kind = '{KIND}'",
        f"""
        WITH days AS MATERIALIZED ({DAYS}), told AS MATERIALIZED (
            SELECT id, (payload->>'day')::date AS day, (payload->>'entries')::bigint AS entries, payload->>'digest' AS digest
            FROM core_event WHERE kind = '{KIND}'
        )
        SELECT format('the entries written on %s are not those of which event %s tells', t.day, t.id)
        FROM told t LEFT JOIN days d ON d.day = t.day WHERE (d.entries, d.digest) IS DISTINCT FROM (t.entries, t.digest)
        UNION ALL
        SELECT format('%s entries were written on %s, and the event log was not told', d.entries, d.day)
        FROM days d WHERE d.day < (SELECT max(day) FROM told) AND NOT EXISTS (SELECT 1 FROM told t WHERE t.day = d.day)
        """,
    ),
    Invariant(
        2,
        "movements-belong",
        "every movement belongs to an entry",
        "SELECT count(*) FROM invoicing_movement",
        """
        SELECT format('movement %s has no entry %s', m.id, m.entry_id) FROM invoicing_movement m
        LEFT JOIN invoicing_journalentry e ON e.id = m.entry_id WHERE e.id IS NULL
        """,
    ),
    Invariant(
        2,
        "reversed-once",
        "an entry is reversed at most once, by its exact mirror",
        "SELECT count(*) FROM invoicing_journalentry WHERE reverses_id IS NOT NULL",
        f"""
        SELECT format('entry %s was reversed %s times', reverses_id, count(*)) FROM invoicing_journalentry
        WHERE reverses_id IS NOT NULL GROUP BY reverses_id HAVING count(*) > 1
        UNION ALL
        SELECT format('entry %s is not the mirror of entry %s', r.id, r.reverses_id)
        FROM invoicing_journalentry r
        JOIN ({LEGS}) legs ON legs.entry_id IN (r.id, r.reverses_id)
        WHERE r.reverses_id IS NOT NULL
        GROUP BY r.id, r.reverses_id, legs.account, legs.party HAVING sum(legs.pence) <> 0
        """,
    ),
)
