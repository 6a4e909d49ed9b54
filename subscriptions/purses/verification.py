"""The invariants of purses in plain SQL: recomputed from their movements and from the money on their accounts."""

from marketplace.core.verification import Invariant, register

register(
    Invariant(
        27,
        "purses-keep-what-is-drawn",
        "what a purse keeps for orders and what each member drew is the sum of its draws, within what it may draw",
        "SELECT count(*) FROM subscriptions_purse",
        """
        SELECT format('purse %s: %s kept for orders, its draws say %s', p.code, p.reserved_pence, coalesce(d.kept, 0))
        FROM subscriptions_purse p
        LEFT JOIN (SELECT purse_id, sum(pence - settled_pence - released_pence) AS kept
                   FROM subscriptions_pursedraw GROUP BY 1) d ON d.purse_id = p.id
        WHERE p.reserved_pence <> coalesce(d.kept, 0)
        UNION ALL
        SELECT format('member %s of purse %s: %s drawn, its draws say %s', m.id, m.purse_id, m.drawn_pence,
                      coalesce(d.drawn, 0))
        FROM subscriptions_pursemember m
        LEFT JOIN (SELECT member_id, sum(pence - released_pence - returned_pence) AS drawn
                   FROM subscriptions_pursedraw GROUP BY 1) d ON d.member_id = m.id
        WHERE m.drawn_pence <> coalesce(d.drawn, 0)
        """,
    ),
    Invariant(
        27,
        "draws-are-their-movements",
        "what was kept, paid, released and returned of a draw on a purse is the sum of its movements",
        "SELECT count(*) FROM subscriptions_pursemovement",
        """
        SELECT format('draw %s: %s kept, %s paid, %s released, %s returned; its movements give %s, %s, %s, %s', d.source_key,
                      d.pence, d.settled_pence, d.released_pence, d.returned_pence, m.reserved, m.settled, m.released,
                      m.returned)
        FROM subscriptions_pursedraw d
        LEFT JOIN (
            SELECT draw_id, coalesce(sum(pence) FILTER (WHERE kind = 'reserved'), 0) AS reserved,
                   coalesce(sum(pence) FILTER (WHERE kind = 'settled'), 0) AS settled,
                   coalesce(sum(pence) FILTER (WHERE kind = 'released'), 0) AS released,
                   coalesce(sum(pence) FILTER (WHERE kind = 'returned'), 0) AS returned
            FROM subscriptions_pursemovement GROUP BY 1
        ) m ON m.draw_id = d.id
        WHERE (d.pence, d.settled_pence, d.released_pence, d.returned_pence)
              IS DISTINCT FROM (m.reserved, m.settled, m.released, m.returned)
        """,
    ),
    Invariant(
        27,
        "purses-hold-what-they-keep",
        "what a purse keeps for orders stands on its account",
        "SELECT count(*) FROM subscriptions_purse",
        """
        SELECT format('purse %s: %s on its account, %s kept for orders', p.code, coalesce(sum(u.remaining_pence), 0),
                      p.reserved_pence)
        FROM subscriptions_purse p
        LEFT JOIN invoicing_unallocateditem u ON u.organisation_id = p.account_id
        GROUP BY p.id
        HAVING coalesce(sum(u.remaining_pence), 0) < p.reserved_pence
        """,
    ),
)
