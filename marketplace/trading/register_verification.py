"""What holds of registers, certificates and evaluations, in plain SQL."""

from marketplace.core.verification import Invariant, register

_ATTENDED = "count(*) FILTER (WHERE a.state IN ('here', 'late'))"

register(
    Invariant(
        10,
        "registers-are-of-their-course-date",
        "who was marked at a meeting has or had a place on that course date",
        "SELECT count(*) FROM trading_attendance",
        """
        SELECT format('place %s was marked at a meeting of %s, but is a place on %s', b.id, held.code, booked.code)
        FROM trading_attendance a
        JOIN trading_booking b ON b.id = a.booking_id
        JOIN catalogue_meeting m ON m.id = a.meeting_id
        JOIN catalogue_courserun held ON held.id = m.run_id
        JOIN catalogue_courserun booked ON booked.id = b.run_id
        WHERE b.run_id <> m.run_id
        UNION ALL
        SELECT format('the register of meeting %s is kept with another course date', m.id)
        FROM trading_register r JOIN catalogue_meeting m ON m.id = r.meeting_id WHERE r.run_id <> m.run_id
        """,
    ),
    Invariant(
        20,
        "closed-registers-are-complete",
        "in a closed register each place that stood when it was closed is marked here, late or not here",
        "SELECT count(*) FROM trading_register WHERE state = 'closed'",
        """
        SELECT format('%s, meeting %s: place %s is not marked', r.code, m.position, b.id)
        FROM trading_register g
        JOIN catalogue_meeting m ON m.id = g.meeting_id
        JOIN catalogue_courserun r ON r.id = g.run_id
        JOIN trading_booking b ON b.run_id = g.run_id AND b.state = 'booked'
        JOIN trading_orderline l ON l.id = b.order_line_id
        JOIN trading_order o ON o.id = l.order_id
        LEFT JOIN trading_attendance a ON a.booking_id = b.id AND a.meeting_id = g.meeting_id
        WHERE g.state = 'closed' AND o.placed_on < g.closed_on AND coalesce(a.state, 'not_asked') = 'not_asked'
        UNION ALL
        SELECT format('%s, meeting %s: place %s was not asked', r.code, m.position, a.booking_id)
        FROM trading_register g
        JOIN catalogue_meeting m ON m.id = g.meeting_id
        JOIN catalogue_courserun r ON r.id = g.run_id
        JOIN trading_attendance a ON a.meeting_id = g.meeting_id
        JOIN trading_booking b ON b.id = a.booking_id AND b.state = 'booked'
        WHERE g.state = 'closed' AND a.state = 'not_asked'
        """,
    ),
    Invariant(
        20,
        "certificates-are-earned",
        "a certificate that is valid says as many meetings as the person of its place attended",
        "SELECT count(*) FROM trading_certificate WHERE withdrawn_on IS NULL",
        f"""
        SELECT format('certificate %s says %s meetings, %s were attended', c.number, c.attended, coalesce(a.seen, 0))
        FROM trading_certificate c
        LEFT JOIN (
            SELECT a.booking_id, {_ATTENDED} AS seen FROM trading_attendance a GROUP BY 1
        ) a ON a.booking_id = c.booking_id
        WHERE c.withdrawn_on IS NULL AND c.attended <> coalesce(a.seen, 0)
        """,
    ),
    Invariant(
        23,
        "evaluations-by-who-attended",
        "an evaluation is of the course date of its place, by somebody who was marked there",
        "SELECT count(*) FROM trading_evaluation",
        """
        SELECT format('an evaluation of %s is by nobody who was there', r.code)
        FROM trading_evaluation e
        JOIN catalogue_courserun r ON r.id = e.run_id
        JOIN trading_booking b ON b.id = e.booking_id
        WHERE b.run_id <> e.run_id OR NOT EXISTS (SELECT 1 FROM trading_attendance a WHERE a.booking_id = b.id)
        """,
    ),
    Invariant(
        26,
        "networks-are-not-on-sale",
        "the offer of a network is never published, and its places cost nothing",
        "SELECT count(*) FROM trading_network",
        """
        SELECT format('the offer of network %s is published', n.code)
        FROM trading_network n JOIN catalogue_offer o ON o.id = n.offer_id WHERE o.state = 'published'
        UNION ALL
        SELECT format('network %s: place %s costs %s pence', n.code, b.id, b.net_pence)
        FROM trading_network n
        JOIN catalogue_courserun r ON r.offer_id = n.offer_id
        JOIN trading_booking b ON b.run_id = r.id
        WHERE b.net_pence <> 0
        """,
    ),
)
