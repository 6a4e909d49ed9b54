"""The sheet of prices: one line for each row of a price list, by offer, date, class and first day.

A simple price stands in ``price`` and ``per`` (empty: once; quantity, pupils, staff …); any other as JSON in ``rule``.
``used`` is for reading. A new line is a new price; of one that stands only the open end may be set.
"""

import json
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

from catalogue.models import Offer, Price
from catalogue.offer_queries import writable_for
from catalogue.rules.classes import PriceClass
from catalogue.rules.rule_form import Rule, check_rule
from catalogue.services.prices import add_price, end_price
from catalogue.sheets.reading import CellWrong, Line, day_of, one_of, text_of
from marketplace.core.actors import Actor
from marketplace.core.errors import WrongInput

NAME = "prices"
NEEDED = ("offer", "for", "from")
FOR_READING = ("used",)
COLUMNS = ("offer", "date", "for", "from", "ends_before", "price", "per", "unit", "rule", "used")
_CODES = {one.code: one for one in PriceClass}


def rows(actor: Actor) -> Iterator[list[str]]:
    """The lines of all price lists of offers that the actor may change."""
    found = Price.objects.filter(offer__in=writable_for(actor)).select_related("offer", "run")
    for price in found.order_by("offer__code", "run_key", "price_class", "valid_from"):
        yield [
            price.offer.code, price.run.code if price.run else "", PriceClass(price.price_class).code,
            f"{price.valid_from:%d/%m/%Y}", f"{price.valid_to:%d/%m/%Y}" if price.valid_to else "",
            *simple_cells(price.rule), "yes" if price.pinned else "no",
        ]  # fmt: skip


def simple_cells(rule: Rule) -> list[str]:
    """``price``, ``per``, ``unit`` and ``rule``: the first three where they say it all, else the last."""
    if set(rule) == {"flat"}:
        return [rule["flat"], "", "", ""]
    if {"rate", "per"} <= set(rule) <= {"rate", "per", "unit"}:
        return [rule["rate"], rule["per"], rule.get("unit", ""), ""]
    return ["", "", "", json.dumps(rule, ensure_ascii=False)]


def rule_of(line: Line) -> Rule:
    """The rule of a line's cells, checked."""
    if line.text("rule"):
        if line.text("price") or line.text("per"):
            raise CellWrong("rule", "Write the price in price and per, or the rule here, not both")
        rule = line.read("rule", _json)
        return line_checked(line, "rule", rule)
    amount = line.text("price").replace("£", "").replace(",", "").strip()
    if not amount:
        raise CellWrong("price", "Enter the price, or its rule as JSON in rule")
    if not line.text("per"):
        return line_checked(line, "price", {"flat": amount})
    unit = {"unit": line.read("unit", text_of("Unit", 60))} if line.text("unit") else {}
    return line_checked(line, "price", {"rate": amount, "per": line.text("per").lower(), **unit})


def line_checked(line: Line, column: str, rule: Rule) -> Rule:
    try:
        check_rule(rule)
    except WrongInput as error:
        raise CellWrong(column, error.message) from None
    return rule


def _json(value: str) -> Any:
    try:
        return json.loads(value, parse_float=Decimal)
    except (ValueError, RecursionError):
        raise WrongInput('Rule must be JSON, like {"rate": "9.50", "per": "staff"}') from None


class PriceWriter:
    """Writes lines of this sheet; reads what all of them need once."""

    def __init__(self, actor: Actor) -> None:
        self.actor = actor
        self.offers = {one.code: one for one in writable_for(actor)}
        known = Price.objects.filter(offer__in=[one.pk for one in self.offers.values()]).select_related("offer", "run")
        self.prices = {(p.offer.code, p.run.code if p.run else "", p.price_class, p.valid_from): p for p in known}

    def key(self, line: Line) -> tuple[Any, ...]:
        begins = line.read("from", day_of("From"))
        if begins is None:
            raise CellWrong("from", "Enter the day from which the price holds")
        price_class = _CODES[line.read("for", one_of("For", _CODES))]
        return (line.text("offer"), line.text("date"), int(price_class), begins)

    def write(self, line: Line) -> str:
        """``added``, ``changed`` or ``same``."""
        key = self.key(line)
        offer = self.offers.get(key[0])
        if offer is None:
            raise CellWrong("offer", "There is no offer with this code. Bring in the sheet of offers first")
        ends, rule = line.read("ends_before", day_of("Ends before")), rule_of(line)
        standing = self.prices.get(key)
        if standing is None:
            return self._add(offer, line, key, ends, rule)
        if standing.rule != rule:
            column = "rule" if line.text("rule") else "price"
            raise CellWrong(column, "A price that stands is not rewritten. End it, and add a line from the next day on")
        if standing.valid_to == ends or not line.has("ends_before"):
            return "same"
        if ends is None:
            raise CellWrong("ends_before", "This price has an end already. Add a line for the days after it")
        end_price(price=standing, valid_to=ends, actor=self.actor)
        return "changed"

    def _add(self, offer: Offer, line: Line, key: tuple[Any, ...], ends: date | None, rule: Rule) -> str:
        run = offer.runs.filter(code=key[1]).first() if key[1] else None
        if key[1] and run is None:
            raise CellWrong("date", f"{offer.code} has no date with this code. Bring in the sheet of dates first")
        add_price(
            offer=offer, run=run, price_class=PriceClass(key[2]), valid_from=key[3], valid_to=ends, rule=rule,
            actor=self.actor,
        )  # fmt: skip
        return "added"
