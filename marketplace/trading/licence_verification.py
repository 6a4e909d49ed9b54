"""The invariant of licences, in plain SQL."""

from marketplace.core.verification import Invariant, register

register(
    Invariant(
        16,
        "licences-as-ordered",
        "a licence runs for the term that its order line charged, belongs to who ordered it, and none overlap; an author"
        " earns by an order that was placed",
        "SELECT count(*) FROM trading_licence",
        """
        SELECT format('licence %s: %s to %s, charged %s to %s', l.id, l.starts, l.ends, o.service_from, o.service_to)
        FROM trading_licence l JOIN trading_orderline o ON o.id = l.order_line_id
        WHERE l.ends IS NOT NULL AND (l.starts, l.ends) IS DISTINCT FROM (o.service_from, o.service_to)
        UNION ALL
        SELECT format('licence %s is of another offer, or of an order that was never placed', l.id)
        FROM trading_licence l JOIN trading_orderline o ON o.id = l.order_line_id
        JOIN trading_order h ON h.id = o.order_id
        WHERE l.offer_id <> o.offer_id OR h.state NOT IN ('placed', 'cancelled')
        UNION ALL
        SELECT format('licence %s is of neither the school nor a trust of it', l.id)
        FROM trading_licence l JOIN trading_orderline o ON o.id = l.order_line_id
        WHERE l.organisation_id <> o.school_id AND NOT EXISTS (
            SELECT 1 FROM organisations_trustmembership m
            WHERE m.school_id = o.school_id AND m.trust_id = l.organisation_id
        )
        UNION ALL
        SELECT format('licences %s and %s overlap', a.id, b.id)
        FROM trading_licence a JOIN trading_licence b
          ON b.organisation_id = a.organisation_id AND b.offer_id = a.offer_id AND b.id > a.id
         AND daterange(a.starts, a.ends) && daterange(b.starts, b.ends)
        WHERE a.revoked_on IS NULL AND b.revoked_on IS NULL
        UNION ALL
        SELECT format('payable %s is for no order line that was charged', p.source_key)
        FROM invoicing_payable p LEFT JOIN trading_orderline o ON p.source_key = format('order-line:%s:royalty', o.id)
        WHERE p.source_key LIKE 'order-line:%:royalty' AND (o.id IS NULL OR o.charge_source_key = '')
        """,
    )
)
