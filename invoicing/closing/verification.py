"""The invariants of closed months, in plain SQL."""

from invoicing.closing.closing import BALANCES
from marketplace.core.verification import Invariant, register

_THEN = BALANCES.format(before="(c.month + interval '1 month')::date")

register(
    Invariant(
        18,
        "closed-months-stand",
        "the balances of each closed month are what they were when it was closed",
        "SELECT count(*) FROM invoicing_monthclose WHERE state IN ('closed', 'reopen_asked')",
        f"""
        SELECT format('%s: account %s stood at %s and is now %s', to_char(c.month, 'YYYY-MM'), b.account, b.kept, b.now)
        FROM invoicing_monthclose c
        CROSS JOIN LATERAL (
            SELECT coalesce(k.account_id, n.account) AS account, coalesce(k.pence, 0) AS kept, coalesce(n.pence, 0) AS now
            FROM (SELECT * FROM invoicing_monthbalance WHERE close_id = c.id) k
            FULL JOIN ({_THEN}) n ON n.account = k.account_id AND coalesce(n.party, 0) = coalesce(k.party_id, 0)
                AND coalesce(n.stream, '') = coalesce(k.stream_id, '') AND coalesce(n.fund, 0) = coalesce(k.fund_id, 0)
        ) b
        WHERE c.state IN ('closed', 'reopen_asked') AND b.kept <> b.now
        """,
    ),
    Invariant(
        24,
        "months-by-two-people",
        "a month is closed by another than who asked, and opened again by another than who asked",
        "SELECT count(*) FROM invoicing_monthclose",
        """
        SELECT format('%s was asked for and decided by one person', to_char(month, 'YYYY-MM')) FROM invoicing_monthclose
        WHERE closed_by_id = asked_by_id OR (state = 'reopened' AND reopened_by_id = reopen_asked_by_id)
        UNION ALL
        SELECT format('%s was closed and %s before it was not', to_char(c.month, 'YYYY-MM'),
                      to_char(c.month - interval '1 month', 'YYYY-MM'))
        FROM invoicing_monthclose c
        WHERE c.state IN ('closed', 'reopen_asked')
          AND c.month > (SELECT min(month) FROM invoicing_monthclose WHERE state IN ('closed', 'reopen_asked'))
          AND NOT EXISTS (SELECT 1 FROM invoicing_monthclose b WHERE b.state IN ('closed', 'reopen_asked')
                          AND b.month = (c.month - interval '1 month')::date)
        """,
    ),
)
