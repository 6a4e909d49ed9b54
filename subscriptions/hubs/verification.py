"""The invariants of hubs in plain SQL."""

from marketplace.core.verification import Invariant, register

register(
    Invariant(
        12,
        "hub-awards-within-budget",
        "awards of a call come to what their contracts were drawn up for, and never to more than its budget",
        "SELECT count(*) FROM subscriptions_hubcall",
        """
        SELECT format('%s: awards of %s, its contracts %s, its budget %s', c.number, c.awarded_pence,
                      coalesce(sum(v.value_pence), 0), c.budget_pence)
        FROM subscriptions_hubcall c
        LEFT JOIN subscriptions_hubapplication a ON a.call_id = c.id AND a.state = 'awarded'
        LEFT JOIN subscriptions_contractversion v ON v.contract_id = a.contract_id AND v.number = 1
        GROUP BY c.id, c.number, c.awarded_pence, c.budget_pence
        HAVING c.awarded_pence <> coalesce(sum(v.value_pence), 0) OR c.awarded_pence > c.budget_pence
        """,
    ),
    Invariant(
        24,
        "hub-scores-without-interest",
        "nobody scored an application in which they had declared an interest, or before they had declared anything",
        "SELECT count(*) FROM subscriptions_panelscore",
        """
        SELECT DISTINCT format('%s was scored by member %s, who %s', a.number, m.id,
            CASE WHEN m.declared_on IS NULL THEN 'declared nothing' ELSE 'had an interest in it' END)
        FROM subscriptions_panelscore s
        JOIN subscriptions_panelmember m ON m.id = s.member_id
        JOIN subscriptions_hubapplication a ON a.id = s.application_id
        LEFT JOIN subscriptions_panelinterest i ON i.member_id = m.id AND i.application_id = a.id
        WHERE m.declared_on IS NULL OR m.declared_on > s.scored_on OR m.call_id <> a.call_id
           OR i.declared_on < s.scored_on
        """,
    ),
    Invariant(
        24,
        "hub-decisions-without-interest",
        "nobody decided an application in which they had declared an interest; what was decided had been scored",
        "SELECT count(*) FROM subscriptions_hubapplication WHERE state IN ('awarded', 'declined')",
        """
        SELECT format('%s was decided by somebody with an interest in it', a.number)
        FROM subscriptions_hubapplication a
        JOIN subscriptions_panelinterest i ON i.application_id = a.id AND i.declared_on <= a.decided_on
        JOIN subscriptions_panelmember m ON m.id = i.member_id AND m.person_id = a.decided_by_id
        WHERE a.state IN ('awarded', 'declined')
        UNION ALL
        SELECT format('%s was decided on %s, its call was scored on %s', a.number, a.decided_on, c.scored_on)
        FROM subscriptions_hubapplication a JOIN subscriptions_hubcall c ON c.id = a.call_id
        WHERE a.state IN ('awarded', 'declined') AND (c.scored_on IS NULL OR c.scored_on > a.decided_on)
        """,
    ),
    Invariant(
        20,
        "hub-applications-in-time",
        "every application was sent within the hours of its call, and its contract is with the school that leads it",
        "SELECT count(*) FROM subscriptions_hubapplication WHERE submitted_at IS NOT NULL",
        """
        SELECT format('%s was sent at %s, the call was open from %s to %s', a.number, a.submitted_at, c.opens_at,
                      c.closes_at)
        FROM subscriptions_hubapplication a JOIN subscriptions_hubcall c ON c.id = a.call_id
        WHERE a.submitted_at < c.opens_at OR a.submitted_at >= c.closes_at
        UNION ALL
        SELECT format('%s is of organisation %s, its contract of %s', a.number, a.lead_id, o.party_id)
        FROM subscriptions_hubapplication a JOIN subscriptions_outcomecontract o ON o.id = a.contract_id
        WHERE o.party_id <> a.lead_id OR o.side <> 'pays'
        """,
    ),
    Invariant(
        20,
        "hub-partners-confirmed",
        "every school of an application that was sent had confirmed before it was sent that it applies",
        """SELECT count(*) FROM subscriptions_hubpartner p JOIN subscriptions_hubapplication a ON a.id = p.application_id
        WHERE a.submitted_at IS NOT NULL""",
        """
        SELECT format('%s was sent at %s, its partner %s: %s at %s', a.number, a.submitted_at, p.organisation_id, p.answer,
                      p.answered_at)
        FROM subscriptions_hubpartner p JOIN subscriptions_hubapplication a ON a.id = p.application_id
        WHERE a.submitted_at IS NOT NULL AND (p.answer <> 'confirmed' OR p.answered_at > a.submitted_at)
        """,
    ),
)
