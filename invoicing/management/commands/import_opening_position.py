"""manage.py import_opening_position FILE --on YYYY-MM-DD (--dry-run | --by EMAIL)"""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from invoicing.journals.rules.opening import Sums
from invoicing.journals.rules.opening_file import LIMIT_BYTES
from invoicing.services import check_opening, submit_opening
from marketplace.core.actors import Actor
from marketplace.core.arguments import day
from marketplace.core.errors import DomainError, WrongInput
from marketplace.core.models import User
from marketplace.core.money import Money
from marketplace.organisations.services.people import actor_for


def _read(path: str) -> bytes:
    try:
        with Path(path).open("rb") as file:
            return file.read(LIMIT_BYTES + 1)
    except OSError as error:
        raise WrongInput(f"{path} cannot be read: {error.strerror}. Check the name of the file.") from None


def _actor(email: str) -> Actor:
    user = User.objects.filter(email__iexact=email).first()
    if user is None:
        raise CommandError(f"Nobody signs in as {email}. Give the address of a finance officer.")
    return actor_for(user=user, on=timezone.localdate())


class Command(BaseCommand):
    """Checks the old books, and hands them in for another person to approve on the page; exit 1 where they differ."""

    help = "Check an opening position (--dry-run), or hand it in for approval in somebody's name (--by)."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", help="The CSV file with its sections; see the finance guide.")
        parser.add_argument("--on", type=day, required=True, help="The last day of the old books.")
        parser.add_argument("--dry-run", action="store_true", help="Check and compare; keep nothing.")
        parser.add_argument("--by", help="E-mail address of the finance officer who hands it in.")

    def handle(self, *args: Any, **options: Any) -> None:
        today = timezone.localdate()
        if not options["dry_run"] and not options["by"]:
            raise CommandError("Say who hands it in with --by EMAIL, or only check it with --dry-run.")
        try:
            content = _read(options["file"])
            checked = check_opening(content=content, on=options["on"], today=today)
            self._say(checked.sums)
            if options["dry_run"]:
                self._refuse(checked.problems)
                self.stdout.write("It equals its trial balance. Nothing was kept.")
                return
            made = submit_opening(
                content=content, file_name=Path(options["file"]).name, on=options["on"], today=today,
                actor=_actor(options["by"]),
            )  # fmt: skip
        except DomainError as error:
            self._refuse([error.message, *error.detail])
            return
        self.stdout.write(f"{made.number} waits for approval by another person, on the page Opening position.")

    def _say(self, sums: Sums) -> None:
        self.stdout.write(
            f"{sums.invoices} open invoices, {Money(sums.invoices_pence)}; deferred income {Money(sums.deferred_pence)}; "
            f"{sums.places} places left; credits {Money(sums.credits_pence)}; unpaid purchases {Money(sums.owed_pence)}; "
            f"trial balance {Money(sums.debit_pence)} and {Money(sums.credit_pence)}."
        )

    def _refuse(self, reasons: list[str]) -> None:
        if reasons:
            for reason in reasons:
                self.stderr.write(reason)
            raise SystemExit(1)
