"""The invariants of council contracts in plain SQL: recomputed from what was drawn."""

from marketplace.core.verification import Invariant, register

register(
    Invariant(
        27,
        "packages-within-allocations",
        "what is drawn of a package is the sum of its draws, within its allocation",
        "SELECT count(*) FROM subscriptions_package",
        """
        SELECT format('package %s: %s drawn of %s, its draws say %s', p.id, p.drawn, p.allocation, coalesce(d.kept, 0))
        FROM subscriptions_package p
        LEFT JOIN (SELECT package_id, sum(units - released) AS kept FROM subscriptions_packagedraw GROUP BY 1) d
            ON d.package_id = p.id
        WHERE p.drawn <> coalesce(d.kept, 0) OR p.drawn > p.allocation
        """,
    ),
    Invariant(
        27,
        "package-draws-are-their-movements",
        "what a source drew of a package and gave back is the sum of its movements",
        "SELECT count(*) FROM subscriptions_packagemovement",
        """
        SELECT format('draw %s: %s drawn and %s given back, its movements say %s and %s', d.source_key, d.units, d.released,
                      m.drawn, m.released)
        FROM subscriptions_packagedraw d
        LEFT JOIN (
            SELECT draw_id, coalesce(sum(units) FILTER (WHERE kind = 'drawn'), 0) AS drawn,
                   coalesce(sum(units) FILTER (WHERE kind = 'released'), 0) AS released
            FROM subscriptions_packagemovement GROUP BY 1
        ) m ON m.draw_id = d.id
        WHERE (d.units, d.released) IS DISTINCT FROM (m.drawn, m.released)
        """,
    ),
    Invariant(
        27,
        "packages-within-their-lines",
        "the packages of a block come to no more than the contract's lines of it",
        "SELECT count(*) FROM subscriptions_package",
        """
        SELECT format('contract %s, %s: packages come to %s, lines to %s', p.council_id, p.block, p.worth, coalesce(l.pence, 0))
        FROM (SELECT council_id, block, sum(round(allocation * price_pence)) AS worth
              FROM subscriptions_package GROUP BY 1, 2) p
        LEFT JOIN (SELECT council_id, block, sum(pence) AS pence FROM subscriptions_fundingline GROUP BY 1, 2) l
            ON (l.council_id, l.block) = (p.council_id, p.block)
        WHERE p.worth > coalesce(l.pence, 0)
        """,
    ),
    Invariant(
        24,
        "returns-accepted-by-another",
        "a quarterly return is accepted by another person than sent it, and its readings agree with their parts",
        "SELECT count(*) FROM subscriptions_quarterreturn",
        """
        SELECT format('return %s of %s was sent and accepted by person %s', r.ordinal, r.council_id, r.sent_by_id)
        FROM subscriptions_quarterreturn r WHERE r.state = 'accepted' AND r.sent_by_id = r.decided_by_id
        UNION ALL
        SELECT format('reading %s: %s of %s is not %s', g.id, g.part, g.whole, g.value)
        FROM subscriptions_indicatorreading g
        WHERE g.whole > 0 AND g.value IS DISTINCT FROM round(g.part * 100.0 / g.whole, 4)
        """,
    ),
)
