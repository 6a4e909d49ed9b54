"""``manage.py seed_catalogue``: what offers need before any is written, once and again after every upgrade."""

from typing import Any

from django.core.management.base import BaseCommand
from django.db import transaction

from catalogue.models import BudgetCode
from catalogue.services import seed_budget_codes


class Command(BaseCommand):
    """Adds the budget codes that are missing; changes none."""

    help = "Adds the budget codes of what is sold that are missing."

    @transaction.atomic
    def handle(self, *args: Any, **options: Any) -> None:
        before = BudgetCode.objects.count()
        seed_budget_codes()
        after = BudgetCode.objects.count()
        self.stdout.write(f"{after} budget codes ({after - before} new)")
