"""Adding bank accounts."""

from django.db import transaction

from invoicing.banking.models import BankAccount
from invoicing.banking.rules.layouts import PARSERS
from invoicing.ledger.models import LedgerAccount
from marketplace.core import events
from marketplace.core.actors import Actor, Role
from marketplace.core.errors import WrongInput
from marketplace.core.text import clean_line


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
    if sort_code and not (len(sort_code) == 6 and sort_code.isdecimal()):
        raise WrongInput("A sort code must be 6 digits, like 30-96-26")
    if account_number and not (len(account_number) == 8 and account_number.isdecimal()):
        raise WrongInput("An account number must be 8 digits, like 00123456")
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
