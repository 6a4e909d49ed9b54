"""The one form of a price rule, checked. ``docs/price-rules.md`` explains it with examples.

A rule is a JSON object of exactly one kind (``flat``, ``rate``, ``bands``, ``packages``, ``items``,
``sum``, ``first``, ``each``); any of them may carry ``when``, ``label``, ``floor``, ``cap`` and ``less``.
Amounts are pounds as decimal strings, never numbers of JSON, so that no float can come in.
"""

import re
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

from catalogue.rules.facts import OF_RECORD
from marketplace.core.errors import WrongInput

Rule = dict[str, Any]

KINDS = ("flat", "rate", "bands", "packages", "items", "sum", "first", "each")
_COMMON = {"when", "label", "floor", "cap", "less"}
_ALLOWED: dict[str, set[str]] = {
    "flat": set(),
    "rate": {"per", "unit", "units", "beyond", "nth"},
    "bands": {"by", "how", "unit", "units"},
    "packages": {"per", "unit", "units"},
    "items": {"chosen", "free_with", "elsewhere"},
    "sum": set(),
    "first": set(),
    "each": {"of", "unit", "units"},
}
_NEEDED: dict[str, set[str]] = {
    "rate": {"per"},
    "bands": {"by"},
    "packages": {"per"},
    "items": {"chosen"},
    "each": {"of"},
}
_AMOUNT = re.compile(r"\d{1,9}(\.\d{1,6})?")
_PERCENT = re.compile(r"\d{1,3}(\.\d{1,4})?%")
_NAME = re.compile(r"[a-z][a-z0-9_]{0,39}")
MAX_DEPTH = 6


class WrongPriceRule(WrongInput):
    """A price rule that cannot be read; the message names the place in the rule and what would do."""

    code = "wrong_price_rule"


def check_rule(rule: Any) -> None:
    """Refuses a rule that is not of the documented form, naming where."""
    _node(rule, "the rule", 1)


def kind_of(rule: Rule) -> str:
    return next(kind for kind in KINDS if kind in rule)


def _wrong(where: str, must: str) -> WrongPriceRule:
    return WrongPriceRule(f"Price rule: {where} must {must}")


def _node(rule: Any, where: str, depth: int) -> None:
    if not isinstance(rule, dict):
        raise _wrong(where, "be an object")
    if depth > MAX_DEPTH:
        raise _wrong(where, f"be nested at most {MAX_DEPTH} deep")
    kinds = [kind for kind in KINDS if kind in rule]
    if len(kinds) != 1:
        raise _wrong(where, f"have exactly one of {', '.join(KINDS)}")
    kind = kinds[0]
    unknown = set(rule) - {kind} - _COMMON - _ALLOWED[kind]
    if unknown:
        raise _wrong(where, f"not have {', '.join(sorted(unknown))} beside {kind}")
    missing = _NEEDED.get(kind, set()) - set(rule)
    if missing:
        raise _wrong(where, f"also have {', '.join(sorted(missing))} beside {kind}")
    for word in ("label", "unit", "units"):
        if word in rule and not (isinstance(rule[word], str) and 0 < len(rule[word]) <= 60):
            raise _wrong(f"{word} of {where}", "be 1 to 60 characters")
    _common(rule, where)
    _CHECKS[kind](rule, where, depth)


def _common(rule: Rule, where: str) -> None:
    if "when" in rule:
        _when(rule["when"], where)
    for bound in ("floor", "cap"):
        if bound in rule:
            for entry in rule[bound] if isinstance(rule[bound], list) else [{"amount": rule[bound]}]:
                if not isinstance(entry, dict) or not {"amount"} <= set(entry) <= {"amount", "when"}:
                    raise _wrong(f"{bound} of {where}", "be an amount, or a list of amounts with a when")
                _amount(entry["amount"], f"{bound} of {where}")
                if "when" in entry:
                    _when(entry["when"], f"{bound} of {where}")
    if "less" in rule:
        if not isinstance(rule["less"], dict) or not rule["less"]:
            raise _wrong(f"less of {where}", 'be like {"term_years": {"3": "5%"}}')
        for fact, table in rule["less"].items():
            _name(fact, f"less of {where}")
            if not isinstance(table, dict) or not table:
                raise _wrong(f"less of {where}", 'be like {"term_years": {"3": "5%"}}')
            for percent in table.values():
                _percent(percent, f"less of {where}")


def _when(when: Any, where: str) -> None:
    if not isinstance(when, dict) or not when:
        raise _wrong(f"when of {where}", 'be like {"phase": "primary"}')
    for fact, wanted in when.items():
        _name(fact, f"when of {where}")
        if isinstance(wanted, dict):
            if not wanted or not set(wanted) <= {"min", "max"}:
                raise _wrong(f"when of {where}", "give min, max or both for a range")
            for limit in wanted.values():
                _amount(limit, f"when of {where}")
        elif isinstance(wanted, list):
            if not wanted or not all(isinstance(one, str) for one in wanted):
                raise _wrong(f"when of {where}", "list words")
        elif not isinstance(wanted, str | bool):
            raise _wrong(f"when of {where}", "compare with a word, true, false, a list of words or a range")


def _name(value: Any, where: str) -> None:
    if not (isinstance(value, str) and _NAME.fullmatch(value)):
        raise _wrong(where, "name a fact in small letters, like pupils or term_years")


def _amount(value: Any, where: str) -> None:
    if not (isinstance(value, str) and value.isascii() and _AMOUNT.fullmatch(value)):
        raise _wrong(where, 'be a decimal string, like "1150" or "9.50"')


def _percent(value: Any, where: str) -> None:
    good = isinstance(value, str) and value.isascii() and _PERCENT.fullmatch(value)
    if not good or Decimal(value[:-1]) > 100:
        raise _wrong(where, 'be a percentage of at most 100, like "5%"')


def _flat(rule: Rule, where: str, depth: int) -> None:
    _amount(rule["flat"], f"flat of {where}")


def _rate(rule: Rule, where: str, depth: int) -> None:
    _amount(rule["rate"], f"rate of {where}")
    _name(rule["per"], f"per of {where}")
    if "beyond" in rule:
        _amount(rule["beyond"], f"beyond of {where}")
    if "nth" in rule:
        nth = rule["nth"]
        if not isinstance(nth, dict) or set(nth) != {"from", "less"} or "beyond" in rule:
            raise _wrong(f"nth of {where}", 'be like {"from": 2, "less": "20%"}, without beyond')
        if type(nth["from"]) is not int or nth["from"] < 2:
            raise _wrong(f"nth of {where}", "begin at a whole number from 2 on")
        _percent(nth["less"], f"nth of {where}")


def _bands(rule: Rule, where: str, depth: int) -> None:
    _name(rule["by"], f"by of {where}")
    how = rule.get("how", "whole")
    if how not in ("whole", "marginal"):
        raise _wrong(f"how of {where}", "be whole or marginal")
    money = "price" if how == "whole" else "rate"
    bands, before = rule["bands"], -1
    if not isinstance(bands, list) or not bands:
        raise _wrong(f"bands of {where}", "be a list")
    for index, band in enumerate(bands):
        here = f"band {index + 1} of {where}"
        if not isinstance(band, dict) or not {money} <= set(band) <= {money, "max"}:
            raise _wrong(here, f"have {money}, and max unless it is the last")
        _amount(band[money], here)
        if "max" not in band:
            if index != len(bands) - 1:
                raise _wrong(here, "have a max, as only the last band may be open")
        elif type(band["max"]) is not int or band["max"] <= before:
            raise _wrong(here, "have a whole max above that of the band before")
        else:
            before = band["max"]


def _packages(rule: Rule, where: str, depth: int) -> None:
    _name(rule["per"], f"per of {where}")
    if not isinstance(rule["packages"], dict) or not rule["packages"]:
        raise _wrong(f"packages of {where}", 'be like {"6": "1656", "1": "276"}')
    for size, amount in rule["packages"].items():
        if not (size.isascii() and size.isdigit() and 1 <= int(size) <= 1000):
            raise _wrong(f"packages of {where}", "have sizes from 1 to 1000")
        _amount(amount, f"packages of {where}")


def _items(rule: Rule, where: str, depth: int) -> None:
    _name(rule["chosen"], f"chosen of {where}")
    if not isinstance(rule["items"], dict) or not rule["items"]:
        raise _wrong(f"items of {where}", "be names with their amounts")
    for amount in rule["items"].values():
        _amount(amount, f"items of {where}")
    for free, with_any in rule.get("free_with", {}).items():
        if free not in rule["items"] or not isinstance(with_any, list) or not set(with_any) <= set(rule["items"]):
            raise _wrong(f"free_with of {where}", "name items of the same list")
    elsewhere = rule.get("elsewhere", [])
    if not isinstance(elsewhere, list) or not all(isinstance(name, str) for name in elsewhere):
        raise _wrong(f"elsewhere of {where}", "list the names of items that another part prices")


def _list_of(kind: str) -> Callable[[Rule, str, int], None]:
    def check(rule: Rule, where: str, depth: int) -> None:
        if not isinstance(rule[kind], list) or not rule[kind]:
            raise _wrong(f"{kind} of {where}", "be a list of rules")
        for index, part in enumerate(rule[kind]):
            _node(part, f"part {index + 1} of {where}", depth + 1)

    return check


def _each(rule: Rule, where: str, depth: int) -> None:
    _name(rule["each"], f"each of {where}")
    _node(rule["of"], f"of in {where}", depth + 1)


_CHECKS: dict[str, Callable[[Rule, str, int], None]] = {
    "flat": _flat,
    "rate": _rate,
    "bands": _bands,
    "packages": _packages,
    "items": _items,
    "sum": _list_of("sum"),
    "first": _list_of("first"),
    "each": _each,
}


def nodes(rule: Rule) -> Iterator[Rule]:
    """The rule and every rule inside it, outermost first."""
    yield rule
    for part in [*rule.get("sum", []), *rule.get("first", []), *([rule["of"]] if "of" in rule else [])]:
        yield from nodes(part)


def facts_used(rule: Rule) -> list[str]:
    """Names of all facts that the price depends on, in order of appearance."""
    found: dict[str, None] = {}
    for node in nodes(rule):
        for key in ("per", "by", "chosen", "each"):
            if key in node:
                found[node[key]] = None
        bounds = [entry for bound in ("floor", "cap") for entry in node.get(bound, []) if isinstance(entry, dict)]
        for holder in [node, *bounds]:
            found.update(dict.fromkeys(holder.get("when", {})))
        found.update(dict.fromkeys(node.get("less", {})))
    return list(found)


def facts_asked(rule: Rule) -> list[str]:
    """Names of the facts that the buyer must or may state, because no record holds them."""
    return [name for name in facts_used(rule) if name not in OF_RECORD]


def depends_on_quantity(rule: Rule) -> bool:
    return "quantity" in facts_used(rule)
