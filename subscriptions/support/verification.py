"""The invariants of matched funding in plain SQL: recomputed from the promises."""

from marketplace.core.verification import Invariant, register

register(
    Invariant(
        12,
        "matched-promises-within-the-budget",
        "what a scheme promised is the sum of its promises, and no contract promises more than its promise",
        "SELECT count(*) FROM subscriptions_matchedpromise",
        """
        SELECT format('scheme %s: %s promised, its promises say %s', s.code, s.promised_pence, coalesce(p.promised, 0))
        FROM subscriptions_matchedscheme s
        LEFT JOIN (SELECT scheme_id, sum(pence - released_pence) AS promised
                   FROM subscriptions_matchedpromise GROUP BY 1) p ON p.scheme_id = s.id
        WHERE s.promised_pence <> coalesce(p.promised, 0)
        UNION ALL
        SELECT format('contract %s is worth %s, %s was promised', c.number, c.value_pence, p.pence)
        FROM subscriptions_matchedpromise p JOIN subscriptions_outcomecontract c ON c.id = p.contract_id
        WHERE c.value_pence > p.pence
        """,
    )
)
