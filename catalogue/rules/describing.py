"""A price rule in one line for people: ``£6.35 for each pupil, at least £750.00``; the whole of it stays readable as JSON."""

from collections.abc import Callable
from decimal import Decimal

from catalogue.rules.rule_form import Rule, kind_of
from catalogue.rules.words import count_words, pounds_words, unit_words


def rule_words(rule: Rule) -> str:
    """What a row of the price list says; for a rule of many parts its first ones and how many more there are."""
    words = _KIND_WORDS[kind_of(rule)](rule)
    for bound, text in (("floor", "at least"), ("cap", "at most")):
        if bound in rule:
            limit = rule[bound]
            words += f", {text} {pounds_words(Decimal(limit))}" if isinstance(limit, str) else f", {text} by kind"
    words += ", with discounts" if "less" in rule else ""
    words += f", plus {rule['plus']['percent']}" if "plus" in rule else ""
    return words


def _rate(rule: Rule) -> str:
    one = unit_words(rule["per"], rule)[0]
    more = f", {rule['nth']['less']} less from number {rule['nth']['from']}" if "nth" in rule else ""
    return f"{pounds_words(Decimal(rule['rate']))} for each {one}{more}"


def _bands(rule: Rule) -> str:
    money = "rate" if rule.get("how") == "marginal" else "price"
    many = unit_words(rule["by"], rule)[1]
    amounts = [Decimal(band[money]) for band in rule["bands"]]
    how = "each in its band" if money == "rate" else "for the whole band"
    return f"{len(amounts)} bands of {many}, {pounds_words(min(amounts))} to {pounds_words(max(amounts))} {how}"


def _packages(rule: Rule) -> str:
    many = unit_words(rule["per"], rule)[1]
    sizes = sorted(rule["packages"], key=int)
    return f"Packages of {', '.join(sizes)} {many}"


def _items(rule: Rule) -> str:
    return f"{count_words(len(rule['items']), 'item', 'items')} to choose from"


def _several(kind: str, joined: str) -> Callable[[Rule], str]:
    def words(rule: Rule) -> str:
        parts = [rule_words(part) for part in rule[kind][:2]]
        more = len(rule[kind]) - len(parts)
        return joined.join(parts) + (f"{joined}{more} more" if more > 0 else "")

    return words


def _each(rule: Rule) -> str:
    return f"For each {unit_words(rule['each'], rule)[0]}: {rule_words(rule['of'])}"


_KIND_WORDS: dict[str, Callable[[Rule], str]] = {
    "flat": lambda rule: pounds_words(Decimal(rule["flat"])),
    "rate": _rate,
    "bands": _bands,
    "packages": _packages,
    "items": _items,
    "sum": _several("sum", " + "),
    "first": _several("first", " or "),
    "each": _each,
}
