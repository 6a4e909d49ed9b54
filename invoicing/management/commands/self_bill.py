from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from invoicing.self_billing.billing import propose_self_billing, self_bill
from marketplace.core.actors import platform
from marketplace.core.arguments import day
from marketplace.core.money import Money


class Command(BaseCommand):
    help = "Writes the invoices of providers with a self-billing agreement, or shows what would be written."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--on", type=day, required=True, metavar="YYYY-MM-DD")
        parser.add_argument("--preview", action="store_true", help="show, write nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        on = options["on"]
        if on > timezone.localdate():
            raise CommandError(f"{on:%-d %B %Y} has not come, and an issued invoice never changes. Check the date.")
        if options["preview"]:
            proposal = propose_self_billing(on=on)
            count, net, vat = proposal.sums("self_billed")
            back, back_net, back_vat = proposal.sums("self_billed_credit")
            held = proposal.held
        else:
            report = self_bill(on=on, actor=platform("self_bill"))
            count, net, vat, held = len(report.invoices), report.net_pence, report.vat_pence, report.held
            back, back_net, back_vat = len(report.credits), report.credited_net_pence, report.credited_vat_pence
        verb = "Would write" if options["preview"] else "Wrote"
        self.stdout.write(f"{verb} {count:,} self-billed invoices: net {Money(net)}, VAT {Money(vat)}")
        if back:
            self.stdout.write(f"{verb} {back:,} self-billed credit notes: net {Money(back_net)}, VAT {Money(back_vat)}")
        for one in held:
            self.stdout.write(f"Held: {one.provider}, {Money(one.pence)}: {one.reason}")
