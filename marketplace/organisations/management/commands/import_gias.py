from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from marketplace.core.actors import platform
from marketplace.core.errors import DomainError
from marketplace.organisations.services.gias import ImportReport, import_register


class Command(BaseCommand):
    help = "Imports schools from the register of schools (GIAS): its CSV file, and those of links and groups."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", metavar="FILE", nargs="?", help="edubasealldata….csv")
        parser.add_argument("--links", metavar="FILE", type=Path, help="links_edubasealldata….csv")
        parser.add_argument("--groups", metavar="FILE", type=Path, help="allgroupsdata….csv")
        parser.add_argument(
            "--la",
            metavar="CODE",
            nargs="+",
            action="extend",
            default=[],
            help="only schools of these LA codes",
        )
        parser.add_argument("--dry-run", action="store_true", help="say what would be done and write nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        file, authorities = _file_and_authorities(options["file"], options["la"])
        try:
            report = import_register(
                file=file,
                links=options["links"],
                groups=options["groups"],
                authorities=authorities,
                dry_run=options["dry_run"],
                on=timezone.localdate(),
                actor=platform("import_gias"),
            )
        except DomainError as error:
            raise CommandError(error.message) from error
        self._print(report, authorities)

    def _print(self, report: ImportReport, authorities: list[str]) -> None:
        for refusal in report.refusals:
            self.stdout.write(str(refusal))
        counts = report.schools
        if authorities and not counts.created + counts.updated + counts.unchanged + counts.closed + counts.refused:
            self.stdout.write(f"The file has no school of LA {', '.join(authorities)}.")
        self.stdout.write(f"authorities: created {report.authorities_created}")
        self.stdout.write(f"trusts named by schools: created {report.trusts_created}")
        self.stdout.write(f"trust memberships: changed {report.memberships_changed}")
        for part in (report.groups, report.links):
            if part is not None:
                self.stdout.write(str(part))
        if report.dry_run:
            self.stdout.write("A dry run: nothing was written.")
        self.stdout.write(str(counts))


def _file_and_authorities(file: str | None, codes: list[str]) -> tuple[Path, list[str]]:
    """Several codes may follow one ``--la``, so a file named after them arrives among them."""
    codes = [code for given in codes for code in given.split(",") if code]
    if file is None and codes and not _is_code(codes[-1]):
        file = codes.pop()
    if file is None:
        raise CommandError("Name the register's file of schools: import_gias FILE.")
    for code in codes:
        if not _is_code(code):
            raise CommandError(f"--la takes codes of three digits, like 202, not {code}.")
    return Path(file), codes


def _is_code(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) == 3
