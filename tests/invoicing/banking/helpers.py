"""Words for tests of bank lines: import some, look at what is owed and where the money stands."""

from collections.abc import Callable
from decimal import Decimal

from invoicing.banking.models import BankAccount, BankLine
from invoicing.banking.rules.candidates import Proposal
from invoicing.banking.services import import_statement, proposals_for
from invoicing.documents.models import Document
from invoicing.ledger.models import Movement
from marketplace.core.actors import Actor
from tests.invoicing.banking.files import FIRST_DAY, lloyds

Invoiced = Callable[..., Document]
SURE = Decimal("0.95")


def lines_of(
    bank: BankAccount, actor: Actor, *payments: tuple[str, int], at: Decimal | None = None
) -> tuple[list[BankLine], int]:
    rows = [(FIRST_DAY, description, pence) for description, pence in payments]
    last = bank.statements.order_by("-pk").first()
    data = lloyds(rows, opening=last.closing_pence if last else 0).encode()
    report = import_statement(account=bank, data=data, file_name="s.csv", confirm_at=at, actor=actor)
    lines = BankLine.objects.filter(statement=report.statement_id).select_related("account").order_by("position")
    return list(lines), report.matched


def owed(document: Document) -> int:
    return sum(item.outstanding_pence for item in document.items.all())


def balances() -> dict[tuple[str, int | None], int]:
    """Pence by account and party, debits above zero; what is nought is left out."""
    found: dict[tuple[str, int | None], int] = {}
    for m in Movement.objects.all():
        debit, credit = (m.debit_account_id, m.debit_party_id), (m.credit_account_id, m.credit_party_id)
        found[debit] = found.get(debit, 0) + m.pence
        found[credit] = found.get(credit, 0) - m.pence
    return {key: pence for key, pence in found.items() if pence}


def best(line: BankLine) -> Proposal:
    return proposals_for(line)[0]
