"""Adding bank accounts."""

from django.db import transaction

from invoicing.banking.models import BankAccount
from invoicing.banking.rules.layouts import PARSERS
from invoicing.ledger.chart import BANK, FOURTH_BANK, SECOND_BANK, THIRD_BANK
from invoicing.ledger.models import LedgerAccount
from marketplace.core import events
from marketplace.core.actors import Actor, Role
from marketplace.core.errors import DomainError, WrongInput
from marketplace.core.text import clean_line

BANKS = (BANK, SECOND_BANK, THIRD_BANK, FOURTH_BANK)


class AccountTaken(DomainError):
    """Another bank account has this code, this account of the ledger or these numbers."""

    code = "bank_account_taken"


@transaction.atomic
def add_bank_account(
    *, code: str, name: str, ledger_account_code: str, layout: str, sort_code: str, account_number: str, actor: Actor
) -> BankAccount:
    """A further bank account, on an account of the ledger that no other has. Raises AccountTaken, NotAllowed, WrongInput."""
    actor.require(Role.FINANCE_MANAGER, to="add bank accounts")
    code = clean_line(code, what="Code", limit=40)
    if BankAccount.objects.filter(pk=code).exists():
        raise AccountTaken(f"There is a bank account called {code} already. Choose another code.", field="code")
    if ledger_account_code not in free_ledger_accounts():
        raise AccountTaken(
            f"Account {ledger_account_code} of the ledger is no free bank account. Choose another.",
            field="ledger_account",
        )
    digits = tuple(part.replace("-", "").replace(" ", "") for part in (sort_code, account_number))
    if not all(digits):
        raise WrongInput("Enter the sort code and the account number", field="sort_code")
    if BankAccount.objects.filter(sort_code=digits[0], account_number=digits[1]).exists():
        raise AccountTaken("This account at the bank is here already.", field="account_number")
    return ensure_bank_account(
        code=code, name=name, ledger_account_code=ledger_account_code, layout=layout, sort_code=sort_code,
        account_number=account_number, actor=actor,
    )  # fmt: skip


def free_ledger_accounts() -> dict[str, str]:
    """The ledger's accounts for money at a bank that no bank account has yet, by code, with their names."""
    free = LedgerAccount.objects.filter(code__in=BANKS, bank_account__isnull=True)
    return dict(free.order_by("code").values_list("code", "name"))


@transaction.atomic
def ensure_bank_account(
    *,
    code: str,
    name: str,
    ledger_account_code: str,
    layout: str,
    actor: Actor,
    sort_code: str = "",
    account_number: str = "",
) -> BankAccount:
    """Makes the account when it is missing; an existing one stays as it is.

    Sort code and account number may be written with hyphens and spaces. Refuses a layout that cannot be read and
    numbers that are not six and eight digits.
    """
    actor.require(Role.FINANCE_MANAGER, Role.ADMINISTRATOR, to="add bank accounts")
    if existing := BankAccount.objects.filter(pk=code).first():
        return existing
    if layout not in PARSERS:
        raise WrongInput(f"Files of {layout} cannot be read. Choose one of: {', '.join(PARSERS)}")
    sort_code, account_number = (part.replace("-", "").replace(" ", "") for part in (sort_code, account_number))
    if sort_code and not (len(sort_code) == 6 and sort_code.isascii() and sort_code.isdecimal()):
        raise WrongInput("A sort code must be 6 digits, like 30-96-26", field="sort_code")
    if account_number and not (len(account_number) == 8 and account_number.isascii() and account_number.isdecimal()):
        raise WrongInput("An account number must be 8 digits, like 00123456", field="account_number")
    account = BankAccount.objects.create(
        code=code,
        name=clean_line(name, what="Name", limit=100),
        ledger_account=LedgerAccount.objects.get(pk=ledger_account_code),
        layout=layout,
        sort_code=sort_code,
        account_number=account_number,
    )
    events.record(
        kind="bank_account.added",
        subject_kind="bank_account",
        subject=code,
        organisation_ids=[],
        payload={"ledger_account": ledger_account_code, "layout": layout, "last_digits": account_number[-4:]},
        actor=actor,
    )
    return account
