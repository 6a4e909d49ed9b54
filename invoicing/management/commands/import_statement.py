"""manage.py import_statement FILE --account CODE [--confirm-at 0.95] [--closing 1234.56] [--repeats same|further] [--json]"""

import json
from argparse import ArgumentTypeError
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from invoicing.banking.queries import bank_account_for
from invoicing.banking.rules.reading import LIMIT_BYTES
from invoicing.banking.services import ImportReport, Repeats, import_statement
from marketplace.core.actors import platform
from marketplace.core.errors import DomainError, WrongInput
from marketplace.core.money import Money, plain_pounds


def _confidence(text: str) -> Decimal:
    try:
        value = Decimal(text)
    except InvalidOperation:
        value = Decimal("NaN")
    if not value.is_finite():
        raise ArgumentTypeError(f"{text} is not a number like 0.95")
    return value


def _pence(text: str) -> int:
    try:
        return Money.parse(text).pence
    except WrongInput as error:
        raise ArgumentTypeError(error.message) from None


def _read(path: str) -> bytes:
    try:
        with Path(path).open("rb") as file:
            return file.read(LIMIT_BYTES + 1)
    except OSError as error:
        raise WrongInput(f"{path} cannot be read: {error.strerror}. Check the name of the file.") from None


def _figures(report: ImportReport) -> dict[str, Any]:
    return {
        "accepted": report.accepted,
        "refused": report.refused,
        "new": report.new,
        "duplicate": report.duplicate,
        "opening": plain_pounds(report.opening_pence),
        "closing": plain_pounds(report.closing_pence),
        "matched": report.matched,
    }


class Command(BaseCommand):
    """Imports a bank's file whole or not at all; exit 1 and the line's number on stderr when it is refused."""

    help = "Import a bank statement and, with --confirm-at, match the lines that are sure."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", help="The file as the bank gave it: Lloyds or Barclays CSV, or CAMT.053.")
        parser.add_argument("--account", required=True, help="Code of the bank account.")
        parser.add_argument(
            "--confirm-at", type=_confidence, help="Match new lines whose proposal is at least this sure, such as 0.95."
        )
        parser.add_argument(
            "--closing", type=_pence, help="The balance at the bank after the last line, for a file that states none."
        )
        parser.add_argument(
            "--repeats",
            choices=list(Repeats),
            help="Whether payments that the file may repeat are the same as those here or further ones.",
        )
        parser.add_argument("--json", action="store_true", help="Print one JSON object.")

    def handle(self, *args: Any, **options: Any) -> None:
        actor = platform("import_statement")
        try:
            report = import_statement(
                account=bank_account_for(actor, options["account"]),
                data=_read(options["file"]),
                file_name=Path(options["file"]).name,
                confirm_at=options["confirm_at"],
                actor=actor,
                closing_pence=options["closing"],
                repeats=Repeats(options["repeats"]) if options["repeats"] else None,
                today=timezone.localdate(),
            )
        except DomainError as error:
            refusal = {"code": error.code, "message": error.message, "detail": error.detail}
            self.stderr.write(json.dumps(refusal, ensure_ascii=False) if options["json"] else error.message)
            raise SystemExit(1) from None
        if options["json"]:
            self.stdout.write(json.dumps({**_figures(report), "warnings": report.warnings}, ensure_ascii=False))
            return
        for name, value in _figures(report).items():
            self.stdout.write(f"{name} {value}")
        for warning in report.warnings:
            self.stderr.write(f"Warning: {warning}")
