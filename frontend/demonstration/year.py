"""A year of trading."""

from datetime import date

from frontend.demonstration import partners
from frontend.demonstration.directory import Directory
from invoicing.banking.models import BankAccount
from invoicing.banking.services import ensure_bank_account
from marketplace.core.actors import Actor


def add_bank_account(directory: Directory, *, actor: Actor) -> BankAccount:
    """The partnership's current account."""
    return ensure_bank_account(
        code=partners.BANK_CODE, name=partners.BANK_NAME, ledger_account_code=partners.BANK_LEDGER_ACCOUNT,
        layout="lloyds", sort_code=partners.SORT_CODE, account_number=partners.ACCOUNT_NUMBER, actor=actor,
    )  # fmt: skip


def add_year(directory: Directory, *, today: date, actor: Actor) -> None:
    """Orders, invoices, payments."""
