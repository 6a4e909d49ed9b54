"""The invariants of consultant bookings in plain SQL."""

from marketplace.core.verification import Invariant, register

register(
    Invariant(
        11,
        "consultant-dates-in-the-calendar",
        "each date of a consultant booking that stands has the consultant's time, exactly that time, in the one calendar",
        "SELECT count(*) FROM trading_engagementdate",
        """
        SELECT format('%s, date %s: from %s to %s, calendar %s', e.number, d.ordinal, d.starts_at, d.ends_at,
                      coalesce(s.during::text, 'none'))
        FROM trading_engagementdate d
        JOIN trading_engagement e ON e.id = d.engagement_id
        LEFT JOIN providers_slot s ON s.id = d.slot_id
        WHERE d.state <> 'cancelled'
          AND (s.id IS NULL OR s.consultant_id <> e.consultant_id OR s.during <> tstzrange(d.starts_at, d.ends_at)
               OR s.source_key <> format('engagement:%s:date:%s', e.number, d.ordinal))
        UNION ALL
        SELECT format('%s is taken in the calendar and is no date that stands', s.source_key)
        FROM providers_slot s
        LEFT JOIN trading_engagementdate d ON d.slot_id = s.id AND d.state <> 'cancelled'
        WHERE s.source_key LIKE 'engagement:%' AND d.id IS NULL
        """,
    ),
    Invariant(
        28,
        "consultants-accredited",
        "each date that stands was found accredited for its day when it was made or moved there; no booking exceeds what"
        " was agreed",
        "SELECT count(*) FROM trading_engagementdate",
        """
        SELECT format('%s, date %s on %s: accredited for %s', e.number, d.ordinal,
                      (d.starts_at AT TIME ZONE 'Europe/London')::date, coalesce(d.accredited_for::text, 'no day'))
        FROM trading_engagementdate d
        JOIN trading_engagement e ON e.id = d.engagement_id
        WHERE d.state <> 'cancelled'
          AND d.accredited_for IS DISTINCT FROM (d.starts_at AT TIME ZONE 'Europe/London')::date
        UNION ALL
        SELECT format('%s: %s agreed, %s planned', e.number, e.quantity, sum(d.quantity))
        FROM trading_engagement e
        JOIN trading_engagementdate d ON d.engagement_id = e.id AND d.state <> 'cancelled'
        GROUP BY e.id, e.number, e.quantity HAVING sum(d.quantity) > e.quantity
        """,
    ),
)
