"""Invariants of fees and waivers in plain SQL."""

from marketplace.core.verification import Invariant, register

register(
    Invariant(
        26,
        "booking-fees-are-charged-once",
        "each fee of a place is one item to invoice of the same sum for its school, and no other is; no priced place has one",
        "SELECT count(*) FROM trading_bookingfee",
        """
        SELECT format('%s: fee of %s, charged %s', f.charge_source_key, f.pence, coalesce(c.net_pence, 0))
        FROM trading_bookingfee f
        JOIN trading_booking b ON b.id = f.booking_id
        LEFT JOIN invoicing_charge c ON c.source_key = f.charge_source_key AND c.consumer_id = b.school_id
        WHERE coalesce(c.net_pence, 0) <> f.pence
        UNION ALL
        SELECT format('%s: the place is %s and costs %s', f.charge_source_key, b.state, b.net_pence)
        FROM trading_bookingfee f
        JOIN trading_booking b ON b.id = f.booking_id
        WHERE f.undone_on IS NULL
          AND (b.net_pence <> 0 OR b.place_returned AND NOT EXISTS (
                   SELECT 1 FROM trading_waiver w WHERE w.booking_id = b.id AND w.state = 'granted')
               OR b.state <> CASE f.kind WHEN 'cancelled' THEN 'cancelled' ELSE 'booked' END)
        UNION ALL
        SELECT format('%s is charged and is no fee of a place', c.source_key)
        FROM invoicing_charge c
        LEFT JOIN trading_bookingfee f ON f.charge_source_key = c.source_key
        WHERE (c.source_key LIKE 'booking:%:cancelled-fee%' OR c.source_key LIKE 'booking:%:not-attended%') AND f.id IS NULL
        """,
    ),
    Invariant(
        24,
        "waivers-granted-by-another",
        "whoever asked for a waiver did not decide on it, and what was given is one reduction of that sum",
        "SELECT count(*) FROM trading_waiver WHERE state <> 'asked'",
        """
        SELECT format('waiver %s was decided by person %s, who asked for it', w.id, w.decided_by_person_id)
        FROM trading_waiver w WHERE w.asked_by_person_id = w.decided_by_person_id
        UNION ALL
        SELECT format('waiver %s gave %s, reduced %s', w.id, w.given_pence, coalesce(r.pence, 0))
        FROM trading_waiver w
        LEFT JOIN invoicing_reduction r ON r.source_key = format('waiver:%s', w.id)
        WHERE coalesce(r.pence, 0) <> w.given_pence
        """,
    ),
)
