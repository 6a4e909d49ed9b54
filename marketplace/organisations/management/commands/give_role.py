"""``manage.py give_role`` and, with ``--end``, its end: who works on the platform, where, as what, and until when."""

from argparse import ArgumentParser
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from marketplace.core.actors import Role, platform
from marketplace.core.errors import DomainError, WrongInput
from marketplace.core.money import Money
from marketplace.organisations.models import Organisation, Person
from marketplace.organisations.services.access import RoleHeld, give_access
from marketplace.organisations.services.people import end_role

ACTOR = platform("give_role")


class Command(BaseCommand):
    help = "Gives a person a role at an organisation from a day on, or ends it. Who is new sets a password from the sign-in page."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("email", metavar="EMAIL", help="the address that the person signs in with")
        parser.add_argument("role", metavar="ROLE", choices=[role.value for role in Role], help=", ".join(Role))
        parser.add_argument("--at", metavar="NUMBER", required=True, help="the organisation's number, such as C-000042")
        parser.add_argument("--name", help="the person's name, where they are new")
        parser.add_argument(
            "--on", metavar="DATE", type=date.fromisoformat, help="the first day, or the day it ends; today"
        )
        parser.add_argument("--limit", metavar="POUNDS", help="the most that they may commit in one order")
        parser.add_argument("--end", action="store_true", help="end the role instead: that day they no longer hold it")

    def handle(self, *args: Any, **options: Any) -> None:
        role, on = Role(options["role"]), options["on"] or timezone.localdate()
        try:
            organisation = _organisation(options["at"])
            person = Person.objects.filter(user__email__iexact=options["email"].strip()).first()
            if options["end"]:
                if person is None:
                    raise WrongInput(f"Nobody signs in as {options['email']}.")
                end_role(person=person, role=role, organisation=organisation, on=on, actor=ACTOR)
                self.stdout.write(f"{person.name} is no {role.words} of {organisation} from {on.isoformat()}.")
                return
            limit = Money.parse(options["limit"], what="Limit").pence if options["limit"] else None
            if person is None and not options["name"]:
                raise WrongInput(f"Nobody signs in as {options['email']} yet. Give their --name.")
            given = give_access(
                organisation=organisation, role=role, email=options["email"], name=options["name"] or "", valid_from=on,
                on=timezone.localdate(), actor=ACTOR, spending_limit_pence=limit,
            )  # fmt: skip
        except RoleHeld as held:
            self.stdout.write(held.message)
            return
        except DomainError as error:
            raise CommandError(error.message) from error
        name = given.person.name
        if given.new:
            self.stdout.write(f"{name} is new: they set a password by 'Forgotten your password?' on the sign-in page.")
        self.stdout.write(f"{name} is {role.words} of {organisation} from {given.assignment.valid_from.isoformat()}.")


def _organisation(number: str) -> Organisation:
    found = Organisation.objects.filter(number=number).first()
    if found is None:
        raise WrongInput(f"There is no organisation {number}.")
    return found
