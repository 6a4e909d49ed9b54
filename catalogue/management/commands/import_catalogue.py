"""manage.py import_catalogue FILE [--dry-run]"""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from catalogue.sheets.reading import LIMIT_BYTES, WrongSheet
from catalogue.sheets.services import Report, check_sheet, import_sheet
from marketplace.core.actors import platform
from marketplace.core.errors import DomainError


class Command(BaseCommand):
    """Takes a sheet of offers, dates or prices over, whole or not at all; exit 1 where it has mistakes."""

    help = "Bring in offers, dates or prices from a CSV file; --dry-run only says what would happen."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", help="A sheet as export_catalogue writes it.")
        parser.add_argument("--dry-run", action="store_true", help="Check every line and keep nothing.")

    def handle(self, *args: Any, **options: Any) -> None:
        actor, on = platform("Import of the catalogue"), timezone.localdate()
        try:
            content = _read(options["file"])
            verb = check_sheet if options["dry_run"] else import_sheet
            report = verb(content=content, on=on, actor=actor)
        except DomainError as error:
            self._refuse([error.message, *error.detail])
            return
        self._say(report, dry_run=options["dry_run"])
        if report.problems:
            self._refuse([problem.sentence for problem in report.problems])

    def _say(self, report: Report, *, dry_run: bool) -> None:
        would = "would be " if dry_run else ""
        self.stdout.write(
            f"{report.sheet.capitalize()}: {report.added} {would}added, {report.changed} {would}changed, {report.same} as they were."
        )
        if dry_run:
            self.stdout.write("Nothing was kept.")

    def _refuse(self, reasons: list[str]) -> None:
        for reason in reasons:
            self.stderr.write(reason)
        raise SystemExit(1)


def _read(path: str) -> bytes:
    try:
        with Path(path).open("rb") as file:
            return file.read(LIMIT_BYTES + 1)
    except OSError as error:
        raise WrongSheet(f"{path} cannot be read: {error.strerror}. Check the name of the file.") from None
