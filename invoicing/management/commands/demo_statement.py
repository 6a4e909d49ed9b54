"""manage.py demo_statement --bank lloyds|barclays|camt053 --output FILE [--account CODE]"""

from datetime import date, timedelta
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from invoicing.banking.demonstration import SampleLine, sample_lines
from invoicing.banking.demonstration_files import WRITERS
from invoicing.banking.models import BankAccount
from invoicing.banking.queries import bank_account_for, bank_accounts_for, candidates, lines_for, position_of
from invoicing.banking.rules import camt053, lloyds
from invoicing.banking.rules.layouts import WITHOUT_BALANCES
from marketplace.core.actors import Actor, platform
from marketplace.core.errors import DomainError
from marketplace.core.working_days import is_working_day

_DAYS = 3


def _days(after: date | None, today: date) -> list[date]:
    """Up to three last working days that no statement covers yet, oldest first; one day at least."""
    days = [today - timedelta(days=back) for back in range(10, -1, -1)]
    free = [day for day in days if is_working_day(day) and (after is None or day > after)]
    return free[-_DAYS:] or [max(after or today, today)]


def _account(actor: Actor, bank: str, code: str | None) -> BankAccount:
    if code:
        account = bank_account_for(actor, code)
        if account.layout != bank and bank != camt053.NAME:
            raise CommandError(f"{account.name} is not an account with {bank}. Name another account.")
        return account
    first = bank_accounts_for(actor).filter(layout=bank).first()
    if first is None:
        raise CommandError(f"There is no bank account with {bank}. Build the demonstration first: manage.py demo")
    return first


def _known(actor: Actor, account: BankAccount, on: date) -> list[SampleLine]:
    """What a day has already, for a bank whose files have no balances: it gives whole days, and so does this."""
    return [SampleLine(line.kind, line.description, line.pence) for line in lines_for(actor, account).filter(on=on)]


class Command(BaseCommand):
    """Writes a bank file that pays open invoices. The same day and the same open invoices give the same file.

    A file of CAMT.053 can be written for any account, by its code.
    """

    help = "Write a bank file that pays open demonstration invoices."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--bank", choices=list(WRITERS), default=lloyds.NAME)
        parser.add_argument("--output", required=True, help="The file to write.")
        parser.add_argument("--account", help="Code of the bank account; the first of this bank unless given.")

    def handle(self, *args: Any, **options: Any) -> None:
        actor = platform("demo_statement")
        try:
            account = _account(actor, options["bank"], options["account"])
        except DomainError as error:
            raise CommandError(error.message) from None
        today = timezone.localdate()
        position = position_of(actor, account)
        days = _days(position.closing_on, today)
        known = _known(actor, account, days[0]) if options["bank"] in WITHOUT_BALANCES else []
        lines = [*known, *sample_lines(candidates(on=today))]
        data = WRITERS[options["bank"]](
            lines,
            opening_pence=position.ledger if position.closing is None else position.closing,
            days=days,
            sort_code=account.sort_code,
            account_number=account.account_number,
        )
        try:
            Path(options["output"]).write_bytes(data)
        except OSError as error:
            raise CommandError(f"{options['output']} cannot be written: {error.strerror}") from None
        self.stdout.write(f"{len(lines)} lines of account {account.code} written to {options['output']}")
