"""``manage.py add_organisation``: whoever is in no register: the partnership itself, first of all, and others that buy or sell."""

from argparse import ArgumentParser
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from marketplace.core.actors import platform
from marketplace.core.errors import DomainError, WrongInput
from marketplace.organisations.models import Organisation
from marketplace.organisations.services.registry import Address, add_organisation

_KIND = Organisation.Kind
KINDS = (_KIND.PARTNERSHIP, _KIND.PROVIDER, _KIND.OTHER)


class Command(BaseCommand):
    help = "Adds an organisation that no register holds. Schools, trusts and authorities come by import_gias."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("kind", choices=[kind.value for kind in KINDS])
        parser.add_argument("name", metavar="NAME")
        parser.add_argument(
            "--from", dest="valid_from", metavar="DATE", type=date.fromisoformat, help="today if not given"
        )
        parser.add_argument("--street", default="")
        parser.add_argument("--town", default="")
        parser.add_argument("--postcode", default="")
        parser.add_argument("--vat-number", default="")
        parser.add_argument("--company-number", default="")
        parser.add_argument("--email", default="", help="a shared address for notices")

    def handle(self, *args: Any, **options: Any) -> None:
        kind = _KIND(options["kind"])
        try:
            if kind == _KIND.PARTNERSHIP and Organisation.objects.filter(kind=kind).exists():
                raise WrongInput("There is a partnership already, and there is one alone.")
            made = add_organisation(
                kind=kind, name=options["name"], valid_from=options["valid_from"] or timezone.localdate(),
                address=Address(street=options["street"], town=options["town"], postcode=options["postcode"]),
                vat_number=options["vat_number"], company_number=options["company_number"],
                notify_email=options["email"], actor=platform("add_organisation"),
            )  # fmt: skip
        except DomainError as error:
            raise CommandError(error.message) from error
        self.stdout.write(f"{made.number} {made.name}")
