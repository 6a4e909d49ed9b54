"""manage.py price --rule FILE --facts JSON --on DATE [--json]"""

import json
from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from catalogue.services.calculator import Calculation, calculate_file, read_facts_text
from catalogue.services.rule_files import LIMIT_BYTES, RuleFile, WrongRuleFile, read_rule_file
from marketplace.core.errors import DomainError, WrongInput
from marketplace.core.money import Money


class Command(BaseCommand):
    """Works out one price from a file and asks no database. Exit 1 with a sentence where there is none."""

    help = "The total of a price rule in pence and the steps that lead to it."
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--rule", required=True, help="File with a price rule (docs/price-rules.md).")
        parser.add_argument("--facts", default="{}", help='What the price depends on, as JSON: {"pupils": 420}.')
        parser.add_argument("--on", required=True, help="The day of the price, or of cancelling: 2026-09-01.")
        parser.add_argument("--json", action="store_true", help="One object of JSON instead of readable lines.")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            on = _day(options["on"])
            file = _file(options["rule"])
            done = calculate_file(file=file, facts=read_facts_text(options["facts"]), on=on)
        except DomainError as error:
            self._refuse(error, options["json"])
            return
        self._say(file, done, on, options["json"])

    def _say(self, file: RuleFile, done: Calculation, on: date, as_json: bool) -> None:
        if as_json:
            self.stdout.write(json.dumps({"title": file.title, "on": on.isoformat(), **done.as_json()}))
            return
        if file.title:
            self.stdout.write(file.title)
        for step in done.steps:
            self.stdout.write(f"  {step.sentence}")
        self.stdout.write(f"Total before VAT: {done.total}")
        for share in done.shares:
            self.stdout.write(f"  of which {share.name.replace('_', ' ')}: {Money(share.pence)}")
        if done.ignored:
            self.stdout.write(f"Not used by this rule: {', '.join(done.ignored)}")

    def _refuse(self, error: DomainError, as_json: bool) -> None:
        """The refusal where a program or a person looks for it, and exit code 1."""
        if as_json:
            self.stdout.write(json.dumps({"error": {"code": error.code, "message": error.message}}))
        else:
            self.stderr.write(error.message)
        raise SystemExit(1)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise WrongInput(f"{text} is not a day of the calendar; write it like 2026-09-01") from None


def _file(path: str) -> RuleFile:
    try:
        with Path(path).open("rb") as file:
            content = file.read(LIMIT_BYTES + 1)
        return read_rule_file(content.decode("utf-8-sig"))
    except OSError as error:
        raise WrongRuleFile(f"{path} cannot be read: {error.strerror}. Check the name of the file.") from None
    except UnicodeDecodeError:
        raise WrongRuleFile(f"{path} is no text. Save it as UTF-8.") from None
