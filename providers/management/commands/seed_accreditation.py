"""``manage.py seed_accreditation``: what consultants and providers must show, once and again after every upgrade."""

from typing import Any

from django.core.management.base import BaseCommand

from providers.models import Requirement
from providers.services import seed_requirements


class Command(BaseCommand):
    """Adds the requirements of accreditation that are missing; changes none."""

    help = "Adds the requirements of accreditation that are missing."

    def handle(self, *args: Any, **options: Any) -> None:
        before = Requirement.objects.count()
        seed_requirements()
        after = Requirement.objects.count()
        self.stdout.write(f"{after} requirements ({after - before} new)")
