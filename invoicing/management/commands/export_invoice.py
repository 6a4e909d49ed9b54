"""manage.py export_invoice NUMBER|--all --format ubl|pdf --output PATH [--no-check]"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from invoicing.banking.paid_into import paid_into
from invoicing.documents.einvoice.checking import Finding, check_ubl, fatal
from invoicing.documents.files import pdf_of, ubl_of
from invoicing.documents.models import Document
from invoicing.documents.snapshot import BankDetails
from invoicing.queries import document_for, documents_for
from marketplace.core.actors import platform
from marketplace.core.errors import DomainError

_SUFFIX = {"ubl": "xml", "pdf": "pdf"}
_MAKERS = {"ubl": ubl_of, "pdf": pdf_of}
_CHUNK = 200


@dataclass
class _Tally:
    """What an export has come to so far."""

    exported: int = 0
    tried: int = 0
    findings: list[int] = field(default_factory=lambda: [0, 0, 0])  # schema errors, fatal assertions, warnings

    def add(self, findings: list[Finding]) -> None:
        for finding in findings:
            place = 0 if finding.kind == "schema" else 1 if finding.fatal else 2
            self.findings[place] += 1

    def sentence(self) -> str:
        schema, rules, warnings = self.findings
        return f"{schema} schema errors, {rules} fatal assertions, {warnings} warnings"


class Command(BaseCommand):
    """Writes issued documents to files, e-invoices only when they hold; exit 1 and the reason for each that failed."""

    help = "Export an invoice or credit note, or all of them, as e-invoices (UBL) or PDFs."

    def add_arguments(self, parser: CommandParser) -> None:
        which = parser.add_mutually_exclusive_group(required=True)
        which.add_argument("number", nargs="?", help="the document's number, such as INV-000001")
        which.add_argument("--all", action="store_true", help="every issued document")
        parser.add_argument("--format", choices=sorted(_SUFFIX), required=True)
        parser.add_argument("--output", type=Path, required=True, help="a folder; for one document also a file")
        parser.add_argument("--no-check", action="store_true", help="write e-invoices without checking them")

    def handle(self, *args: Any, **options: Any) -> None:
        path: Path = options["output"]
        checked = options["format"] == "ubl" and not options["no_check"]
        bank = paid_into(account_name=settings.PARTNERSHIP_NAME)
        tally = _Tally()
        try:
            if options["all"]:
                path.mkdir(parents=True, exist_ok=True)
            for document in _documents(options["number"]):
                tally.tried += 1
                tally.exported += self._export(document, path, options["format"], bank, tally, checked=checked)
        except DomainError as error:
            raise CommandError(error.message) from error
        except OSError as error:
            raise CommandError(
                f"{error.filename or path} cannot be written: {error.strerror}. Choose another place."
            ) from error
        self.stdout.write(f"exported {tally.exported} of {tally.tried}")
        if checked:
            self.stdout.write(tally.sentence())
        if tally.exported != tally.tried:
            raise SystemExit(1)

    def _export(
        self, document: Document, path: Path, format: str, bank: BankDetails | None, tally: _Tally, *, checked: bool
    ) -> bool:
        """Whether the document's file was written. What does not hold is named with its reason and not written."""
        try:
            content = _MAKERS[format](document, demonstration=settings.DEMONSTRATION, pay_to=bank)
            findings = check_ubl(content) if checked else []
        except DomainError as error:
            self._refuse(document, [error.message, *error.detail])
            return False
        except (ValueError, TypeError, RuntimeError) as error:  # the typesetter's own; the others must still be tried
            self._refuse(document, [f"{type(error).__name__}: {error}"])
            return False
        tally.add(findings)
        if wrong := fatal(findings):
            self._refuse(document, [str(finding) for finding in wrong])
            return False
        target = path / f"{document.number}.{_SUFFIX[format]}" if path.is_dir() else path
        target.write_bytes(content)
        return True

    def _refuse(self, document: Document, reasons: list[str]) -> None:
        self.stderr.write(f"{document.number} was not exported: {' '.join(reasons)}")


def _documents(number: str | None) -> Iterator[Document]:
    """One document, or all in the order in which they were issued, a few at a time."""
    actor = platform("export_invoice")
    if number:
        yield document_for(actor, number)
    else:
        yield from documents_for(actor).order_by("issued_on", "pk").iterator(chunk_size=_CHUNK)
