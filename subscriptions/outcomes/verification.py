"""The invariants of outcome contracts in plain SQL: recomputed from claims, statement lines, and what was owed or charged."""

from invoicing.services import add_origin
from marketplace.core.verification import Invariant, register

add_origin(table="subscriptions_outcomeaccrual", column="entry_id", kind="outcome_accrual", reversal="reversal_id")

register(
    Invariant(
        12,
        "outcome-items-paid-by-lines",
        "what an item paid is the sum of its lines on frozen statements, within what was verified, within its amount",
        "SELECT count(*) FROM subscriptions_outcomeitem",
        """
        SELECT format('item %s of contract %s: %s paid, its lines say %s; %s verified of %s', i.code, i.contract_id,
                      i.settled_pence, coalesce(l.pence, 0), i.earned_pence, i.pence)
        FROM subscriptions_outcomeitem i
        LEFT JOIN (
            SELECT l.item_id, sum(l.pence) AS pence FROM subscriptions_statementline l
            JOIN subscriptions_statement s ON s.id = l.statement_id AND s.state IN ('frozen', 'paid')
            WHERE l.item_id IS NOT NULL GROUP BY 1
        ) l ON l.item_id = i.id
        WHERE i.settled_pence <> coalesce(l.pence, 0) OR i.settled_pence > i.earned_pence OR i.earned_pence > i.pence
        """,
    ),
    Invariant(
        12,
        "outcome-contracts-within-value",
        "what a contract paid, retains and carried over is the sum of its frozen statements, within its value",
        "SELECT count(*) FROM subscriptions_outcomecontract",
        """
        SELECT format('contract %s: %s paid, %s retained, %s carried of %s; its statements say %s, %s, %s', c.number,
                      c.settled_pence, c.retained_pence, c.carried_pence, c.value_pence, coalesce(s.total, 0),
                      coalesce(s.retained, 0), coalesce(s.carried, 0))
        FROM subscriptions_outcomecontract c
        LEFT JOIN (
            SELECT s.contract_id, sum(l.pence) AS total,
                   -coalesce(sum(l.pence) FILTER (WHERE l.kind IN ('retained', 'released')), 0) AS retained,
                   coalesce(sum(l.pence) FILTER (WHERE l.kind = 'carried'), 0) AS carried
            FROM subscriptions_statement s JOIN subscriptions_statementline l ON l.statement_id = s.id
            WHERE s.state IN ('frozen', 'paid') GROUP BY 1
        ) s ON s.contract_id = c.id
        WHERE (c.settled_pence, c.retained_pence, c.carried_pence)
              IS DISTINCT FROM (coalesce(s.total, 0), coalesce(s.retained, 0), coalesce(s.carried, 0))
           OR c.settled_pence + c.retained_pence > c.value_pence
        """,
    ),
    Invariant(
        12,
        "outcome-statements-add-up",
        "a frozen statement comes to its lines and never below nought; one that is open or cancelled has none",
        "SELECT count(*) FROM subscriptions_statement",
        """
        SELECT format('statement %s of contract %s (%s): %s, its lines say %s', s.ordinal, s.contract_id, s.state,
                      s.total_pence, coalesce(l.pence, 0))
        FROM subscriptions_statement s
        LEFT JOIN (SELECT statement_id, sum(pence) AS pence, count(*) AS lines FROM subscriptions_statementline GROUP BY 1) l
            ON l.statement_id = s.id
        WHERE s.total_pence <> coalesce(l.pence, 0) OR s.total_pence < 0
           OR (s.state IN ('open', 'cancelled') AND l.lines > 0)
        UNION ALL
        SELECT format('line %s of statement %s: %s pence of %s pounds', l.position, l.statement_id, l.pence, l.exact)
        FROM subscriptions_statementline l
        WHERE abs(l.pence - l.exact * 100) > 0.5001  -- half a penny, and the places behind which it is not kept
        """,
    ),
    Invariant(
        12,
        "outcome-statements-owed-once",
        "the total of a frozen statement is owed to the other party or charged to it, once and as it stands; nought is not",
        "SELECT count(*) FROM subscriptions_statement WHERE state IN ('frozen', 'paid')",
        """
        SELECT format('statement %s of contract %s: %s, %s owed, %s charged under %L', s.ordinal, c.number, s.total_pence,
                      p.net_pence, ch.net_pence, s.source_key)
        FROM subscriptions_statement s JOIN subscriptions_outcomecontract c ON c.id = s.contract_id
        LEFT JOIN invoicing_payable p ON p.source_key = 'outcome-statement:' || s.id
        LEFT JOIN invoicing_charge ch ON ch.source_key = 'outcome-statement:' || s.id
        WHERE (s.state NOT IN ('frozen', 'paid') AND (p.id IS NOT NULL OR ch.id IS NOT NULL))
           OR (s.state IN ('frozen', 'paid') AND (
               coalesce(CASE c.side WHEN 'pays' THEN p.net_pence ELSE ch.net_pence END, 0) <> s.total_pence
               OR (c.side = 'pays' AND ch.id IS NOT NULL) OR (c.side = 'earns' AND p.id IS NOT NULL)
               OR coalesce(p.provider_id, ch.invoice_to_id, c.party_id) <> c.party_id
               OR (s.total_pence > 0) <> (s.source_key = 'outcome-statement:' || s.id)
           ))
        UNION ALL
        SELECT format('%s is owed for no statement', p.source_key) FROM invoicing_payable p
        WHERE p.source_key LIKE 'outcome-statement:%' AND NOT EXISTS (
            SELECT FROM subscriptions_statement s WHERE s.source_key = p.source_key
        )
        UNION ALL
        SELECT format('%s is charged for no statement', ch.source_key) FROM invoicing_charge ch
        WHERE ch.source_key LIKE 'outcome-statement:%' AND NOT EXISTS (
            SELECT FROM subscriptions_statement s WHERE s.source_key = ch.source_key
        )
        """,
    ),
    Invariant(
        13,
        "outcomes-verified-before-paid",
        "what hangs on a measure earns nothing but by an accepted claim of that item, decided no later than it froze",
        "SELECT count(*) FROM subscriptions_outcomeitem WHERE gate <> 'nothing'",
        """
        SELECT format('item %s of contract %s (%s): %s verified by claim %s, which is %s', i.code, i.contract_id, i.state,
                      i.earned_pence, s.id, s.state)
        FROM subscriptions_outcomeitem i
        LEFT JOIN subscriptions_submission s ON s.id = i.verified_by_submission_id
        LEFT JOIN subscriptions_statement st ON st.id = i.statement_id
        WHERE i.gate <> 'nothing' AND (i.earned_pence > 0 OR i.state IN ('eligible', 'payable', 'paid', 'clawed_back'))
          AND (s.id IS NULL OR s.item_id <> i.id OR s.state NOT IN ('accepted', 'part') OR s.decided_on > st.frozen_on)
        """,
    ),
    Invariant(
        13,
        "outcomes-verified-by-another",
        "who verifies is neither who claimed nor of the same organisation, both as they were at the time; returns too",
        "SELECT (SELECT count(*) FROM subscriptions_submission) + (SELECT count(*) FROM subscriptions_volumereturn)",
        """
        SELECT format('claim %s of item %s: claimed by %s of %s, decided by %s of %s', ordinal, item_id, claimant_id,
                      claimant_organisation_id, decided_by_id, decided_organisation_id)
        FROM subscriptions_submission
        WHERE decided_by_id = claimant_id OR decided_organisation_id = claimant_organisation_id
           OR (state IN ('accepted', 'part', 'rejected', 'undone') AND num_nulls(decided_by_id, decided_organisation_id) > 0)
        UNION ALL
        SELECT format('return %s of statement %s: returned by %s of %s, decided by %s of %s', id, statement_id, claimant_id,
                      claimant_organisation_id, decided_by_id, decided_organisation_id)
        FROM subscriptions_volumereturn
        WHERE decided_by_id = claimant_id OR decided_organisation_id = claimant_organisation_id
        UNION ALL
        SELECT format('claim %s of item %s was not made for who is paid', s.ordinal, s.item_id)
        FROM subscriptions_submission s JOIN subscriptions_outcomeitem i ON i.id = s.item_id
        JOIN subscriptions_outcomecontract c ON c.id = i.contract_id
        WHERE (c.side = 'pays') <> (s.claimant_organisation_id = c.party_id)
        """,
    ),
    Invariant(
        12,
        "outcome-clawbacks-taken",
        "what was taken back is the sum of its lines; all claw-backs of an item are within what it paid at first",
        "SELECT count(*) FROM subscriptions_clawback",
        """
        SELECT format('claw-back %s of item %s: %s of %s taken, its lines say %s', c.ordinal, c.item_id, c.taken_pence,
                      c.pence, coalesce(l.pence, 0))
        FROM subscriptions_clawback c
        LEFT JOIN (
            SELECT clawback_id, -sum(pence) AS pence FROM subscriptions_statementline WHERE clawback_id IS NOT NULL GROUP BY 1
        ) l ON l.clawback_id = c.id
        WHERE c.taken_pence <> coalesce(l.pence, 0) OR c.taken_pence + c.charged_pence > c.pence
        UNION ALL
        SELECT format('item %s: %s to be taken back, %s verified', i.id, sum(c.pence), i.earned_pence)
        FROM subscriptions_clawback c JOIN subscriptions_outcomeitem i ON i.id = c.item_id
        GROUP BY i.id HAVING sum(c.pence) > i.earned_pence OR (i.state = 'clawed_back') <> (sum(c.pence) = i.earned_pence)
        UNION ALL
        SELECT format('line %s of statement %s takes back of another item than its claw-back', l.position, l.statement_id)
        FROM subscriptions_statementline l JOIN subscriptions_clawback c ON c.id = l.clawback_id
        WHERE l.item_id IS DISTINCT FROM c.item_id OR l.kind <> 'clawback'
        """,
    ),
    Invariant(
        12,
        "outcome-accruals-taken-back",
        "what was accrued for a contract at a month's end is one entry, taken back whole by another",
        "SELECT count(*) FROM subscriptions_outcomeaccrual",
        """
        SELECT format('accrual of contract %s at %s: %s; its entry %s, taken back by %s', a.contract_id, a.month_end, a.pence,
                      coalesce(m.pence, 0), coalesce(b.pence, 0))
        FROM subscriptions_outcomeaccrual a
        JOIN subscriptions_outcomecontract c ON c.id = a.contract_id
        JOIN invoicing_journalentry r ON r.id = a.reversal_id
        LEFT JOIN (SELECT entry_id, sum(pence) AS pence, min(debit_account_id) AS cost FROM invoicing_movement GROUP BY 1) m
            ON m.entry_id = a.entry_id
        LEFT JOIN (SELECT entry_id, sum(pence) AS pence, min(credit_account_id) AS cost FROM invoicing_movement GROUP BY 1) b
            ON b.entry_id = a.reversal_id
        WHERE a.pence IS DISTINCT FROM m.pence OR a.pence IS DISTINCT FROM b.pence OR r.reverses_id <> a.entry_id
           OR m.cost <> c.account_id OR b.cost <> c.account_id
        """,
    ),
)
