import json
from argparse import ArgumentTypeError
from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from invoicing.receivables.billing import CHUNK, RunReport, propose, run_billing
from invoicing.receivables.grouping import HeldItem, Proposal
from marketplace.core.actors import platform
from marketplace.core.arguments import day
from marketplace.core.money import Money, plain_pounds


def _chunk(text: str) -> int:
    if text.isascii() and text.isdigit() and 1 <= int(text) <= 1000:
        return int(text)
    raise ArgumentTypeError("a chunk has from 1 to 1,000 invoices")


AHEAD = timedelta(days=366)


class Command(BaseCommand):
    help = "Issues the invoices that are due on a day, or shows what would be issued."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--on", type=day, required=True, metavar="YYYY-MM-DD")
        parser.add_argument("--preview", action="store_true", help="show, issue nothing")
        parser.add_argument("--json", action="store_true", help="one JSON object")
        parser.add_argument("--chunk", type=_chunk, default=CHUNK, help="invoices a transaction, at most 1,000")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["on"] > timezone.localdate() + AHEAD:
            raise CommandError(
                f"{options['on']:%-d %B %Y} is more than a year ahead, and an issued invoice never changes. Check the date."
            )
        proposal = propose(on=options["on"])
        report = None
        if not options["preview"]:
            report = run_billing(on=options["on"], actor=platform("bill"), proposal=proposal, chunk=options["chunk"])
        if options["json"]:
            self.stdout.write(json.dumps(_as_json(proposal, report), indent=2))
        else:
            self._print(proposal, report)

    def _print(self, proposal: Proposal, report: RunReport | None) -> None:
        verb = "Issued" if report else "Would issue"
        count = len(report.numbers) if report else len(proposal.invoices)
        figures = report or proposal
        self.stdout.write(
            f"{verb} {count} {'invoice' if count == 1 else 'invoices'} on {proposal.on:%-d %B %Y}: net {Money(figures.net_pence)}, "
            f"VAT {Money(figures.vat_pence)}, gross {Money(figures.gross_pence)}"
        )
        for category, rate, net, vat in proposal.by_rate():
            self.stdout.write(f"  {category} {(rate * 100).normalize():f}%: net {Money(net)}, VAT {Money(vat)}")
        if report and report.numbers:
            self.stdout.write(f"Numbers {report.numbers[0]} to {report.numbers[-1]}")
        if report and report.changed:
            self.stdout.write(f"{report.changed} invoices changed meanwhile and wait for the next run")
        for item in proposal.held:
            self.stdout.write(f"Held: {item.customer}, {item.description}, {Money(item.pence)}: {item.reason}")
        for item in proposal.later:
            self.stdout.write(f"Later: {item.customer}, {item.description}, {Money(item.pence)}: {item.reason}")


def _waits(item: HeldItem) -> dict[str, str]:
    return {
        "customer": item.customer,
        "description": item.description,
        "net": plain_pounds(item.pence),
        "reason": item.reason,
    }


def _as_json(proposal: Proposal, report: RunReport | None) -> dict[str, Any]:
    """Amounts are pounds as text with two decimals; ``numbers`` is empty in a preview."""
    figures = report or proposal
    return {
        "on": proposal.on.isoformat(),
        "preview": report is None,
        "invoices": len(report.numbers) if report else len(proposal.invoices),
        "net": plain_pounds(figures.net_pence),
        "vat": plain_pounds(figures.vat_pence),
        "gross": plain_pounds(figures.gross_pence),
        "by_rate": [
            {"category": category, "rate": str(rate), "net": plain_pounds(net), "vat": plain_pounds(vat)}
            for category, rate, net, vat in proposal.by_rate()
        ],
        "held": [_waits(item) for item in proposal.held],
        "later": [_waits(item) for item in proposal.later],
        "changed": report.changed if report else 0,
        "numbers": report.numbers if report else [],
    }
