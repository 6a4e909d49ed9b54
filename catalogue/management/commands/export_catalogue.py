"""manage.py export_catalogue --output FOLDER"""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from catalogue.sheets.services import SHEETS, export_sheet
from marketplace.core.actors import platform


class Command(BaseCommand):
    """Writes offers.csv, dates.csv and prices.csv, to be edited in a spreadsheet and brought in again."""

    help = "Write the whole catalogue as three CSV files."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--output", required=True, help="The folder to write into; it is made where it is missing.")

    def handle(self, *args: Any, **options: Any) -> None:
        folder = Path(options["output"])
        try:
            folder.mkdir(parents=True, exist_ok=True)
            for name in SHEETS:
                path = folder / f"{name}.csv"
                text = export_sheet(sheet=name, actor=platform("Export of the catalogue"))
                path.write_text(text, encoding="utf-8", newline="")
                self.stdout.write(str(path))
        except OSError as error:
            raise CommandError(
                f"{options['output']} cannot be written: {error.strerror}. Choose another folder."
            ) from None
