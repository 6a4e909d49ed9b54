"""The invariants of allowances in plain SQL."""

from marketplace.core.verification import Invariant, register

register(
    Invariant(
        27,
        "allowances-within-grants",
        "what is taken of an allowance is what its sources keep, never more than was granted",
        "SELECT count(*) FROM subscriptions_allowance",
        """
        SELECT format('allowance %s: %s taken, %s kept by sources, %s lapsed, %s granted', a.id, a.taken,
                      coalesce(u.kept, 0), a.expired, a.granted)
        FROM subscriptions_allowance a
        LEFT JOIN (SELECT allowance_id, sum(places - released) AS kept FROM subscriptions_allowanceuse GROUP BY 1) u
          ON u.allowance_id = a.id
        WHERE a.taken <> coalesce(u.kept, 0) OR a.taken + a.expired > a.granted
        """,
    )
)
