"""The bank's invariants in plain SQL."""

from marketplace.core.verification import Invariant, register

register(
    Invariant(
        22,
        "bank-lines-once",
        "a bank line exists once in its account",
        "SELECT count(*) FROM invoicing_bankline",
        """
        SELECT format('account %s has line %s %s times', account_id, left(fingerprint, 12), count(*))
        FROM invoicing_bankline GROUP BY account_id, fingerprint HAVING count(*) > 1
        """,
    ),
    # Between two lines of one day that lead to the same balance by the same amount, the balance went back through that
    # level. Whichever file brought the later one held both, and so the way back too: no gap can raise a false alarm.
    Invariant(
        22,
        "bank-balances-once",
        "lines of one day, amount and balance are one transaction each: the balance went back between them",
        "SELECT count(*) FROM invoicing_bankline",
        """
        SELECT format('account %s, %s: %s lines of %s pence lead to a balance of %s pence, %s lead back', same.account_id,
                      same."on", same.times, same.pence, same.balance_pence, back.times)
        FROM (
            SELECT account_id, "on", pence, balance_pence, count(*) AS times FROM invoicing_bankline
            GROUP BY account_id, "on", pence, balance_pence HAVING count(*) > 1
        ) same
        CROSS JOIN LATERAL (
            SELECT count(*) AS times FROM invoicing_bankline l
            WHERE l.account_id = same.account_id AND l."on" = same."on" AND CASE WHEN same.pence > 0
                THEN l.balance_pence < same.balance_pence AND same.balance_pence <= l.balance_pence - l.pence
                ELSE l.balance_pence - l.pence <= same.balance_pence AND same.balance_pence < l.balance_pence END
        ) back
        WHERE back.times < same.times - 1
        """,
    ),
    Invariant(
        22,
        "bank-statements-tie",
        "opening + lines = closing, accepted = read, and a statement has the lines that it brought",
        "SELECT count(*) FROM invoicing_bankstatement",
        """
        SELECT format('statement %s: opening %s, new %s (%s lines, %s stored, %s pence), before %s, closing %s', s.id,
                      s.opening_pence, s.new_pence, s.new, count(l.id), coalesce(sum(l.pence), 0), s.duplicate_pence,
                      s.closing_pence)
        FROM invoicing_bankstatement s LEFT JOIN invoicing_bankline l ON l.statement_id = s.id
        GROUP BY s.id
        HAVING count(l.id) <> s.new OR coalesce(sum(l.pence), 0) <> s.new_pence OR s.read <> s.accepted
            OR s.accepted <> s.new + s.duplicate
            OR s.opening_pence + s.new_pence + s.duplicate_pence <> s.closing_pence
        """,
    ),
    Invariant(
        22,
        "bank-lines-of-their-statement",
        "a line is of the account and within the days of the statement that brought it",
        "SELECT count(*) FROM invoicing_bankline",
        """
        SELECT format('line %s of %s in account %s is none of statement %s, account %s, %s to %s', l.id, l."on", l.account_id,
                      l.statement_id, s.account_id, s.first_on, s.last_on)
        FROM invoicing_bankline l LEFT JOIN invoicing_bankstatement s ON s.id = l.statement_id
        WHERE s.id IS NULL OR l.account_id <> s.account_id OR l."on" NOT BETWEEN s.first_on AND s.last_on
        """,
    ),
    Invariant(
        22,
        "bank-lines-explained",
        "a line has one live match exactly when it no longer waits, and that match posts its whole amount",
        "SELECT count(*) FROM invoicing_bankline",
        """
        SELECT format('line %s is %s and has %s live matches', l.id, l.state, count(m.id))
        FROM invoicing_bankline l
        LEFT JOIN invoicing_bankmatch m ON m.line_id = l.id AND m.state = 'confirmed'
        GROUP BY l.id HAVING count(m.id) <> CASE WHEN l.state = 'unmatched' THEN 0 ELSE 1 END
        UNION ALL
        SELECT format('line %s of %s pence: its match %s posts %s', l.id, l.pence, m.id, coalesce(sum(v.pence), 0))
        FROM invoicing_bankmatch m
        JOIN invoicing_bankline l ON l.id = m.line_id
        LEFT JOIN invoicing_unallocateditem r ON r.id = m.receipt_id
        LEFT JOIN invoicing_movement v ON v.entry_id = coalesce(m.entry_id, r.entry_id)
        WHERE m.state = 'confirmed' AND m.kind <> 'ignored'
        GROUP BY l.id, m.id HAVING coalesce(sum(v.pence), 0) <> abs(l.pence)
        UNION ALL
        SELECT format('line %s of %s: its match %s is posted on %s, %s to %s', l.id, l."on", m.id, e.issued_on,
                      v.credit_account_id, v.debit_account_id)
        FROM invoicing_bankmatch m
        JOIN invoicing_bankline l ON l.id = m.line_id
        JOIN invoicing_bankaccount a ON a.code = l.account_id
        JOIN invoicing_journalentry e ON e.id = m.entry_id
        JOIN invoicing_movement v ON v.entry_id = e.id
        WHERE m.state = 'confirmed' AND (e.issued_on <> l."on" OR a.ledger_account_id <>
              CASE WHEN l.pence > 0 THEN v.debit_account_id ELSE v.credit_account_id END)
        UNION ALL
        SELECT format('line %s is matched by receipt %s, which was taken back', m.line_id, m.receipt_id)
        FROM invoicing_bankmatch m JOIN invoicing_unallocateditem r ON r.id = m.receipt_id
        WHERE m.state = 'confirmed' AND r.reversed_on IS NOT NULL
        """,
    ),
)
