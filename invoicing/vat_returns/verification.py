"""The invariants of VAT returns, in plain SQL."""

from invoicing.ledger import chart
from invoicing.vat_returns.reckoning import LEGS
from marketplace.core.verification import Invariant, register

_LOCKED = "('locked', 'sent')"

register(
    Invariant(
        24,
        "vat-returns-as-locked",
        "each locked VAT return is the sum of its entries and nets, owed to HMRC by its own entry, and as it was told",
        f"SELECT count(*) FROM invoicing_vatreturn WHERE state IN {_LOCKED}",
        f"""
        WITH vat AS MATERIALIZED ({LEGS}), taken AS (
            SELECT r.vat_return_id AS id, sum(coalesce(v.sales, 0)) AS sales, sum(coalesce(v.purchases, 0)) AS purchases,
                   bool_or(v.entry_id IS NULL OR e.tax_point >= o."end") AS astray
            FROM invoicing_vatreturnentry r JOIN invoicing_vatreturn o ON o.id = r.vat_return_id
            JOIN invoicing_journalentry e ON e.id = r.entry_id LEFT JOIN vat v ON v.entry_id = r.entry_id
            GROUP BY 1
        ), nets AS (
            SELECT vat_return_id AS id, sum(pence) FILTER (WHERE box = 6 AND counts) AS six,
                   sum(pence) FILTER (WHERE box = 7 AND counts) AS seven
            FROM invoicing_vatreturnpart GROUP BY 1
        ), owed AS (
            SELECT e.id, sum(CASE '{chart.VAT_TO_HMRC}' WHEN credit_account_id THEN pence WHEN debit_account_id THEN -pence
                             ELSE 0 END) AS pence
            FROM invoicing_journalentry e JOIN invoicing_movement m ON m.entry_id = e.id
            WHERE e.kind = 'vat_return' GROUP BY 1
        ), told AS (
            SELECT (payload->>'vat_return')::bigint AS id, (payload->>'sales_vat_pence')::bigint AS sales,
                   (payload->>'purchases_vat_pence')::bigint AS purchases, (payload->>'sales_net_pence')::bigint AS six,
                   (payload->>'purchases_net_pence')::bigint AS seven
            FROM core_event WHERE kind = 'vat_return.locked'
        )
        SELECT format('VAT return to %s: its entries, nets, debt or event say otherwise', o."end")
        FROM invoicing_vatreturn o LEFT JOIN taken t USING (id) LEFT JOIN nets n USING (id) LEFT JOIN told e USING (id)
        LEFT JOIN owed d ON d.id = o.entry_id
        WHERE o.state IN {_LOCKED} AND (
            (o.sales_vat_pence, o.purchases_vat_pence) IS DISTINCT FROM (coalesce(t.sales, 0), coalesce(t.purchases, 0))
            OR coalesce(t.astray, false)
            OR (o.sales_net_pence, o.purchases_net_pence) IS DISTINCT FROM (coalesce(n.six, 0), coalesce(n.seven, 0))
            OR coalesce(d.pence, 0) <> o.sales_vat_pence - o.purchases_vat_pence
            OR (o.sales_vat_pence, o.purchases_vat_pence, o.sales_net_pence, o.purchases_net_pence)
               IS DISTINCT FROM (e.sales, e.purchases, e.six, e.seven))
        UNION ALL
        SELECT format('a VAT return was locked as an event says (%s), and is gone', e.id)
        FROM told e LEFT JOIN invoicing_vatreturn o ON o.id = e.id AND o.state IN {_LOCKED} WHERE o.id IS NULL
        """,
    ),
    Invariant(
        24,
        "vat-returns-in-order",
        "VAT returns follow each other without a gap, each locked by another than who prepared it",
        f"SELECT count(*) FROM invoicing_vatreturn WHERE state IN {_LOCKED}",
        f"""
        SELECT format('VAT return to %s ends, and the next begins on %s', "end", later) FROM (
            SELECT "end", lead(start) OVER (ORDER BY start) AS later FROM invoicing_vatreturn WHERE state IN {_LOCKED}
        ) r WHERE "end" <> later
        UNION ALL
        SELECT format('VAT return to %s was prepared and locked by one person', "end") FROM invoicing_vatreturn
        WHERE state IN {_LOCKED} AND locked_by_id = prepared_by_id
        """,
    ),
)
