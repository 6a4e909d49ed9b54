"""The invariants of shared costs in plain SQL."""

from marketplace.core.verification import Invariant, register

register(
    Invariant(
        9,
        "shared-costs-add-up",
        "what all bear of each part of a shared cost, day by day whoever joined or left, is the whole of it to the penny",
        "SELECT count(*) FROM subscriptions_sharedpart",
        # The days up to valid_to of what was agreed up to the end of the term, half up, as agreements.rules.sharing has it.
        """
        SELECT format('part %s of shared cost %s: %s borne of %s', p.position, c.code, coalesce(s.pence, 0), p.pence)
        FROM subscriptions_sharedpart p JOIN subscriptions_sharedcost c ON c.id = p.cost_id
        LEFT JOIN (
            SELECT h.part_id, sum((2 * h.pence * (h.valid_to - h.valid_from) + (k.term_to - h.valid_from))
                                  / (2 * (k.term_to - h.valid_from))) AS pence
            FROM subscriptions_sharedshare h JOIN subscriptions_sharedpart q ON q.id = h.part_id
            JOIN subscriptions_sharedcost k ON k.id = q.cost_id GROUP BY 1
        ) s ON s.part_id = p.id
        WHERE coalesce(s.pence, 0) <> p.pence
        """,
    )
)
