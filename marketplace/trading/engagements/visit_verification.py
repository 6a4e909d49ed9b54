"""The invariants of visits, in plain SQL: each is charged and owed once, and all of a booking come to its price."""

from marketplace.core.verification import Invariant, register

register(
    Invariant(
        26,
        "visits-charged-once",
        "each agreed visit is charged to its schools and owed to its provider once, no other is, and the visits of a booking"
        " add up to quantity × price",
        "SELECT count(*) FROM trading_visit",
        """
        SELECT format('%s, visit %s: charged %s, came to %s', e.number, d.ordinal, coalesce(c.pence, 0),
                      coalesce(v.sell_pence, 0) + coalesce(v.travel_pence, 0))
        FROM trading_visit v
        JOIN trading_engagementdate d ON d.id = v.date_id
        JOIN trading_engagement e ON e.id = d.engagement_id
        LEFT JOIN (SELECT visit_id, sum(net_pence) AS pence FROM trading_visitcharge GROUP BY 1) c ON c.visit_id = v.id
        WHERE coalesce(c.pence, 0) <> coalesce(v.sell_pence, 0) + coalesce(v.travel_pence, 0)
        UNION ALL
        SELECT format('%s: the item to invoice is %s, the visit %s', t.source_key, coalesce(i.net_pence, 0), t.net_pence)
        FROM trading_visitcharge t
        JOIN trading_visit v ON v.id = t.visit_id
        JOIN trading_engagementdate d ON d.id = v.date_id
        JOIN trading_engagement e ON e.id = d.engagement_id
        LEFT JOIN invoicing_charge i ON i.source_key = t.source_key AND i.consumer_id = t.school_id
        WHERE NOT (e.paid_by = 'prepaid' AND t.kind = 'time') AND i.net_pence IS DISTINCT FROM t.net_pence
        UNION ALL
        SELECT format('%s is charged and belongs to no visit', i.source_key)
        FROM invoicing_charge i LEFT JOIN trading_visitcharge t ON t.source_key = i.source_key
        WHERE i.source_key LIKE 'engagement:%:visit:%' AND t.id IS NULL
        UNION ALL
        SELECT format('%s, visit %s: owed %s, earned %s', e.number, d.ordinal, coalesce(p.net_pence, 0), v.buy_pence)
        FROM trading_visit v
        JOIN trading_engagementdate d ON d.id = v.date_id
        JOIN trading_engagement e ON e.id = d.engagement_id
        JOIN providers_consultant k ON k.id = e.consultant_id
        JOIN providers_provider r ON r.id = k.provider_id
        JOIN organisations_organisation o ON o.id = coalesce(k.home_school_id, r.organisation_id)
        LEFT JOIN invoicing_payable p ON p.source_key = format('engagement:%s:visit:%s', e.number, d.ordinal)
            AND p.provider_id = o.id
        WHERE coalesce(p.net_pence, 0) <> CASE WHEN o.kind = 'partnership' THEN 0 ELSE coalesce(v.buy_pence, 0) END
        UNION ALL
        SELECT format('%s: %s units agreed, schools %s of %s, provider %s of %s', e.number, s.units, s.sell,
                      round(s.units * e.sell_pence), s.buy, round(s.units * e.buy_pence))
        FROM trading_engagement e
        JOIN (
            SELECT d.engagement_id, sum(v.quantity) AS units, sum(v.sell_pence) AS sell, sum(v.buy_pence) AS buy
            FROM trading_visit v JOIN trading_engagementdate d ON d.id = v.date_id
            WHERE v.state IN ('agreed', 'taken') GROUP BY 1
        ) s ON s.engagement_id = e.id
        WHERE s.buy <> round(s.units * e.buy_pence)
           OR s.sell <> CASE WHEN e.paid_by = 'included' THEN 0 ELSE round(s.units * e.sell_pence) END
        """,
    ),
    Invariant(
        26,
        "visits-stand-as-their-dates",
        "a date is with the school, in query or agreed exactly as its visit says",
        "SELECT count(*) FROM trading_visit",
        """
        SELECT format('%s, date %s is %s, its visit %s', e.number, d.ordinal, d.state, coalesce(v.state, 'missing'))
        FROM trading_engagementdate d
        JOIN trading_engagement e ON e.id = d.engagement_id
        LEFT JOIN trading_visit v ON v.date_id = d.id
        WHERE (d.state = 'written_up') <> (coalesce(v.state, '') = 'submitted')
           OR (d.state = 'queried' AND coalesce(v.state, '') <> 'queried')
           OR (d.state = 'agreed') <> (coalesce(v.state, '') IN ('agreed', 'taken'))
        """,
    ),
    Invariant(
        24,
        "visits-agreed-by-another",
        "nobody agreed a visit that they wrote up",
        "SELECT count(*) FROM trading_visit WHERE state = 'agreed'",
        """
        SELECT format('%s, visit %s was written up and agreed by person %s', e.number, d.ordinal, v.written_by_id)
        FROM trading_visit v
        JOIN trading_engagementdate d ON d.id = v.date_id
        JOIN trading_engagement e ON e.id = d.engagement_id
        WHERE v.state IN ('agreed', 'taken') AND v.written_by_id = v.decided_by_id
        """,
    ),
)
