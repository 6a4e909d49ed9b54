"""The invariants of the desk in plain SQL."""

from marketplace.core.verification import Invariant, register

register(
    Invariant(
        7,
        "service-credits-within-months",
        "service credits never exceed what the service costs for their month; each is what its ticket's percentage makes",
        "SELECT count(*) FROM subscriptions_servicecredit",
        """
        SELECT format('%s: credits of %s for the month from %s, which costs %s', l.title, sum(c.pence), c.month_from,
                      max(c.month_pence))
        FROM subscriptions_servicecredit c JOIN subscriptions_agreementline l ON l.id = c.line_id
        WHERE c.state <> 'waived' GROUP BY l.id, l.title, c.month_from HAVING sum(c.pence) > max(c.month_pence)
        UNION ALL
        SELECT format('%s: a credit of %s is more than %s%% of %s', t.number, c.pence, c.percent, c.month_pence)
        FROM subscriptions_servicecredit c JOIN subscriptions_ticket t ON t.id = c.ticket_id
        WHERE c.pence > round(c.month_pence * c.percent / 100) OR c.percent <> t.credit_percent
        """,
    ),
    Invariant(
        7,
        "service-credits-once",
        "a service credit that was given back reduced its charge by exactly that, once, for a promise of its own ticket",
        "SELECT count(*) FROM subscriptions_servicecredit",
        """
        SELECT format('%s: credit of %s is %s and its charge was reduced by %s', t.number, c.pence, c.state,
                      coalesce(r.pence, 0))
        FROM subscriptions_servicecredit c
        JOIN subscriptions_ticket t ON t.id = c.ticket_id
        JOIN subscriptions_missedpromise m ON m.id = c.missed_id
        LEFT JOIN invoicing_reduction r ON r.source_key = 'service-credit:' || c.ticket_id
        LEFT JOIN invoicing_charge h ON h.id = r.charge_id
        WHERE m.ticket_id <> c.ticket_id
           OR (c.state = 'approved') <> (r.id IS NOT NULL)
           OR (r.id IS NOT NULL AND (r.pence <> c.pence OR h.source_key <> c.charge_key))
        """,
    ),
    Invariant(
        20,
        "tickets-and-their-pauses",
        "the clock of a ticket stands exactly while it waits for the school or is over",
        "SELECT count(*) FROM subscriptions_ticket",
        """
        SELECT format('%s is %s and %s', t.number, t.state,
                      CASE WHEN p.id IS NULL THEN 'its clock runs' ELSE 'its clock stands' END)
        FROM subscriptions_ticket t
        LEFT JOIN subscriptions_ticketpause p ON p.ticket_id = t.id AND p.ended_at IS NULL
        WHERE (p.id IS NOT NULL) <> (t.state IN ('with_school', 'resolved', 'closed'))
           OR (p.why = 'with_school') <> (t.state = 'with_school')
        """,
    ),
)
