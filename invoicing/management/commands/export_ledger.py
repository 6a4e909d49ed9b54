from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from invoicing.ledger.hledger import journal_lines


class Command(BaseCommand):
    help = "Writes the whole ledger to a file that another program can check."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--format", choices=["hledger"], required=True)
        parser.add_argument("--output", type=Path, required=True)

    @transaction.atomic
    def handle(self, *args: Any, **options: Any) -> None:
        path: Path = options["output"]
        count = 0
        try:
            with path.open("w", encoding="utf-8") as file:
                for line in journal_lines():
                    file.write(line + "\n")
                    count += line[:4].isdigit()
        except OSError as error:
            raise CommandError(f"{path} cannot be written: {error.strerror}. Choose another place.") from error
        self.stdout.write(f"exported {count} entries to {path}")
