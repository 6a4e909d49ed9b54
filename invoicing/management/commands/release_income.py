from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from invoicing.services import due_for_release, release_income
from marketplace.core.actors import platform
from marketplace.core.arguments import day
from marketplace.core.money import Money


class Command(BaseCommand):
    help = "Makes income of the deferred income that is due up to a day, or shows what would be released."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--on", type=day, required=True, metavar="YYYY-MM-DD", help="today at the latest")
        parser.add_argument("--preview", action="store_true", help="show, release nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        on = options["on"]
        if on > timezone.localdate():
            raise CommandError(f"{on:%-d %B %Y} has not come, and what is to come is no income yet. Check the date.")
        if options["preview"]:
            due = due_for_release(on=on)
            self.stdout.write(
                f"Would release {Money(due.pence)} of {len(due.organisation_ids)} customers up to {on:%-d %B %Y}"
            )
            return
        report = release_income(on=on, actor=platform("release"))
        self.stdout.write(
            f"Released {Money(report.pence)} of {report.customers} customers up to {on:%-d %B %Y}: "
            f"{report.parts} parts by {report.entries} entries"
        )
