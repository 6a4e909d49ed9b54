"""The invariants of who may do what, in plain SQL: no role and no step of a scheme of delegation stands without the event that
set it, or ends without its own."""

from marketplace.core.verification import Invariant, register

register(
    Invariant(
        24,
        "roles-as-given",
        "each role was given as it stands, and ended where it did, by an event that says so and by whom",
        "SELECT count(*) FROM organisations_roleassignment",
        """
        WITH told AS MATERIALIZED (
            SELECT kind, subject, payload->>'role' AS role, organisation_ids[1] AS organisation_id,
                   coalesce(payload->>'from', payload->>'to') AS day, payload->>'limit_pence' AS limit_pence
            FROM core_event WHERE kind IN ('role.given', 'role.ended')
        )
        SELECT format('person %s is %s of organisation %s from %s, limit %s: nobody gave it', r.person_id, r.role,
                      r.organisation_id, r.valid_from, coalesce(r.spending_limit_pence::text, 'none'))
        FROM organisations_roleassignment r
        LEFT JOIN told t ON t.kind = 'role.given' AND t.subject = r.person_id::text AND t.role = r.role
            AND t.organisation_id = r.organisation_id AND t.day = r.valid_from::text
            AND t.limit_pence IS NOT DISTINCT FROM r.spending_limit_pence::text
        WHERE t.kind IS NULL
        UNION ALL
        SELECT format('person %s was %s of organisation %s to %s: nobody ended it', r.person_id, r.role, r.organisation_id,
                      r.valid_to)
        FROM organisations_roleassignment r
        LEFT JOIN told t ON t.kind = 'role.ended' AND t.subject = r.person_id::text AND t.role = r.role
            AND t.organisation_id = r.organisation_id AND t.day = r.valid_to::text
        WHERE r.valid_to IS NOT NULL AND t.kind IS NULL
        """,
    )
)
register(
    Invariant(
        24,
        "schemes-as-set",
        "each step of a scheme of delegation stands as an event says that it was set and ended, and none is gone",
        "SELECT count(*) FROM organisations_approvalrule",
        """
        WITH told AS MATERIALIZED (
            SELECT kind, organisation_ids[1] AS organisation_id, payload FROM core_event
            WHERE kind IN ('approval_rule.set', 'approval_rule.ended')
        ), steps AS (
            SELECT (payload->>'rule')::bigint AS rule, organisation_id, (payload->>'from_pence')::bigint AS from_pence,
                   payload->>'role' AS role, (payload->>'person')::bigint AS person, payload->>'from' AS valid_from,
                   (payload->>'keeps_days')::int AS keeps_days
            FROM told WHERE kind = 'approval_rule.set'
        )
        SELECT format('step %s of organisation %s from %s pence on: %s', coalesce(r.id, s.rule),
                      coalesce(r.organisation_id, s.organisation_id), coalesce(r.from_pence, s.from_pence),
                      CASE WHEN s.rule IS NULL THEN 'nobody set it' WHEN r.id IS NULL THEN 'it was set and is gone'
                           ELSE 'it is not as it was set' END)
        FROM organisations_approvalrule r FULL JOIN steps s ON s.rule = r.id
        WHERE r.id IS NULL OR s.rule IS NULL
           OR (r.organisation_id, r.from_pence, r.approver_role, r.keeps_days)
              IS DISTINCT FROM (s.organisation_id, s.from_pence, s.role, s.keeps_days)
           OR r.approver_person_id IS DISTINCT FROM s.person
           OR (r.valid_to IS DISTINCT FROM r.valid_from AND r.valid_from::text IS DISTINCT FROM s.valid_from)
        UNION ALL
        SELECT format('step %s of organisation %s ended on %s: nobody ended it', r.id, r.organisation_id, r.valid_to)
        FROM organisations_approvalrule r
        LEFT JOIN told t ON t.kind = 'approval_rule.ended' AND t.organisation_id = r.organisation_id
            AND (t.payload->>'from_pence')::bigint = r.from_pence AND t.payload->>'on' = r.valid_to::text
        WHERE r.valid_to IS NOT NULL AND t.kind IS NULL
        """,
    )
)
