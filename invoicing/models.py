"""All models of the package, gathered for Django from the sub-packages that own them."""

from invoicing.banking.models import BankAccount, BankLine, BankMatch, BankStatement
from invoicing.documents.models import (
    Document,
    DocumentFile,
    DocumentLine,
    LineCredit,
    VatGroup,
    VatGroupCredit,
)
from invoicing.ledger.models import IncomeStream, JournalEntry, LedgerAccount, LedgerParty, Movement
from invoicing.receivables.models import (
    Allocation,
    Charge,
    ReceivableItem,
    Reduction,
    UnallocatedItem,
)

__all__ = [
    "Allocation",
    "BankAccount",
    "BankLine",
    "BankMatch",
    "BankStatement",
    "Charge",
    "Document",
    "DocumentFile",
    "DocumentLine",
    "IncomeStream",
    "JournalEntry",
    "LedgerAccount",
    "LedgerParty",
    "LineCredit",
    "Movement",
    "ReceivableItem",
    "Reduction",
    "UnallocatedItem",
    "VatGroup",
    "VatGroupCredit",
]
