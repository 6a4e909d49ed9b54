"""A price rule in a file: a bare rule, or one with its title, source, dated rows and worked examples."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import combinations
from typing import Any

from catalogue.rules.cancellation import Policy, check_policy
from catalogue.rules.classes import PriceClass
from catalogue.rules.rule_form import KINDS, Rule, check_rule
from marketplace.core.errors import WrongInput

LIMIT_BYTES = 200_000
_HOLDS = ("rule", "rows", "cancellation")


class WrongRuleFile(WrongInput):
    """A file that holds no price rule; the message says what it must hold."""

    code = "wrong_rule_file"


@dataclass(frozen=True)
class Row:
    """A row of a price list: for one class, over ``[valid_from, valid_to)``; open where an end is None."""

    price_class: PriceClass
    valid_from: date | None
    valid_to: date | None
    rule: Rule

    def holds(self, on: date) -> bool:
        return (self.valid_from is None or self.valid_from <= on) and (self.valid_to is None or on < self.valid_to)

    def overlaps(self, other: "Row") -> bool:
        mine, theirs = (self.valid_from or date.min, other.valid_from or date.min)
        return mine < (other.valid_to or date.max) and theirs < (self.valid_to or date.max)


@dataclass(frozen=True)
class RuleFile:
    """Exactly one of ``rule``, ``rows`` and ``cancellation``."""

    title: str
    rule: Rule | None = None
    rows: tuple[Row, ...] = ()
    cancellation: Policy | None = None

    def row_on(self, on: date, price_class: PriceClass) -> Row | None:
        """The row of a day: the class's own before that for everybody."""
        found = {row.price_class: row for row in self.rows if row.holds(on)}
        return found.get(price_class) or found.get(PriceClass.ANY)


def read_rule_file(text: str) -> RuleFile:
    """Reads and checks a file. Raises WrongRuleFile for what is no such file, WrongPriceRule and WrongPolicy as they are."""
    if len(text) > LIMIT_BYTES:
        raise WrongRuleFile("The file must be smaller than 200 KB")
    try:
        # Numbers with a point stay decimals, so that the form can refuse them by their place.
        given = json.loads(text, parse_float=Decimal)
    except (ValueError, RecursionError) as error:
        line = getattr(error, "lineno", 1)
        raise WrongRuleFile(f"The file must be JSON: line {line} cannot be read") from None
    return of_data(given)


def of_data(given: Any) -> RuleFile:
    """A file that was parsed already."""
    if not isinstance(given, dict):
        raise WrongRuleFile("The file must hold an object of JSON: a price rule, or one with a rule inside")
    if any(kind in given for kind in KINDS):
        check_rule(given)
        return RuleFile("", rule=given)
    held = [name for name in _HOLDS if name in given]
    if len(held) != 1:
        raise WrongRuleFile(f"The file must have exactly one of {', '.join(_HOLDS)}, or be a price rule itself")
    title = given.get("title", "")
    if not isinstance(title, str):
        raise WrongRuleFile("The title of the file must be text")
    if held == ["rule"]:
        check_rule(given["rule"])
        return RuleFile(title, rule=given["rule"])
    if held == ["cancellation"]:
        check_policy(given["cancellation"])
        return RuleFile(title, cancellation=given["cancellation"])
    return RuleFile(title, rows=_rows(given["rows"]))


def _rows(given: Any) -> tuple[Row, ...]:
    if not isinstance(given, list) or not given:
        raise WrongRuleFile("The rows of the file must be a list")
    rows = tuple(_row(row, number) for number, row in enumerate(given, start=1))
    for one, other in combinations(rows, 2):
        if one.price_class == other.price_class and one.overlaps(other):
            raise WrongRuleFile(f"Two rows for {one.price_class.words} hold on the same days. End the first one before")
    return rows


def _row(row: Any, number: int) -> Row:
    if not isinstance(row, dict) or not {"rule"} <= set(row) <= {"rule", "price_class", "valid_from", "valid_to"}:
        raise WrongRuleFile(f"Row {number} must have a rule, and may have price_class, valid_from and valid_to")
    code = row.get("price_class", PriceClass.ANY.code)
    price_class = PriceClass.of_code(code) if isinstance(code, str) else None
    if price_class is None:
        known = ", ".join(one.code for one in PriceClass)
        raise WrongRuleFile(f"The price_class of row {number} must be one of {known}")
    check_rule(row["rule"])
    begins, ends = _day(row, "valid_from", number), _day(row, "valid_to", number)
    if begins and ends and ends <= begins:
        raise WrongRuleFile(f"Row {number} must end after it starts")
    return Row(price_class, begins, ends, row["rule"])


def _day(row: Mapping[str, Any], name: str, number: int) -> date | None:
    if row.get(name) is None:
        return None
    try:
        return date.fromisoformat(row[name])
    except (TypeError, ValueError):
        raise WrongRuleFile(f"{name} of row {number} must be a date, like 2026-09-01") from None
