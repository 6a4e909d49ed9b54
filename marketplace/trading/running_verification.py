"""What holds of course dates and the places on them, in plain SQL."""

from marketplace.core.verification import Invariant, register

register(
    Invariant(
        20,
        "cancelled-dates-have-no-places",
        "on a date that was cancelled no place is booked, kept for an approval, held or waited for",
        "SELECT count(*) FROM catalogue_courserun WHERE state = 'cancelled'",
        """
        SELECT format('%s was cancelled: place %s is %s', r.code, b.id, b.state)
        FROM trading_booking b JOIN catalogue_courserun r ON r.id = b.run_id
        WHERE r.state = 'cancelled' AND b.state <> 'cancelled'
        UNION ALL
        SELECT format('%s was cancelled: %s places are held', code, taken)
        FROM catalogue_courserun WHERE state = 'cancelled' AND taken <> 0
        """,
    ),
    Invariant(
        20,
        "meetings-match-their-date",
        "a course date begins with its first meeting and ends with its last; its meetings follow each other",
        "SELECT count(*) FROM catalogue_courserun",
        """
        WITH meetings AS (
            SELECT run_id, count(*) AS count, max(position) AS last, min(starts_at) AS starts, max(ends_at) AS ends
            FROM catalogue_meeting GROUP BY 1
        )
        SELECT format('%s: %s to %s, its meetings %s to %s', r.code, r.starts_at, r.ends_at, m.starts, m.ends)
        FROM catalogue_courserun r LEFT JOIN meetings m ON m.run_id = r.id
        WHERE (m.starts, m.ends) IS DISTINCT FROM (r.starts_at, r.ends_at) OR m.count <> m.last
        UNION ALL
        SELECT format('%s: meeting %s begins before meeting %s is over', r.code, later.position, earlier.position)
        FROM catalogue_meeting earlier
        JOIN catalogue_meeting later ON later.run_id = earlier.run_id AND later.position = earlier.position + 1
        JOIN catalogue_courserun r ON r.id = earlier.run_id
        WHERE later.starts_at < earlier.ends_at
        """,
    ),
)
