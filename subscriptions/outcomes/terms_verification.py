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
        12,
        "outcome-clawbacks-charged-once",
        "what no statement was left to take back is charged to the party or credited to it, once and as it stands",
        "SELECT count(*) FROM subscriptions_clawback WHERE charged_pence > 0",
        """
        SELECT format('claw-back %s of contract %s: %s settled after its end, %s charged, %s credited', b.id, c.number,
                      b.charged_pence, coalesce(ch.net_pence, 0), coalesce(r.pence, 0))
        FROM subscriptions_clawback b
        JOIN subscriptions_outcomeitem i ON i.id = b.item_id
        JOIN subscriptions_outcomecontract c ON c.id = i.contract_id
        LEFT JOIN invoicing_charge ch ON ch.source_key = 'outcome-clawback:' || b.id
        LEFT JOIN invoicing_reduction r ON r.source_key = 'outcome-clawback:' || b.id
        WHERE b.charged_pence <> CASE c.side WHEN 'pays' THEN coalesce(ch.net_pence, 0) ELSE coalesce(r.pence, 0) END
           OR (CASE c.side WHEN 'pays' THEN r.id ELSE ch.id END) IS NOT NULL
        """,
    )
)
