"""The invariant of who may do what, in plain SQL: no role stands without the event that gave it, or ends without its own."""

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
