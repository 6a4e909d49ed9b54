"""The ledger as a plain-text journal that hledger reads: an independent check of the books.

Accounts are ``type:code name``, with the party as a last level on control accounts; one commodity, £.
"""

from collections.abc import Iterator

from django.db import connection

from invoicing.ledger.models import LedgerAccount
from marketplace.core.text import collapse

_MOVEMENTS = """
SELECT e.id, to_char(e.posted_on, 'YYYY-MM-DD'), e.narrative,
       m.debit_account_id, d.name, d.number, m.credit_account_id, c.name, c.number, m.pence
FROM invoicing_journalentry e JOIN invoicing_movement m ON m.entry_id = e.id
LEFT JOIN organisations_organisation d ON d.id = m.debit_party_id
LEFT JOIN organisations_organisation c ON c.id = m.credit_party_id
ORDER BY e.posted_on, e.id, m.id
"""


_PARTIES = """
SELECT sides.account, o.name, o.number
FROM (
    SELECT debit_account_id AS account, debit_party_id AS party FROM invoicing_movement
    UNION SELECT credit_account_id, credit_party_id FROM invoicing_movement
) sides JOIN organisations_organisation o ON o.id = sides.party
ORDER BY sides.account, o.number
"""


_SYNTAX = str.maketrans(":;|=", "-,/-")


def _plain(text: str) -> str:
    """Text that cannot be read as hledger syntax: no colon, semicolon, bar or equals sign; white space collapsed."""
    return collapse(text.translate(_SYNTAX))


def _amount(pence: int) -> str:
    sign = "-" if pence < 0 else ""
    return f"{sign}£{abs(pence) // 100}.{abs(pence) % 100:02d}"


def journal_lines() -> Iterator[str]:
    """The whole ledger, line by line. Streams from the database."""
    accounts = {a.code: f"{a.type}:{_plain(f'{a.code} {a.name}')}" for a in LedgerAccount.objects.order_by("code")}
    yield "commodity £1000.00"
    yield "decimal-mark ."
    for name in accounts.values():
        yield f"account {name}"
    with connection.cursor() as cursor:
        cursor.execute(_PARTIES)
        for code, party, number in cursor.fetchall():  # declared too, so that a strict check passes
            yield f"account {_account(accounts, code, party, number)}"
    previous = None
    with connection.cursor() as cursor:
        cursor.execute(_MOVEMENTS)
        while rows := cursor.fetchmany(5000):
            for entry, on, narrative, debit, debtor, debtor_no, credit, creditor, creditor_no, pence in rows:
                if entry != previous:
                    previous = entry
                    yield ""
                    yield f"{on} ({entry}) {_plain(narrative)}"
                yield f"    {_account(accounts, debit, debtor, debtor_no)}  {_amount(pence)}"
                yield f"    {_account(accounts, credit, creditor, creditor_no)}  {_amount(-pence)}"


def _account(accounts: dict[str, str], code: str, party: str | None, number: str | None) -> str:
    return f"{accounts[code]}:{_plain(f'{party} {number}')}" if party else accounts[code]
