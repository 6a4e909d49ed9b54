"""The invariants of allowances in plain SQL: recomputed from what their movements tell."""

from marketplace.core.verification import Invariant, register

_BY_KIND = """
    SELECT {of}_id AS id,
           coalesce(sum(units) FILTER (WHERE kind = 'granted'), 0) AS granted,
           coalesce(sum(units) FILTER (WHERE kind = 'reduced'), 0) AS reduced,
           coalesce(sum(units) FILTER (WHERE kind = 'carried_in'), 0) AS carried_in,
           coalesce(sum(units) FILTER (WHERE kind = 'reserved'), 0) AS reserved,
           coalesce(sum(units) FILTER (WHERE kind = 'released'), 0) AS released,
           coalesce(sum(units) FILTER (WHERE kind = 'consumed'), 0) AS consumed,
           coalesce(sum(units) FILTER (WHERE kind = 'expired'), 0) AS expired,
           coalesce(sum(units) FILTER (WHERE kind = 'carried_over'), 0) AS carried_over
    FROM subscriptions_allowancemovement WHERE {of}_id IS NOT NULL GROUP BY 1
"""

register(
    Invariant(
        27,
        "allowances-within-grants",
        "what is taken of an allowance is what its sources keep, never more than was granted",
        "SELECT count(*) FROM subscriptions_allowance",
        """
        SELECT format('allowance %s: %s taken, %s kept by sources, %s lapsed, %s carried over, %s granted', a.id, a.taken,
                      coalesce(u.kept, 0), a.expired, a.carried, a.granted)
        FROM subscriptions_allowance a
        LEFT JOIN (SELECT allowance_id, sum(places - released) AS kept FROM subscriptions_allowanceuse GROUP BY 1) u
          ON u.allowance_id = a.id
        WHERE a.taken <> coalesce(u.kept, 0) OR a.taken + a.expired + a.carried > a.granted
        """,
    ),
    Invariant(
        27,
        "allowances-are-their-movements",
        "what was granted, taken, carried over and lapsed of an allowance is the sum of its movements",
        "SELECT count(*) FROM subscriptions_allowancemovement",
        f"""
        SELECT format('allowance %s: %s granted, %s taken, %s lapsed, %s carried over; its movements give %s, %s, %s, %s',
                      a.id, a.granted, a.taken, a.expired, a.carried, m.granted - m.reduced + m.carried_in,
                      m.reserved - m.released, m.expired, m.carried_over)
        FROM subscriptions_allowance a
        LEFT JOIN ({_BY_KIND.format(of="allowance")}) m ON m.id = a.id
        WHERE (a.granted, a.carried_in, a.taken, a.expired, a.carried) IS DISTINCT FROM
              (m.granted - m.reduced + m.carried_in, m.carried_in, m.reserved - m.released, m.expired, m.carried_over)
        """,
    ),
    Invariant(
        27,
        "included-uses-are-their-movements",
        "what a source kept, gave back and used up of an allowance is the sum of its movements",
        "SELECT count(*) FROM subscriptions_allowanceuse",
        f"""
        SELECT format('use %s: %s kept, %s came back, used %s; its movements give %s, %s, %s', u.id, u.places, u.released,
                      u.consumed, m.reserved, m.released, m.consumed)
        FROM subscriptions_allowanceuse u
        LEFT JOIN ({_BY_KIND.format(of="use")}) m ON m.id = u.id
        WHERE (u.places, u.released, CASE WHEN u.consumed THEN u.places - u.released ELSE 0 END) IS DISTINCT FROM
              (m.reserved, m.released, m.consumed)
           OR EXISTS (SELECT 1 FROM subscriptions_allowancemovement x
                      WHERE x.use_id = u.id AND x.allowance_id <> u.allowance_id)
        """,
    ),
    Invariant(
        27,
        "carried-over-once",
        "what was carried into an allowance is what was carried over into it, of the same school and unit",
        "SELECT count(*) FROM subscriptions_allowance WHERE carried > 0",
        """
        SELECT format('allowance %s: %s carried into it, %s carried over into it', a.id, a.carried_in,
                      coalesce(sum(b.carried), 0))
        FROM subscriptions_allowance a
        LEFT JOIN subscriptions_allowance b
          ON b.carried_into_id = a.id AND b.organisation_id = a.organisation_id AND b.unit = a.unit
        GROUP BY a.id
        HAVING a.carried_in <> coalesce(sum(b.carried), 0)
        UNION ALL
        SELECT format('allowance %s: carried into one of another school or unit', b.id)
        FROM subscriptions_allowance b
        JOIN subscriptions_allowance a ON a.id = b.carried_into_id
        WHERE b.organisation_id <> a.organisation_id OR b.unit <> a.unit
        """,
    ),
)
