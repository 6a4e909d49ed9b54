"""The invariants of funds, in plain SQL."""

from invoicing.ledger.fund_room import FUND_LEGS
from marketplace.core.verification import Invariant, register

register(
    Invariant(
        23,
        "funds-not-overspent",
        "no fund is spent beyond what it has received, and nothing was posted to one after it was closed",
        "SELECT count(*) FROM invoicing_fund",
        f"""
        SELECT format('fund %s is overspent by %s pence', f.code, -sum(l.pence))
        FROM invoicing_fund f JOIN ({FUND_LEGS}) l ON l.fund_id = f.id GROUP BY f.code HAVING sum(l.pence) < 0
        UNION ALL
        SELECT format('fund %s is closed and has %s pence left', f.code, sum(l.pence))
        FROM invoicing_fund f JOIN ({FUND_LEGS}) l ON l.fund_id = f.id
        WHERE f.closed_on IS NOT NULL GROUP BY f.code HAVING sum(l.pence) <> 0
        """,
    ),
    Invariant(
        23,
        "funds-on-one-side",
        "a fund stands on exactly one side of a movement: income, cost or funds set aside, and the last never without",
        "SELECT count(*) FROM invoicing_movement WHERE fund_id IS NOT NULL",
        """
        SELECT format('movement %s: %s -> %s with fund %s', m.id, m.credit_account_id, m.debit_account_id,
                      coalesce(f.code, 'none'))
        FROM invoicing_movement m
        JOIN invoicing_ledgeraccount d ON d.code = m.debit_account_id
        JOIN invoicing_ledgeraccount c ON c.code = m.credit_account_id
        LEFT JOIN invoicing_fund f ON f.id = m.fund_id
        WHERE (m.fund_id IS NOT NULL AND (f.id IS NULL
               OR (d.type IN ('income', 'expense') OR d.code = '3100')
                = (c.type IN ('income', 'expense') OR c.code = '3100')))
           OR (m.fund_id IS NULL AND '3100' IN (d.code, c.code))
        """,
    ),
    Invariant(
        26,
        "funds-lower-prices",
        "what a fund pays of a price is what the price fell by and what the fund was spent by",
        "SELECT count(*) FROM invoicing_fundsupport",
        """
        SELECT format('support %s of item %s: %s pence, the price fell by %s, the fund was spent by %s', s.id,
                      s.charge_id, s.pence, r.pence, coalesce(m.pence, 0))
        FROM invoicing_fundsupport s
        JOIN invoicing_reduction r ON r.id = s.reduction_id
        LEFT JOIN invoicing_movement m
          ON m.entry_id = s.entry_id AND m.fund_id = s.fund_id AND m.debit_account_id = '3100'
        WHERE r.pence <> s.pence OR r.charge_id <> s.charge_id OR m.pence IS DISTINCT FROM s.pence
        UNION ALL
        SELECT format('support %s was given back by an entry that does not reverse it', s.id)
        FROM invoicing_fundsupport s JOIN invoicing_journalentry e ON e.id = s.returned_entry_id
        WHERE e.reverses_id IS DISTINCT FROM s.entry_id
        """,
    ),
)
