"""The invariants of rates in plain SQL: they never overlap, what was used stays as agreed, two people agreed it."""

from marketplace.core.verification import Invariant, register

register(
    Invariant(
        17,
        "rates-never-overlap",
        "on any day a unit of a consultant has at most one rate for members and one for others",
        "SELECT count(*) FROM providers_rate",
        """
        SELECT format('%s: rates %s and %s hold on the same days', c.code, a.id, b.id)
        FROM providers_rate a
        JOIN providers_rate b ON b.consultant_id = a.consultant_id AND b.unit = a.unit AND b.audience = a.audience
            AND b.id > a.id AND daterange(a.valid_from, a.valid_to) && daterange(b.valid_from, b.valid_to)
        JOIN providers_consultant c ON c.id = a.consultant_id
        """,
    ),
    Invariant(
        17,
        "rates-used-stay",
        "a rate that was used held on the days it priced, and is what its agreement says",
        "SELECT count(*) FROM providers_rate WHERE used_on IS NOT NULL",
        """
        SELECT format('%s: rate %s (%s for %s) is not what was agreed and used', c.code, r.id, r.unit, r.audience)
        FROM providers_rate r
        JOIN providers_consultant c ON c.id = r.consultant_id
        LEFT JOIN providers_ratestep s ON s.id = r.step_id
        LEFT JOIN LATERAL (SELECT CASE r.unit WHEN 'day' THEN 100 WHEN 'half_day' THEN s.half_day_percent
                WHEN 'twilight' THEN s.twilight_percent ELSE s.hour_percent END AS percent) u ON true
        LEFT JOIN LATERAL (SELECT round(u.percent / 100.0
                * CASE r.audience WHEN 'member' THEN s.day_pence ELSE s.other_day_pence END) AS stated) t ON true
        WHERE r.used_on IS NOT NULL AND (
            NOT r.used_on <@ daterange(r.valid_from, r.valid_to)
            OR NOT r.last_used_on <@ daterange(r.valid_from, r.valid_to)
            OR s.id IS NOT NULL AND (
                s.kind <> 'agree' OR (r.brokerage, r.share, r.valid_from) <> (s.brokerage, s.share, s.valid_from)
                OR r.fixed_pence <> round(u.percent / 100.0 * s.fixed_pence)
                OR CASE WHEN r.brokerage = 'inclusive' THEN r.sell_pence ELSE r.buy_pence END <> t.stated
                OR r.sell_pence - r.buy_pence <> CASE r.brokerage
                    WHEN 'inclusive' THEN round(r.sell_pence * r.share)
                    WHEN 'additive' THEN round(r.buy_pence * r.share) ELSE r.fixed_pence END))
        """,
    ),
    Invariant(
        24,
        "rates-agreed-by-two",
        "whoever agreed a rate is somebody else, of the other side, than who proposed it last",
        "SELECT count(*) FROM providers_ratestep WHERE kind = 'agree'",
        """
        SELECT format('%s: agreed by whoever proposed it', p.number)
        FROM providers_ratestep a
        JOIN providers_rateproposal p ON p.id = a.proposal_id
        JOIN LATERAL (SELECT person_id, side FROM providers_ratestep s
                WHERE s.proposal_id = a.proposal_id AND s.position < a.position AND s.kind IN ('propose', 'counter')
                ORDER BY s.position DESC LIMIT 1) s ON true
        WHERE a.kind = 'agree' AND (s.person_id = a.person_id OR s.side = a.side)
        """,
    ),
)
