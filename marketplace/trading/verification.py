"""Trading's invariants in plain SQL."""

from marketplace.core.verification import Invariant, register

register(
    Invariant(
        10,
        "bookings-hold-their-places",
        "each place that an order holds on a course date is one booking that stands, or is kept until approved",
        "SELECT count(*) FROM trading_orderline WHERE run_id IS NOT NULL",
        """
        SELECT format('%s, line %s: %s bookings stand, %s places held', o.number, l.id, coalesce(b.booked, 0),
                      coalesce(t.places - t.released, 0))
        FROM trading_orderline l
        JOIN trading_order o ON o.id = l.order_id
        LEFT JOIN catalogue_placetaking t ON t.source_key = l.place_source_key AND t.run_id = l.run_id
        LEFT JOIN (
            SELECT order_line_id, count(*) FILTER (WHERE state IN ('booked', 'held')) AS booked, count(*) AS made
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
        "lines, or the quote of a consultant, add up to the order, places and quote steps to the line; no total is below zero",
        "SELECT count(*) FROM trading_order",
        """
        SELECT format('%s: lines %s, net %s, VAT %s, total %s', o.number, l.net, o.net_pence, o.vat_pence,
                      o.total_pence)
        FROM trading_order o
        LEFT JOIN (
            SELECT order_id, sum(net_pence) AS net FROM trading_orderline GROUP BY 1
            UNION ALL
            SELECT k.order_id, q.net_pence + q.travel_pence
            FROM trading_askedbooking k JOIN trading_consultantquote q ON q.id = k.quote_id
        ) l ON l.order_id = o.id
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
        UNION ALL
        SELECT format('order line %s of %s pence belongs to no order', l.id, l.net_pence)
        FROM trading_orderline l LEFT JOIN trading_order o ON o.id = l.order_id WHERE o.id IS NULL
        """,
    ),
    Invariant(
        26,
        "orders-are-charged-once",
        "each line of a placed order that costs something is one item to invoice of the same amount, and no other is",
        "SELECT count(*) FROM trading_orderline",
        """
        SELECT format('%s, line %s of %s: charged %s', o.number, l.id, l.net_pence, coalesce(c.net_pence, 0))
        FROM trading_orderline l
        JOIN trading_order o ON o.id = l.order_id
        LEFT JOIN invoicing_charge c ON c.source_key = l.charge_source_key AND c.consumer_id = l.school_id
        WHERE coalesce(c.net_pence, 0)
              <> CASE WHEN o.state IN ('placed', 'cancelled') THEN l.net_pence ELSE 0 END
        UNION ALL
        SELECT format('%s is charged and belongs to no order', c.source_key)
        FROM invoicing_charge c
        LEFT JOIN trading_orderline l ON l.charge_source_key = c.source_key
        WHERE c.source_key LIKE 'order-line:%' AND l.id IS NULL
        """,
    ),
    Invariant(
        26,
        "orders-are-charged-as-priced",
        "an item of an order is charged in the quantity, at the price and with the VAT of its line",
        "SELECT count(*) FROM trading_orderline WHERE charge_source_key <> ''",
        """
        SELECT format('%s, line %s: %s at %s with %s VAT %s, charged %s at %s with %s VAT %s', o.number, l.id, l.charged_quantity,
                      l.unit_price_pence, l.vat_category, l.vat_rate, c.quantity, c.unit_price_pence, c.vat_category, c.vat_rate)
        FROM trading_orderline l
        JOIN trading_order o ON o.id = l.order_id
        JOIN invoicing_charge c ON c.source_key = l.charge_source_key
        WHERE (c.quantity, c.unit_price_pence, c.vat_category, c.vat_rate) <>
              (l.charged_quantity, l.unit_price_pence, l.vat_category, l.vat_rate)
        """,
    ),
    Invariant(
        26,
        "orders-are-paid-as-agreed",
        "an item of an order is paid in the number of instalments that its line says",
        "SELECT count(*) FROM trading_orderline WHERE charge_source_key <> ''",
        """
        SELECT format('%s, line %s: %s instalments, charged in %s', o.number, l.id, l.instalments, c.instalments)
        FROM trading_orderline l
        JOIN trading_order o ON o.id = l.order_id
        JOIN invoicing_charge c ON c.source_key = l.charge_source_key
        WHERE c.instalments <> l.instalments
        """,
    ),
    Invariant(
        20,
        "approvals-match-their-orders",
        "an order waits, is placed or is given up exactly as its approval says, and its places with it",
        "SELECT count(*) FROM trading_approval",
        """
        SELECT format('%s is %s, its approval %s', o.number, o.state, coalesce(a.state, 'missing'))
        FROM trading_order o
        LEFT JOIN trading_approval a ON a.order_id = o.id
        WHERE (a.id IS NULL AND o.state NOT IN ('placed', 'cancelled'))
           OR (a.state = 'waiting' AND o.state <> 'awaiting_approval')
           OR (a.state = 'approved' AND o.state NOT IN ('placed', 'cancelled'))
           OR (a.state IN ('declined', 'withdrawn', 'expired') AND o.state <> a.state)
        UNION ALL
        SELECT format('%s is %s, place %s is %s', o.number, o.state, b.id, b.state)
        FROM trading_booking b
        JOIN trading_orderline l ON l.id = b.order_line_id
        JOIN trading_order o ON o.id = l.order_id
        WHERE (b.state = 'held') <> (o.state = 'awaiting_approval')
           OR (b.state = 'booked' AND o.state IN ('declined', 'withdrawn', 'expired'))
        """,
    ),
    Invariant(
        24,
        "orders-approved-by-another",
        "nobody approved an order that they asked for: not in person, by another door, or for the asker",
        "SELECT count(*) FROM trading_approval WHERE state IN ('approved', 'declined')",
        """
        SELECT format('%s was decided by or for person %s, who asked for it', o.number, a.asked_by_person_id)
        FROM trading_approval a
        JOIN trading_order o ON o.id = a.order_id
        JOIN organisations_person asker ON asker.id = a.asked_by_person_id
        LEFT JOIN core_user login ON login.id = asker.user_id
        WHERE a.asked_by_person_id IN (a.decided_by_person_id, a.on_behalf_of_person_id)
           OR a.asked_by_person_id <> o.placed_by_person_id
           OR (a.how = 'link' AND lower(a.approver_email) IN (lower(asker.email), lower(login.email)))
           OR (a.how = 'paper' AND a.recorded_by_person_id = a.asked_by_person_id AND a.scan_id IS NULL)
        UNION ALL
        SELECT format('%s was decided by the deputy of person %s, who asked for it', o.number, a.asked_by_person_id)
        FROM trading_approval a
        JOIN trading_order o ON o.id = a.order_id
        JOIN organisations_deputy d ON a.closed_on >= d.valid_from AND a.closed_on < d.valid_to
            AND ((d.for_person_id = a.asked_by_person_id AND d.deputy_id = a.decided_by_person_id)
                 OR (d.deputy_id = a.asked_by_person_id AND d.for_person_id = a.decided_by_person_id))
        -- One named on the very day, but after the decision, says nothing about it.
        WHERE NOT (d.valid_from = a.closed_on AND EXISTS (
            SELECT 1 FROM core_event decision
            JOIN core_event named ON named.kind = 'deputy.named' AND named.id > decision.id
            WHERE decision.subject_kind = 'order' AND decision.subject = o.number
              AND decision.kind IN ('order.approved', 'order.declined')
              AND named.subject_kind = 'person' AND named.subject = d.for_person_id::text
              AND named.payload->>'deputy' = d.deputy_id::text AND named.payload->>'from' = d.valid_from::text))
        """,
    ),
    Invariant(
        24,
        "approved-within-the-limit",
        "whoever approved signed in held a role there that day, their own or of whom they stood in for, that covers it",
        "SELECT count(*) FROM trading_approval WHERE how = 'signed_in'",
        """
        SELECT format('%s of %s pence was approved by person %s without a role that covers it', o.number,
                      a.committed_pence, a.decided_by_person_id)
        FROM trading_approval a
        JOIN trading_order o ON o.id = a.order_id
        WHERE a.how = 'signed_in' AND NOT EXISTS (
            SELECT 1 FROM organisations_roleassignment r
            WHERE r.person_id = coalesce(a.on_behalf_of_person_id, a.decided_by_person_id)
              AND r.role IN ('approver', 'trust_finance')
              AND r.valid_from <= a.closed_on AND (r.valid_to IS NULL OR r.valid_to > a.closed_on)
              AND (r.spending_limit_pence IS NULL OR r.spending_limit_pence >= a.committed_pence)
              AND (r.organisation_id = a.organisation_id OR r.organisation_id IN (
                  SELECT m.trust_id FROM organisations_trustmembership m
                  WHERE m.school_id = a.organisation_id AND m.valid_from <= a.closed_on
                    AND (m.valid_to IS NULL OR m.valid_to > a.closed_on)))
        )
        """,
    ),
)
