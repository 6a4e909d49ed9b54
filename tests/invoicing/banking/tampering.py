"""How the bank's invariants are broken by someone who has switched the guards off."""

from collections.abc import Callable

from invoicing.banking.models import BankAccount
from invoicing.banking.services import ensure_bank_account
from marketplace.core.actors import platform
from tests.invoicing.banking.helpers import lines_of
from tests.invoicing.books import run_sql


def _imported(statement: str) -> Callable[[], None]:
    """Two lines are imported into an account of their own; then the statement runs."""

    def tamper() -> None:
        actor = platform("test")
        bank = ensure_bank_account(
            code="tampered", name="Deposit account", ledger_account_code="1010", layout="lloyds", actor=actor
        )
        lines_of(bank, actor, ("FROM SOMEBODY", 12_300), ("FROM SOMEBODY ELSE", 4_500))
        assert run_sql(statement) >= 1, f"Nothing was tampered with by: {statement}"

    return tamper


def _the_same_line_twice() -> None:
    _imported("UPDATE invoicing_bankline SET note = ''")()
    run_sql("ALTER TABLE invoicing_bankline DROP CONSTRAINT bank_line_once")
    assert run_sql("UPDATE invoicing_bankline SET fingerprint = 'same' WHERE account_id = 'tampered'") == 2


def _a_line_again_in_other_words() -> None:
    """A second statement brings the first line again under another description, and every sum of it ties."""
    _imported("UPDATE invoicing_bankline SET note = ''")()
    account = BankAccount.objects.get(code="tampered")
    statement = account.statements.get()
    line = statement.lines.get(position=1)
    opening = line.balance_pence - line.pence
    statement.pk, statement.opening_pence, statement.closing_pence = None, opening, line.balance_pence
    statement.read = statement.accepted = statement.new = 1
    statement.new_pence = line.pence
    statement.save(force_insert=True)
    line.pk, line.statement, line.description, line.fingerprint = None, statement, "FROM SOME", "another"
    line.save(force_insert=True)


TAMPERINGS: dict[str, Callable[[], None]] = {
    "bank-statements-tie": _imported("UPDATE invoicing_bankline SET pence = pence + 1 WHERE position = 1"),
    "bank-lines-of-their-statement": _imported('UPDATE invoicing_bankline SET "on" = "on" - 45 WHERE position = 1'),
    "bank-lines-explained": _imported("UPDATE invoicing_bankline SET state = 'matched' WHERE position = 1"),
    "bank-balances-once": _a_line_again_in_other_words,
    "bank-lines-once": _the_same_line_twice,
}
