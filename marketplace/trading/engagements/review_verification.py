"""That rounds of peer review are settled at what is left of their days, and free support stays out of the ledger."""

from marketplace.core.verification import Invariant, register

register(
    Invariant(
        15,
        "reviews-settled-once",
        "a settled round charged each school that received more days than it gave their price, and owes the same sum",
        "SELECT count(*) FROM trading_reviewround WHERE state = 'settled'",
        """
        WITH moved AS (
            SELECT d.round_id, d.giver_id AS school, d.days FROM trading_reviewday d
            UNION ALL SELECT d.round_id, d.receiver_id, -d.days FROM trading_reviewday d
        ), due AS (
            SELECT r.id, r.number, r.state, o.number AS school, round(-sum(m.days) * r.day_pence) AS pence
            FROM moved m JOIN trading_reviewround r ON r.id = m.round_id
            JOIN organisations_organisation o ON o.id = m.school GROUP BY r.id, o.number
        )
        SELECT format('%s: %s is to pay %s, was charged %s', d.number, d.school, d.pence, coalesce(c.net_pence, 0))
        FROM due d LEFT JOIN invoicing_charge c ON c.source_key = format('review:%s:%s', d.number, d.school)
        WHERE coalesce(c.net_pence, 0) <> CASE d.state WHEN 'settled' THEN greatest(d.pence, 0) ELSE 0 END
        UNION ALL
        SELECT format('%s: charged %s, owed %s', r.number, c.pence, p.pence)
        FROM trading_reviewround r,
        LATERAL (SELECT coalesce(sum(net_pence), 0) AS pence FROM invoicing_charge
                 WHERE source_key LIKE 'review:' || r.number || ':%') c,
        LATERAL (SELECT coalesce(sum(net_pence), 0) AS pence FROM invoicing_payable
                 WHERE source_key LIKE 'review:' || r.number || ':%') p
        WHERE c.pence <> p.pence
        """,
    ),
    Invariant(
        15,
        "support-charged-if-paid",
        "support that is paid has one item to invoice, and what is given free has none",
        "SELECT count(*) FROM trading_supportentry",
        """
        SELECT format('%s: paid %s, items to invoice %s', s.number, s.paid, c.items)
        FROM trading_supportentry s,
        LATERAL (SELECT count(*) AS items FROM invoicing_charge WHERE source_key = 'support:' || s.number) c
        WHERE c.items <> s.paid::int OR s.source_key <> CASE WHEN s.paid THEN 'support:' || s.number ELSE '' END
        """,
    ),
)
