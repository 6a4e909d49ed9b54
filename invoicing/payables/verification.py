"""The invariants of what is owed to providers, in plain SQL."""

from invoicing.ledger.verification import LEGS
from invoicing.payables.standing import PAID
from marketplace.core.verification import Invariant, register

# Money that was there at the last release and went since is a fact: the next release takes it back.
_EVER = PAID.format(
    counted="(a.undone_on IS NULL OR a.undone_entry_id > (SELECT max(m.entry_id) FROM invoicing_payablemove m"
    " WHERE m.payable_id = p.id AND m.pence > 0))"
)

register(
    Invariant(
        3,
        "payables-owed",
        "what the ledger owes each provider for what it earned is the sum of its payables, and each is the sum of its"
        " entries",
        "SELECT count(*) FROM invoicing_payable",
        f"""
        WITH ledger AS (
            SELECT legs.party, -sum(legs.pence) AS pence FROM ({LEGS}) legs
            JOIN invoicing_journalentry e ON e.id = legs.entry_id
            WHERE legs.account = '2400' AND e.kind IN ('payable', 'payable_back') GROUP BY 1
        ), owed AS (
            SELECT provider_id AS party, sum(owed_pence) AS pence FROM invoicing_payable GROUP BY 1
        )
        SELECT format('provider %s: ledger %s, payables %s', coalesce(l.party, o.party), coalesce(l.pence, 0),
                      coalesce(o.pence, 0))
        FROM ledger l FULL JOIN owed o ON o.party = l.party WHERE coalesce(l.pence, 0) <> coalesce(o.pence, 0)
        UNION ALL
        SELECT format('payable %s: %s owed, entries of %s', p.id, p.owed_pence, coalesce(m.pence, 0))
        FROM invoicing_payable p
        LEFT JOIN (SELECT payable_id, sum(pence) AS pence FROM invoicing_payablemove GROUP BY 1) m ON m.payable_id = p.id
        WHERE p.owed_pence <> coalesce(m.pence, 0)
        UNION ALL
        SELECT format('payable %s: %s taken off, reductions of %s', p.id, p.reduced_pence, coalesce(r.pence, 0))
        FROM invoicing_payable p
        LEFT JOIN (SELECT payable_id, sum(pence) AS pence FROM invoicing_payablereduction GROUP BY 1) r
          ON r.payable_id = p.id
        WHERE p.reduced_pence <> coalesce(r.pence, 0)
        """,
    ),
    Invariant(
        3,
        "payables-once-paid",
        "what waits for a customer's money is owed for that money alone, and waits for an item that exists",
        "SELECT count(*) FROM invoicing_payable WHERE release_on_payment_of <> ''",
        f"""
        SELECT format('payable %s: %s owed of %s where %s of %s was paid', p.id, p.owed_pence, p.net_pence, x.money, x.gross)
        FROM ({_EVER}) x JOIN invoicing_payable p ON p.id = x.id
        WHERE p.owed_pence > 0
          AND (x.money = 0 OR p.owed_pence::numeric * x.gross > p.net_pence::numeric * x.money + x.gross)
        UNION ALL
        SELECT format('payable %s waits for %s, which is no item to invoice', p.id, p.release_on_payment_of)
        FROM invoicing_payable p LEFT JOIN invoicing_charge c ON c.source_key = p.release_on_payment_of
        WHERE p.release_on_payment_of <> '' AND c.id IS NULL
        """,
    ),
)
