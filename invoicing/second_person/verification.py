"""The invariant of finance's settings, in plain SQL: limits and rates stand as somebody set them, and none is gone."""

from marketplace.core.verification import Invariant, register

register(
    Invariant(
        24,
        "settings-as-set",
        "each finance limit, recovery rate, reference rate and decision on interest stands as an event says that it was set",
        """
        SELECT (SELECT count(*) FROM invoicing_financelimit) + (SELECT count(*) FROM invoicing_recoveryrate)
            + (SELECT count(*) FROM invoicing_referencerate) + (SELECT count(*) FROM invoicing_latepaymentpolicy)
        """,
        """
        WITH kept AS (
            SELECT 'finance limit' AS what, action || ' ' || valid_from AS label, pence::numeric AS value
            FROM invoicing_financelimit
            UNION ALL SELECT 'recovery rate', valid_from::text, rate FROM invoicing_recoveryrate
            UNION ALL SELECT 'reference rate', half_from::text, rate FROM invoicing_referencerate
            UNION ALL SELECT 'interest', from_on::text, claims::int FROM invoicing_latepaymentpolicy
        ), events AS MATERIALIZED (
            SELECT id, kind, subject, payload FROM core_event
            WHERE kind IN ('finance_limit.set', 'recovery_rate.set', 'reference_rate.loaded', 'late_payment.set')
        ), told AS (
            SELECT 'finance limit' AS what, subject || ' ' || (payload->>'valid_from') AS label,
                   (payload->>'after')::numeric AS value
            FROM events WHERE kind = 'finance_limit.set'
            UNION ALL
            SELECT 'recovery rate', subject, round((payload->>'rate')::numeric, 4) FROM events WHERE kind = 'recovery_rate.set'
            UNION ALL
            SELECT * FROM (
                SELECT DISTINCT ON (subject) 'reference rate', subject, round((payload->>'rate')::numeric, 5)
                FROM events WHERE kind = 'reference_rate.loaded' ORDER BY subject, id DESC
            ) latest
            UNION ALL
            SELECT 'interest', subject, (payload->>'claims')::boolean::int FROM events WHERE kind = 'late_payment.set'
        )
        SELECT format('%s of %s is %s, and was set to %s', what, label, coalesce(k.value::text, 'gone'),
                      coalesce(t.value::text, 'nothing by anybody'))
        FROM kept k FULL JOIN told t USING (what, label)
        WHERE k.value IS DISTINCT FROM t.value
        UNION ALL
        SELECT format('recovery rate from %s ends on %s, and the next begins on %s', valid_from,
                      coalesce(valid_to::text, 'no day'), coalesce(later::text, 'no day'))
        FROM (SELECT valid_from, valid_to, lead(valid_from) OVER (ORDER BY valid_from) AS later
              FROM invoicing_recoveryrate) r
        WHERE valid_to IS DISTINCT FROM later
        """,
    )
)
