"""The smallest checks of a price rule, and those of what any rule may carry: limits, an addition, shares, assumptions."""

import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from catalogue.rules.facts import OF_RECORD
from marketplace.core.errors import WrongInput

REST, PLUS = "rest", "plus"
_AMOUNT = re.compile(r"\d{1,9}(\.\d{1,6})?")
_PERCENT = re.compile(r"\d{1,3}(\.\d{1,4})?%")
_NAME = re.compile(r"[a-z][a-z0-9_]{0,39}")


class WrongPriceRule(WrongInput):
    """A price rule that cannot be read; the message names the place in the rule and what would do."""

    code = "wrong_price_rule"


def wrong(where: str, must: str) -> WrongPriceRule:
    return WrongPriceRule(f"Price rule: {where} must {must}")


def check_name(value: Any, where: str) -> None:
    if not (isinstance(value, str) and _NAME.fullmatch(value)):
        raise wrong(where, "name a fact in small letters, like pupils or term_years")


def check_amount(value: Any, where: str) -> None:
    if not (isinstance(value, str) and value.isascii() and _AMOUNT.fullmatch(value)):
        raise wrong(where, 'be a decimal string, like "1150" or "9.50"')


def check_percent(value: Any, where: str) -> None:
    good = isinstance(value, str) and value.isascii() and _PERCENT.fullmatch(value)
    if not good or Decimal(value[:-1]) > 100:
        raise wrong(where, 'be a percentage of at most 100, like "5%"')


def check_words(value: Any, where: str) -> None:
    if not (isinstance(value, str) and 0 < len(value) <= 60):
        raise wrong(where, "be 1 to 60 characters")


def check_limits(rule: dict[str, Any], where: str) -> None:
    """``least`` and ``most``: decimal strings, the first not above the second."""
    for key in ("least", "most"):
        if key in rule:
            check_amount(rule[key], f"{key} of {where}")
    if "least" in rule and "most" in rule and Decimal(rule["least"]) > Decimal(rule["most"]):
        raise wrong(f"least of {where}", "not be above its most")


def check_plus(plus: Any, where: str) -> None:
    """``plus``: a percentage on top with the words of its step."""
    if not isinstance(plus, dict) or set(plus) != {"label", "percent"}:
        raise wrong(f"plus of {where}", 'be like {"label": "Brokerage", "percent": "15%"}')
    check_words(plus["label"], f"label of plus of {where}")
    check_percent(plus["percent"], f"plus of {where}")


def check_shares(rule: dict[str, Any], check_rule: Callable[[Any, str], None]) -> None:
    """``shares`` of the whole rule: who keeps which part of the price; exactly one has the rest."""
    shares = rule["shares"]
    if not isinstance(shares, dict) or list(shares.values()).count(REST) != 1:
        raise wrong("shares of the rule", 'be like {"hub": "15%", "home": "rest"}, with exactly one rest')
    for name, part in shares.items():
        check_name(name, "shares of the rule")
        if isinstance(part, dict):
            check_rule(part, f"share of {name} in the rule")
        elif part == PLUS and "plus" not in rule:
            raise wrong(f"share of {name}", "not be plus, as the rule has none")
        elif part not in (REST, PLUS):
            check_percent(part, f"share of {name}")
    percents = [Decimal(part[:-1]) for part in shares.values() if isinstance(part, str) and part.endswith("%")]
    if sum(percents, Decimal(0)) > 100:
        raise wrong("shares of the rule", "come to at most 100%")


def check_assumed(assumed: Any) -> None:
    """``assume``: facts taken for granted where nobody says otherwise: words, true or false, whole numbers as text."""
    if not isinstance(assumed, dict) or not assumed:
        raise wrong("assume of the rule", 'be like {"meetings": "1", "subscriber": true}')
    for fact, value in assumed.items():
        check_name(fact, "assume of the rule")
        if fact in OF_RECORD:
            raise wrong("assume of the rule", f"not name {fact}, which records hold")
        if not isinstance(value, str | bool):
            raise wrong("assume of the rule", "give words, true, false or numbers as text")
