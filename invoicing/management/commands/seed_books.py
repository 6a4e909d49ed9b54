"""``manage.py seed_books``: what the books need before anything is sold, once and again after every upgrade."""

from typing import Any

from django.core.management.base import BaseCommand
from django.db import transaction

from invoicing.ledger.models import LedgerAccount
from invoicing.services import seed_chart, seed_reminder_levels, seed_vat_rules
from invoicing.vat.models import VatRule


class Command(BaseCommand):
    """Adds accounts, income streams, number series, VAT rules and reminder levels that are missing; changes none."""

    help = "Adds accounts, income streams, number series, VAT rules and reminder levels that are missing."

    @transaction.atomic
    def handle(self, *args: Any, **options: Any) -> None:
        before = LedgerAccount.objects.count(), VatRule.objects.count()
        seed_chart()
        seed_vat_rules()
        seed_reminder_levels()
        after = LedgerAccount.objects.count(), VatRule.objects.count()
        self.stdout.write(
            f"{after[0]} accounts ({after[0] - before[0]} new), {after[1]} VAT rules ({after[1] - before[1]} new)"
        )
