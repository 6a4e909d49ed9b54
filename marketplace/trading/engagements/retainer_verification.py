"""The invariant of retainers in plain SQL."""

from marketplace.core.verification import Invariant, register

register(
    Invariant(
        26,
        "retainers-charged-by-period",
        "each period of a retainer that began is charged once at its fee and owed once where its terms say so; days are"
        " taken within their time; taken and lapsed days come to what was agreed",
        "SELECT count(*) FROM trading_retainerperiod",
        """
        SELECT format('%s, period %s: charged %s, fee %s', r.number, p.ordinal, coalesce(c.net_pence, 0),
                      round(r.quantity * r.sell_pence))
        FROM trading_retainerperiod p
        JOIN trading_retainer r ON r.id = p.retainer_id
        JOIN trading_engagement e ON e.id = p.engagement_id
        LEFT JOIN invoicing_charge c ON c.source_key = format('engagement:%s:prepaid', e.number)
        WHERE c.net_pence IS DISTINCT FROM round(r.quantity * r.sell_pence) OR e.paid_by <> 'prepaid'
           OR e.quantity <> r.quantity OR e.school_id <> r.school_id OR e.consultant_id <> r.consultant_id
        UNION ALL
        SELECT format('%s, period %s: owed %s', r.number, p.ordinal, coalesce(o.net_pence, 0))
        FROM trading_retainerperiod p
        JOIN trading_retainer r ON r.id = p.retainer_id
        JOIN providers_consultant k ON k.id = r.consultant_id
        JOIN providers_provider v ON v.id = k.provider_id
        JOIN organisations_organisation g ON g.id = coalesce(k.home_school_id, v.organisation_id)
        LEFT JOIN invoicing_payable o ON o.source_key = format('retainer:%s:period:%s', r.number, p.ordinal)
        WHERE coalesce(o.net_pence, 0)
              <> CASE WHEN r.owed = 'period' AND g.kind <> 'partnership' THEN round(r.quantity * r.buy_pence) ELSE 0 END
        UNION ALL
        SELECT format('%s, period %s: date %s is outside it', r.number, p.ordinal, d.ordinal)
        FROM trading_retainerperiod p
        JOIN trading_retainer r ON r.id = p.retainer_id
        JOIN trading_engagementdate d ON d.engagement_id = p.engagement_id AND d.state <> 'cancelled'
        WHERE (d.starts_at AT TIME ZONE 'Europe/London')::date < p.starts_on
           OR (d.starts_at AT TIME ZONE 'Europe/London')::date >= p.usable_to
        UNION ALL
        SELECT format('%s, period %s: %s taken, %s lapsed, %s agreed', r.number, p.ordinal, coalesce(t.units, 0),
                      p.lapsed, r.quantity)
        FROM trading_retainerperiod p
        JOIN trading_retainer r ON r.id = p.retainer_id
        LEFT JOIN (
            SELECT d.engagement_id, sum(v.quantity) AS units
            FROM trading_visit v JOIN trading_engagementdate d ON d.id = v.date_id
            WHERE v.state IN ('agreed', 'taken') GROUP BY 1
        ) t ON t.engagement_id = p.engagement_id
        WHERE p.closed_on IS NOT NULL AND coalesce(t.units, 0) + p.lapsed <> r.quantity
        """,
    )
)
