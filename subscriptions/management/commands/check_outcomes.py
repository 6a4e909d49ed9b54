"""``manage.py check_outcomes FILE``: the rules of outcome payments against a file of cases."""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from marketplace.core.errors import WrongInput
from subscriptions.outcomes.checking import check


class Command(BaseCommand):
    help = "Works out each case of FILE by the rules of outcome payments, one line a case; exits 1 where one differs."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            cases = list(check(json.loads(options["file"].read_text(encoding="utf-8"))))
        except (OSError, UnicodeDecodeError, json.JSONDecodeError) as error:
            raise CommandError(f"{options['file']} cannot be read as JSON: {error}") from error
        except WrongInput as error:
            raise CommandError(error.message) from error
        for case in cases:
            state = "agrees" if case.agrees else f"DIFFERS: {case.said}"
            self.stdout.write(f"{case.name} {state} ({case.description})")
        wrong = sum(not case.agrees for case in cases)
        if wrong or not cases:
            raise CommandError(f"{wrong} of {len(cases)} cases differ" if cases else "The file holds no cases")
        self.stdout.write(f"All {len(cases)} cases agree")
