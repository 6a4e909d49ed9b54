"""The invariants of contributions in plain SQL."""

from marketplace.core.verification import Invariant, register

register(
    Invariant(
        9,
        "contributions-add-up",
        "the shares of each contribution round come to its budget to the penny",
        "SELECT count(*) FROM subscriptions_contributionround",
        """
        SELECT format('contribution round %s: %s shared of %s', r.code, coalesce(s.pence, 0), r.budget_pence)
        FROM subscriptions_contributionround r
        LEFT JOIN (SELECT round_id, sum(nominal_pence + pence) AS pence FROM subscriptions_contributionshare
                   WHERE joined_on IS NULL GROUP BY 1) s ON s.round_id = r.id
        WHERE coalesce(s.pence, 0) <> r.budget_pence
        """,
    )
)
