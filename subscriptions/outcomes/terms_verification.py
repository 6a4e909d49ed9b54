"""The invariants of a contract's terms in plain SQL: its value and versions, and what was settled after its end."""

from marketplace.core.verification import Invariant, register

register(
    Invariant(
        24,
        "outcome-terms-approved-by-both",
        "a contract in force has the value of its last agreed version, which two people approved, one for each side",
        "SELECT count(*) FROM subscriptions_outcomecontract WHERE state IN ('active', 'ended', 'terminated')",
        """
        SELECT format('contract %s is worth %s, its agreed version %s says %s (approved by %s and %s)', c.number,
                      c.value_pence, v.number, v.value_pence, v.approved_ours_by_id, v.approved_theirs_by_id)
        FROM subscriptions_outcomecontract c
        LEFT JOIN LATERAL (
            SELECT * FROM subscriptions_contractversion v WHERE v.contract_id = c.id AND v.state = 'agreed'
            ORDER BY v.number DESC LIMIT 1
        ) v ON TRUE
        WHERE c.state IN ('active', 'ended', 'terminated')
          AND (v.id IS NULL OR v.value_pence <> c.value_pence OR v.approved_ours_on IS NULL
               OR v.approved_theirs_on IS NULL OR v.approved_ours_by_id = v.approved_theirs_by_id)
        """,
    )
)
register(
    Invariant(
        24,
        "outcome-terms-end-as-agreed",
        "a contract in force ends on the day that its last agreed version says; nobody approved what they proposed",
        "SELECT count(*) FROM subscriptions_contractversion WHERE state = 'agreed'",
        """
        SELECT format('contract %s ends before %s, its agreed version %s says %s (proposed by %s)', c.number, c.valid_to,
                      v.number, v.valid_to, v.proposed_by_id)
        FROM subscriptions_outcomecontract c
        JOIN LATERAL (
            SELECT * FROM subscriptions_contractversion v WHERE v.contract_id = c.id AND v.state = 'agreed'
            ORDER BY v.number DESC LIMIT 1
        ) v ON TRUE
        WHERE c.valid_to <> v.valid_to
           OR v.number > 1 AND v.proposed_by_id IN (v.approved_ours_by_id, v.approved_theirs_by_id)
        """,
    )
)
register(
    Invariant(
        12,
        "outcome-clawbacks-charged-once",
        "what no statement was left to take back comes off what the contract's own statements owed or charged, once",
        "SELECT count(*) FROM subscriptions_clawback WHERE charged_pence > 0",
        """
        WITH taken AS (
            SELECT split_part(r.source_key, ':', 2)::bigint AS clawback, split_part(r.source_key, ':', 3) AS statement,
                   'pays' AS side, r.pence, p.source_key AS of
            FROM invoicing_payablereduction r JOIN invoicing_payable p ON p.id = r.payable_id
            WHERE r.source_key LIKE 'outcome-clawback:%'
            UNION ALL
            SELECT split_part(r.source_key, ':', 2)::bigint, split_part(r.source_key, ':', 3), 'earns', r.pence, ch.source_key
            FROM invoicing_reduction r JOIN invoicing_charge ch ON ch.id = r.charge_id
            WHERE r.source_key LIKE 'outcome-clawback:%'
        ), of_contract AS (
            SELECT t.clawback, sum(t.pence) AS pence,
                   bool_and(t.side = c.side AND t.of = 'outcome-statement:' || s.id) AS own
            FROM taken t
            LEFT JOIN subscriptions_clawback b ON b.id = t.clawback
            LEFT JOIN subscriptions_outcomeitem i ON i.id = b.item_id
            LEFT JOIN subscriptions_outcomecontract c ON c.id = i.contract_id
            LEFT JOIN subscriptions_statement s ON s.contract_id = c.id AND s.id::text = t.statement
            GROUP BY 1
        )
        SELECT format('claw-back %s: %s settled after the end of its contract, %s taken off what it owed or charged',
                      coalesce(b.id, t.clawback), coalesce(b.charged_pence, 0), coalesce(t.pence, 0))
        FROM subscriptions_clawback b FULL JOIN of_contract t ON t.clawback = b.id
        WHERE coalesce(b.charged_pence, 0) <> coalesce(t.pence, 0) OR t.own IS NOT TRUE AND t.clawback IS NOT NULL
        """,
    )
)
