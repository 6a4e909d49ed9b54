"""Trading's invariants in plain SQL."""

from marketplace.core.verification import Invariant, register

register(
    Invariant(
        10,
        "bookings-hold-their-places",
        "each place that an order holds on a course date is one booking that stands",
        "SELECT count(*) FROM trading_orderline WHERE run_id IS NOT NULL",
        """
        SELECT format('%s, line %s: %s bookings stand, %s places held', o.number, l.id, coalesce(b.booked, 0),
                      coalesce(t.places - t.released, 0))
        FROM trading_orderline l
        JOIN trading_order o ON o.id = l.order_id
        LEFT JOIN catalogue_placetaking t ON t.source_key = l.place_source_key AND t.run_id = l.run_id
        LEFT JOIN (
            SELECT order_line_id, count(*) FILTER (WHERE state = 'booked') AS booked, count(*) AS made
            FROM trading_booking GROUP BY 1
        ) b ON b.order_line_id = l.id
        WHERE l.run_id IS NOT NULL
          AND (coalesce(b.booked, 0) <> coalesce(t.places - t.released, 0) OR coalesce(b.made, 0) <> l.quantity)
        """,
    ),
    Invariant(
        17,
        "used-prices-are-frozen",
        "a price by which something was ordered is pinned",
        "SELECT count(*) FROM trading_orderline",
        """
        SELECT format('%s, line %s was ordered by price %s, which is not frozen', o.number, l.id, p.id)
        FROM trading_orderline l
        JOIN trading_order o ON o.id = l.order_id
        JOIN catalogue_price p ON p.id = l.price_id
        WHERE NOT p.pinned
        """,
    ),
    Invariant(
        26,
        "orders-add-up",
        "lines add up to the order, places and quote steps to the line; no total is below zero",
        "SELECT count(*) FROM trading_order",
        """
        SELECT format('%s: lines %s, net %s, VAT %s, total %s', o.number, l.net, o.net_pence, o.vat_pence,
                      o.total_pence)
        FROM trading_order o
        LEFT JOIN (SELECT order_id, sum(net_pence) AS net FROM trading_orderline GROUP BY 1) l ON l.order_id = o.id
        WHERE o.net_pence <> coalesce(l.net, 0) OR o.total_pence <> o.net_pence + o.vat_pence OR o.total_pence < 0
        UNION ALL
        SELECT format('%s, line %s: places %s, line %s', o.number, l.id, b.net, l.net_pence)
        FROM trading_orderline l
        JOIN trading_order o ON o.id = l.order_id
        JOIN (SELECT order_line_id, sum(net_pence) AS net FROM trading_booking GROUP BY 1) b ON b.order_line_id = l.id
        WHERE b.net <> l.net_pence
        UNION ALL
        SELECT format('%s, line %s: steps %s, line %s', o.number, l.id, s.pence, l.net_pence)
        FROM trading_orderline l
        JOIN trading_order o ON o.id = l.order_id
        CROSS JOIN LATERAL (
            SELECT coalesce(sum((step ->> 'pence')::bigint), 0) AS pence
            FROM jsonb_array_elements(l.steps) WITH ORDINALITY AS given(step, position)
            WHERE position < jsonb_array_length(l.steps)
        ) s
        WHERE s.pence <> l.net_pence
        """,
    ),
    Invariant(
        26,
        "orders-are-charged-once",
        "each order line that costs something is one item to invoice of the same amount, and no other is",
        "SELECT count(*) FROM trading_orderline",
        """
        SELECT format('%s, line %s of %s: charged %s', o.number, l.id, l.net_pence, coalesce(c.net_pence, 0))
        FROM trading_orderline l
        JOIN trading_order o ON o.id = l.order_id
        LEFT JOIN invoicing_charge c ON c.source_key = l.charge_source_key AND c.consumer_id = l.school_id
        WHERE l.net_pence <> coalesce(c.net_pence, 0)
        UNION ALL
        SELECT format('%s is charged and belongs to no order', c.source_key)
        FROM invoicing_charge c
        LEFT JOIN trading_orderline l ON l.charge_source_key = c.source_key
        WHERE c.source_key LIKE 'order-line:%' AND l.id IS NULL
        """,
    ),
)
