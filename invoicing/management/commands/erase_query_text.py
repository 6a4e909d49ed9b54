"""Erases what a person wrote in a query of an invoice, when they ask for it: ``manage.py erase_query_text Q-000012 2 asked``."""

from typing import Any

from django.core.management import BaseCommand, CommandError
from django.core.management.base import CommandParser

from invoicing.credit_control.models import InvoiceQuery
from invoicing.services import erase_query_text
from marketplace.core.actors import platform
from marketplace.core.erasure import REASONS
from marketplace.core.errors import DomainError


class Command(BaseCommand):
    help = "Erases one message of a query of an invoice for good. That it was written, by which side and when, stays."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("query", help="Number of the query, such as Q-000012.")
        parser.add_argument("message", type=int, help="Which message, counted from 1 as its page shows them.")
        parser.add_argument("reason", choices=sorted(REASONS), help="Why.")

    def handle(self, *args: Any, **options: Any) -> None:
        query = InvoiceQuery.objects.select_related("document").filter(number=options["query"]).first()
        if query is None:
            raise CommandError(f"There is no query {options['query']}.")
        try:
            erase_query_text(
                query=query, message=options["message"], reason_code=options["reason"],
                actor=platform("erase_query_text"),
            )  # fmt: skip
        except DomainError as error:
            raise CommandError(error.message) from error
        self.stdout.write(f"Message {options['message']} of {query.number} is erased.")
