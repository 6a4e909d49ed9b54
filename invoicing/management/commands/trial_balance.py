import csv
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from invoicing.ledger.reports import trial_balance
from marketplace.core.arguments import day
from marketplace.core.money import Money, plain_pounds


class Command(BaseCommand):
    help = "The trial balance at the end of a day."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--on", type=day, required=True, metavar="YYYY-MM-DD")
        parser.add_argument("--format", choices=["text", "csv"], default="text")

    def handle(self, *args: Any, **options: Any) -> None:
        balances = trial_balance(on=options["on"])
        if options["format"] == "csv":
            writer = csv.writer(self.stdout, lineterminator="\n")
            writer.writerow(["code", "name", "debit", "credit"])
            for b in balances:
                writer.writerow([b.code, b.name, plain_pounds(b.debit), plain_pounds(b.credit)])
            return
        for b in balances:
            self.stdout.write(f"{b.code:<6} {b.name:<42} {_text(b.debit):>16} {_text(b.credit):>16}")
        debit, credit = sum(b.debit for b in balances), sum(b.credit for b in balances)
        self.stdout.write(f"{'':<6} {'Total':<42} {Money(debit)!s:>16} {Money(credit)!s:>16}")


def _text(pence: int) -> str:
    return str(Money(pence)) if pence else ""
