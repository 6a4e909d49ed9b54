"""The one form of a price rule, checked. ``docs/price-rules.md`` explains it with examples.

A rule is a JSON object of exactly one kind (``flat``, ``rate``, ``bands``, ``packages``, ``items``,
``sum``, ``first``, ``each``); any of them may carry ``when``, ``label``, ``least``, ``most``, ``floor``, ``cap``,
``less`` and ``plus``; the outermost also ``shares`` and ``assume``. Amounts are pounds as decimal strings, never numbers
of JSON, so that no float can come in.
"""

from collections.abc import Callable, Iterator
from typing import Any

from catalogue.rules.facts import OF_RECORD
from catalogue.rules.rule_checks import (
    WrongPriceRule,
    check_amount,
    check_assumed,
    check_limits,
    check_name,
    check_percent,
    check_plus,
    check_shares,
    check_words,
    wrong,
)

__all__ = [
    "COUNTED",
    "KINDS",
    "Rule",
    "WrongPriceRule",
    "check_rule",
    "depends_on_quantity",
    "facts_asked",
    "facts_used",
    "kind_of",
    "nodes",
]

Rule = dict[str, Any]

KINDS = ("flat", "rate", "bands", "packages", "items", "sum", "first", "each")
COUNTED = ("per", "by", "each")
_COMMON = {"when", "label", "least", "most", "floor", "cap", "less", "plus", "unit", "units"}
_OF_THE_WHOLE = {"shares", "assume"}
_ALLOWED: dict[str, set[str]] = {
    "flat": set(),
    "rate": {"per", "beyond", "nth"},
    "bands": {"by", "how"},
    "packages": {"per"},
    "items": {"chosen", "free_with", "elsewhere"},
    "sum": set(),
    "first": set(),
    "each": {"of"},
}
_NEEDED: dict[str, set[str]] = {
    "rate": {"per"},
    "bands": {"by"},
    "packages": {"per"},
    "items": {"chosen"},
    "each": {"of"},
}
MAX_DEPTH = 6


def check_rule(rule: Any) -> None:
    """Refuses a rule that is not of the documented form, naming where."""
    _node(rule, "the rule", 1)
    if "shares" in rule:
        check_shares(rule, lambda part, where: _node(part, where, 2))
    if "assume" in rule:
        check_assumed(rule["assume"])


def kind_of(rule: Rule) -> str:
    return next(kind for kind in KINDS if kind in rule)


def _node(rule: Any, where: str, depth: int) -> None:
    if not isinstance(rule, dict):
        raise wrong(where, "be an object")
    if depth > MAX_DEPTH:
        raise wrong(where, f"be nested at most {MAX_DEPTH} deep")
    kinds = [kind for kind in KINDS if kind in rule]
    if len(kinds) != 1:
        raise wrong(where, f"have exactly one of {', '.join(KINDS)}")
    kind = kinds[0]
    unknown = set(rule) - {kind} - _COMMON - _ALLOWED[kind] - (_OF_THE_WHOLE if depth == 1 else set())
    if unknown:
        raise wrong(where, f"not have {', '.join(sorted(unknown))} beside {kind}")
    missing = _NEEDED.get(kind, set()) - set(rule)
    if missing:
        raise wrong(where, f"also have {', '.join(sorted(missing))} beside {kind}")
    for word in ("label", "unit", "units"):
        if word in rule:
            check_words(rule[word], f"{word} of {where}")
    _common(rule, where)
    _CHECKS[kind](rule, where, depth)


def _common(rule: Rule, where: str) -> None:
    if "when" in rule:
        _when(rule["when"], where)
    check_limits(rule, where)
    if "plus" in rule:
        check_plus(rule["plus"], where)
    for bound in ("floor", "cap"):
        if bound in rule:
            for entry in rule[bound] if isinstance(rule[bound], list) else [{"amount": rule[bound]}]:
                if not isinstance(entry, dict) or not {"amount"} <= set(entry) <= {"amount", "when"}:
                    raise wrong(f"{bound} of {where}", "be an amount, or a list of amounts with a when")
                check_amount(entry["amount"], f"{bound} of {where}")
                if "when" in entry:
                    _when(entry["when"], f"{bound} of {where}")
    if "less" in rule:
        if not isinstance(rule["less"], dict) or not rule["less"]:
            raise wrong(f"less of {where}", 'be like {"term_years": {"3": "5%"}}')
        for fact, table in rule["less"].items():
            check_name(fact, f"less of {where}")
            if not isinstance(table, dict) or not table:
                raise wrong(f"less of {where}", 'be like {"term_years": {"3": "5%"}}')
            for percent in table.values():
                check_percent(percent, f"less of {where}")


def _when(when: Any, where: str) -> None:
    if not isinstance(when, dict) or not when:
        raise wrong(f"when of {where}", 'be like {"phase": "primary"}')
    for fact, wanted in when.items():
        check_name(fact, f"when of {where}")
        if isinstance(wanted, dict):
            if not wanted or not set(wanted) <= {"min", "max"}:
                raise wrong(f"when of {where}", "give min, max or both for a range")
            for limit in wanted.values():
                check_amount(limit, f"when of {where}")
        elif isinstance(wanted, list):
            if not wanted or not all(isinstance(one, str) for one in wanted):
                raise wrong(f"when of {where}", "list words")
        elif not isinstance(wanted, str | bool):
            raise wrong(f"when of {where}", "compare with a word, true, false, a list of words or a range")


def _flat(rule: Rule, where: str, depth: int) -> None:
    check_amount(rule["flat"], f"flat of {where}")


def _rate(rule: Rule, where: str, depth: int) -> None:
    check_amount(rule["rate"], f"rate of {where}")
    check_name(rule["per"], f"per of {where}")
    if "beyond" in rule:
        check_amount(rule["beyond"], f"beyond of {where}")
    if "nth" in rule:
        nth = rule["nth"]
        if not isinstance(nth, dict) or set(nth) != {"from", "less"} or "beyond" in rule:
            raise wrong(f"nth of {where}", 'be like {"from": 2, "less": "20%"}, without beyond')
        if type(nth["from"]) is not int or nth["from"] < 2:
            raise wrong(f"nth of {where}", "begin at a whole number from 2 on")
        check_percent(nth["less"], f"nth of {where}")


def _bands(rule: Rule, where: str, depth: int) -> None:
    check_name(rule["by"], f"by of {where}")
    how = rule.get("how", "whole")
    if how not in ("whole", "marginal"):
        raise wrong(f"how of {where}", "be whole or marginal")
    money = "price" if how == "whole" else "rate"
    bands, before = rule["bands"], -1
    if not isinstance(bands, list) or not bands:
        raise wrong(f"bands of {where}", "be a list")
    for index, band in enumerate(bands):
        here = f"band {index + 1} of {where}"
        if not isinstance(band, dict) or not {money} <= set(band) <= {money, "max"}:
            raise wrong(here, f"have {money}, and max unless it is the last")
        check_amount(band[money], here)
        if "max" not in band:
            if index != len(bands) - 1:
                raise wrong(here, "have a max, as only the last band may be open")
        elif type(band["max"]) is not int or band["max"] <= before:
            raise wrong(here, "have a whole max above that of the band before")
        else:
            before = band["max"]


def _packages(rule: Rule, where: str, depth: int) -> None:
    check_name(rule["per"], f"per of {where}")
    if not isinstance(rule["packages"], dict) or not rule["packages"]:
        raise wrong(f"packages of {where}", 'be like {"6": "1656", "1": "276"}')
    for size, amount in rule["packages"].items():
        if not (size.isascii() and size.isdigit() and 1 <= int(size) <= 1000):
            raise wrong(f"packages of {where}", "have sizes from 1 to 1000")
        check_amount(amount, f"packages of {where}")


def _items(rule: Rule, where: str, depth: int) -> None:
    check_name(rule["chosen"], f"chosen of {where}")
    if not isinstance(rule["items"], dict) or not rule["items"]:
        raise wrong(f"items of {where}", "be names with their amounts")
    for amount in rule["items"].values():
        check_amount(amount, f"items of {where}")
    free_with = rule.get("free_with", {})
    if not isinstance(free_with, dict):
        raise wrong(f"free_with of {where}", "be names with the items beside which they are free")
    for free, with_any in free_with.items():
        known = isinstance(with_any, list) and all(isinstance(n, str) and n in rule["items"] for n in with_any)
        if free not in rule["items"] or not known:
            raise wrong(f"free_with of {where}", "name items of the same list")
    elsewhere = rule.get("elsewhere", [])
    if not isinstance(elsewhere, list) or not all(isinstance(name, str) for name in elsewhere):
        raise wrong(f"elsewhere of {where}", "list the names of items that another part prices")


def _list_of(kind: str) -> Callable[[Rule, str, int], None]:
    def check(rule: Rule, where: str, depth: int) -> None:
        if not isinstance(rule[kind], list) or not rule[kind]:
            raise wrong(f"{kind} of {where}", "be a list of rules")
        for index, part in enumerate(rule[kind]):
            _node(part, f"part {index + 1} of {where}", depth + 1)

    return check


def _each(rule: Rule, where: str, depth: int) -> None:
    check_name(rule["each"], f"each of {where}")
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
    shared = [part for part in rule.get("shares", {}).values() if isinstance(part, dict)]
    for part in [*rule.get("sum", []), *rule.get("first", []), *([rule["of"]] if "of" in rule else []), *shared]:
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
        if {"least", "most"} & set(node) and not set(COUNTED) & set(node):
            found["quantity"] = None
    return list(found)


def facts_asked(rule: Rule) -> list[str]:
    """Names of the facts that the buyer must or may state, because no record holds them."""
    return [name for name in facts_used(rule) if name not in OF_RECORD]


def depends_on_quantity(rule: Rule) -> bool:
    return "quantity" in facts_used(rule)
