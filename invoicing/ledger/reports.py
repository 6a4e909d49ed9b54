"""Reports read straight from the movements."""

from dataclasses import dataclass
from datetime import date

from django.db import connection


@dataclass(frozen=True)
class Balance:
    """An account's balance in pence: positive is a debit balance."""

    code: str
    name: str
    type: str
    pence: int

    @property
    def debit(self) -> int:
        return max(self.pence, 0)

    @property
    def credit(self) -> int:
        return max(-self.pence, 0)


_TRIAL_BALANCE = """
SELECT a.code, a.name, a.type, coalesce(sum(legs.pence), 0) FROM invoicing_ledgeraccount a
LEFT JOIN (
    SELECT m.debit_account_id AS account, m.pence FROM invoicing_movement m
    JOIN invoicing_journalentry e ON e.id = m.entry_id WHERE e.posted_on <= %(on)s
    UNION ALL
    SELECT m.credit_account_id, -m.pence FROM invoicing_movement m
    JOIN invoicing_journalentry e ON e.id = m.entry_id WHERE e.posted_on <= %(on)s
) legs ON legs.account = a.code
GROUP BY a.code ORDER BY a.code
"""


def trial_balance(*, on: date) -> list[Balance]:
    """Every account's balance at the end of a day, accounts in the order of their codes."""
    with connection.cursor() as cursor:
        cursor.execute(_TRIAL_BALANCE, {"on": on})
        return [Balance(code, name, kind, int(pence)) for code, name, kind, pence in cursor.fetchall()]


@dataclass(frozen=True)
class AccountLine:
    """One movement seen from one account: positive pence is a debit."""

    entry_id: int
    on: date
    kind: str
    narrative: str
    party: str
    pence: int
    balance: int
    document_number: str


_ACCOUNT = """
SELECT e.id, e.posted_on, e.kind, e.narrative, coalesce(o.name, ''), legs.pence, coalesce(d.number, '')
FROM (
    SELECT m.id, m.entry_id, m.debit_party_id AS party, m.stream_id AS stream, m.pence FROM invoicing_movement m
    WHERE m.debit_account_id = %(code)s
    UNION ALL
    SELECT m.id, m.entry_id, m.credit_party_id, m.stream_id, -m.pence FROM invoicing_movement m
    WHERE m.credit_account_id = %(code)s
) legs
JOIN invoicing_journalentry e ON e.id = legs.entry_id
LEFT JOIN organisations_organisation o ON o.id = legs.party
LEFT JOIN invoicing_document d ON d.entry_id = e.id
LEFT JOIN invoicing_incomestream s ON s.code = legs.stream
WHERE e.posted_on <= %(on)s AND (%(source)s::text IS NULL OR coalesce(s.source, '') = %(source)s)
ORDER BY e.posted_on, legs.id
"""


def account_lines(*, code: str, on: date, source: str | None = None) -> list[AccountLine]:
    """Every movement of an account up to and including a day, with the running balance.

    ``source`` takes only income of one source, "" being what names none.
    """
    with connection.cursor() as cursor:
        cursor.execute(_ACCOUNT, {"code": code, "on": on, "source": source})
        rows = cursor.fetchall()
    balance, lines = 0, []
    for entry_id, posted_on, kind, narrative, party, pence, number in rows:
        balance += int(pence)
        lines.append(AccountLine(entry_id, posted_on, kind, narrative, party, int(pence), balance, number))
    return lines
