"""The invariants of agreements in plain SQL."""

from marketplace.core.verification import Invariant, register

register(
    Invariant(
        16,
        "agreements-charged-once-a-day",
        "every active day of every line of an agreement lies in exactly one billing period",
        "SELECT count(*) FROM subscriptions_agreementline",
        """
        WITH covered AS (
            SELECT line_id, sum(valid_to - valid_from) AS days, min(valid_from) AS first, max(valid_to) AS last
            FROM subscriptions_billingperiod WHERE valid_to > valid_from GROUP BY line_id
        ), paused AS (
            SELECT l.id AS line_id,
                   sum(greatest(least(l.valid_to, coalesce(s.valid_to, l.valid_to)) - greatest(l.valid_from, s.valid_from), 0))
                       AS days
            FROM subscriptions_agreementline l JOIN subscriptions_suspension s ON s.agreement_id = l.agreement_id
            GROUP BY l.id
        )
        SELECT format('agreement %s, %s: %s active days, %s in billing periods', a.number, l.title,
                      l.valid_to - l.valid_from - coalesce(p.days, 0), coalesce(c.days, 0))
        FROM subscriptions_agreementline l
        JOIN subscriptions_agreement a ON a.id = l.agreement_id
        LEFT JOIN covered c ON c.line_id = l.id
        LEFT JOIN paused p ON p.line_id = l.id
        WHERE l.valid_to - l.valid_from - coalesce(p.days, 0) <> coalesce(c.days, 0)
           OR c.first < l.valid_from OR c.last > l.valid_to
           OR l.valid_from < a.term_from OR l.valid_to > coalesce(a.ended_on, a.term_to)
              AND l.valid_to > l.valid_from
        """,
    )
)
register(
    Invariant(
        16,
        "agreement-slots-without-gaps",
        "what is taken in one slot of an agreement runs without a gap from its first day to its last",
        "SELECT count(*) FROM subscriptions_agreementline",
        """
        SELECT format('agreement %s, %s: begins on %s, what came before ended on %s', number, title, valid_from, before)
        FROM (
            SELECT a.number, l.title, l.valid_from,
                   lag(l.valid_to) OVER (PARTITION BY l.agreement_id, l.slot ORDER BY l.valid_from) AS before
            FROM subscriptions_agreementline l JOIN subscriptions_agreement a ON a.id = l.agreement_id
            WHERE l.valid_to > l.valid_from
        ) following
        WHERE before <> valid_from
        """,
    )
)
register(
    Invariant(
        16,
        "agreements-charged-what-they-cost",
        "what an agreement has charged, less what came back, is what its charged days cost",
        "SELECT count(*) FROM subscriptions_agreement",
        """
        WITH periods AS (
            SELECT l.agreement_id,
                   sum(CASE b.state WHEN 'charged' THEN b.pence + b.kept_pence ELSE b.carried_pence END) AS pence
            FROM subscriptions_billingperiod b JOIN subscriptions_agreementline l ON l.id = b.line_id GROUP BY 1
        ), charged AS (
            SELECT l.agreement_id, sum(c.net_pence) AS pence
            FROM subscriptions_billingperiod b
            JOIN subscriptions_agreementline l ON l.id = b.line_id
            JOIN invoicing_charge c ON c.source_key = b.charge_key
            GROUP BY 1
        ), back AS (
            SELECT l.agreement_id, sum(r.pence) AS pence
            FROM subscriptions_billingperiod b
            JOIN subscriptions_agreementline l ON l.id = b.line_id
            JOIN invoicing_charge c ON c.source_key = b.charge_key
            JOIN invoicing_reduction r ON r.charge_id = c.id AND r.source_key LIKE 'agreement:%:change:%'
            GROUP BY 1
        )
        SELECT format('agreement %s: %s pence charged and %s given back, %s pence of days', a.number,
                      coalesce(charged.pence, 0), coalesce(back.pence, 0), coalesce(periods.pence, 0))
        FROM subscriptions_agreement a
        LEFT JOIN periods ON periods.agreement_id = a.id
        LEFT JOIN charged ON charged.agreement_id = a.id
        LEFT JOIN back ON back.agreement_id = a.id
        WHERE coalesce(charged.pence, 0) - coalesce(back.pence, 0) <> coalesce(periods.pence, 0)
        """,
    )
)
register(
    Invariant(
        16,
        "agreements-charge-once-accepted",
        "nothing is charged for an agreement that nobody accepted",
        "SELECT count(*) FROM subscriptions_agreement",
        """
        SELECT format('agreement %s (%s): %s periods charged', a.number, a.state, count(*))
        FROM subscriptions_agreement a
        JOIN subscriptions_agreementline l ON l.agreement_id = a.id
        JOIN subscriptions_billingperiod b ON b.line_id = l.id AND b.state = 'charged'
        WHERE a.accepted_on IS NULL GROUP BY a.number, a.state
        """,
    )
)
