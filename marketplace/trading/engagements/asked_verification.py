"""The invariant of quotes in approval in plain SQL."""

from marketplace.core.verification import Invariant, register

register(
    Invariant(
        20,
        "asked-bookings-match-their-approvals",
        "a consultant is booked exactly where the order was approved, at the quote that was put before the approver",
        "SELECT count(*) FROM trading_askedbooking",
        """
        SELECT format('%s is %s, its booking %s', o.number, o.state, k.state)
        FROM trading_askedbooking k
        JOIN trading_order o ON o.id = k.order_id
        WHERE k.state <> CASE o.state WHEN 'awaiting_approval' THEN 'waiting' WHEN 'placed' THEN 'booked'
                                      ELSE 'ended' END
        UNION ALL
        SELECT format('%s: %s approved, %s quoted', o.number, o.total_pence, q.gross_pence)
        FROM trading_askedbooking k
        JOIN trading_order o ON o.id = k.order_id
        JOIN trading_consultantquote q ON q.id = k.quote_id
        WHERE o.total_pence <> q.gross_pence OR o.net_pence <> q.net_pence + q.travel_pence
           OR (k.state = 'booked' AND (q.state <> 'accepted' OR q.engagement_id IS DISTINCT FROM k.engagement_id))
        UNION ALL
        SELECT format('%s is kept in the calendar and waits for nobody', s.source_key)
        FROM providers_slot s
        LEFT JOIN (trading_askedbooking k JOIN trading_order o ON o.id = k.order_id AND k.state = 'waiting')
            ON s.source_key LIKE format('approval:%s:%%', o.number)
        WHERE s.source_key LIKE 'approval:%' AND k.id IS NULL
        """,
    )
)
