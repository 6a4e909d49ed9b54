"""What each kind of price rule comes to, in unrounded pounds with a sentence for each part."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from decimal import Decimal

from catalogue.rules.choosing import items, packages
from catalogue.rules.context import Context, FactMissing, NoPrice, Part, fact_word, fits, said
from catalogue.rules.facts import Fact
from catalogue.rules.rule_form import COUNTED, Rule, kind_of
from catalogue.rules.words import count_words, percent_words, pounds_words, unit_words
from marketplace.core.errors import WrongInput

__all__ = ["Context", "FactMissing", "NoPrice", "NumberNotSold", "Part", "evaluate"]


class NumberNotSold(WrongInput):
    """Fewer or more than the price is for; ``fact`` in the facts names what is counted."""

    code = "number_not_sold"


def evaluate(rule: Rule, context: Context) -> list[Part]:
    """The parts of a rule with its floor, cap, discounts and addition. Raises NoPrice where nothing fits."""
    if not fits(rule.get("when", {}), context):
        raise NoPrice(_no_price_words(rule, context))
    _check_number(rule, context)
    parts = _KINDS[kind_of(rule)](rule, context)
    total = sum((part.pounds for part in parts), Decimal(0))
    for bound, text in (("floor", "Minimum charge"), ("cap", "Charged at most")):
        limit = _bound(rule.get(bound), context)
        if limit is not None and (total < limit if bound == "floor" else total > limit):
            parts.append(Part(f"{text} {pounds_words(limit)}", limit - total))
            total = limit
    for fact, table in rule.get("less", {}).items():
        if (percent := _percent_for(table, context.get(fact))) is not None:
            off = -total * Decimal(percent.rstrip("%")) / 100
            parts.append(Part(f"{percent_words(percent)} less {_less_words(fact, context.get(fact))}", off))
            total += off
    if plus := rule.get("plus"):
        percent = plus["percent"]
        added = total * Decimal(percent.rstrip("%")) / 100
        parts.append(Part(f"{plus['label']}, {percent_words(percent)} of {pounds_words(total)}", added))
    return parts


def _check_number(rule: Rule, context: Context) -> None:
    """Refuses fewer than ``least`` or more than ``most`` of what the rule counts, else of what is ordered."""
    if "least" not in rule and "most" not in rule:
        return
    name = next((rule[key] for key in COUNTED if key in rule), "quantity")
    number = context.ordered if name == "quantity" else context.number(name)
    one, many = unit_words(name, rule)
    for key, wrong, words in (("least", number.__lt__, "at least"), ("most", number.__gt__, "at most")):
        if key in rule and wrong(Decimal(rule[key])):
            bound = count_words(Decimal(rule[key]), one, many)
            raise NumberNotSold(
                f"This price is for {words} {bound}, and you asked for {count_words(number, one, many)}. "
                "Change the number, or ask us for a quote.",
                fact=name,
            )


def _bound(bound: object, context: Context) -> Decimal | None:
    if bound is None or isinstance(bound, str):
        return None if bound is None else Decimal(bound)
    assert isinstance(bound, list)  # noqa: S101  the form was checked
    fitting = (Decimal(entry["amount"]) for entry in bound if fits(entry.get("when", {}), context))
    return next(fitting, None)


def _percent_for(table: Mapping[str, str], value: Fact | None) -> str | None:
    if isinstance(value, Decimal):
        return next((percent for key, percent in table.items() if key.isdigit() and Decimal(key) == value), None)
    return table.get(fact_word(value)) if isinstance(value, str | bool) else None


def _less_words(fact: str, value: Fact | None) -> str:
    if fact == "term_years":
        return f"for a term of {count_words(Decimal(str(value)), 'year', 'years')}"
    return f"for {fact.replace('_', ' ')} {fact_word(value)}"


def _flat(rule: Rule, context: Context) -> list[Part]:
    return [Part(rule.get("label", "Price") + context.at_class_price, Decimal(rule["flat"]))]


def _rate(rule: Rule, context: Context) -> list[Part]:
    fact, rate = rule["per"], Decimal(rule["rate"])
    one, many = unit_words(fact, rule)
    count = context.number(fact)
    beyond = Decimal(rule.get("beyond", "0"))
    count = max(count - beyond, Decimal(0))
    prefix = f"{rule['label']}: " if "label" in rule else ""
    suffix = context.at_class_price if fact == "quantity" else _source(fact, context)
    if beyond:
        suffix += f", beyond the first {count_words(beyond, one, many)}"

    def part(number: Decimal, each: Decimal, note: str = "") -> Part:
        text = f"{prefix}{count_words(number, one, many)} × {pounds_words(each)}{note}{suffix}"
        return Part(text, number * each)

    if "nth" in rule and count >= (first := Decimal(rule["nth"]["from"])):
        percent = rule["nth"]["less"]
        reduced = rate * (1 - Decimal(percent.rstrip("%")) / 100)
        full = first - 1
        note = f" ({percent_words(percent)} less from the {_ordinal(int(first))})"
        return [part(full, rate), part(count - full, reduced, note)]
    return [part(count, rate)]


def _source(fact: str, context: Context) -> str:
    """Where a count on record comes from, to go on a sentence."""
    known = {"pupils": context.facts.pupils, "trust_pupils": context.facts.trust_pupils}.get(fact)
    return f", {known.words}" if known else ""


def _ordinal(number: int) -> str:
    ending = "th" if number % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{ending}"


def _bands(rule: Rule, context: Context) -> list[Part]:
    value = context.number(rule["by"])
    one, many = unit_words(rule["by"], rule)
    counted = count_words(value, one, many) + _source(rule["by"], context)
    lower, parts = 0, []
    for band in rule["bands"]:
        top = band.get("max")
        name = f"{lower + 1:,} to {top:,} {many}" if top is not None else f"more than {lower:,} {many}"
        if rule.get("how") == "marginal":
            within = (value if top is None else min(value, Decimal(top))) - lower
            if within > 0:
                rate = Decimal(band["rate"])
                text = f"{count_words(within, one, many)} × {pounds_words(rate)}, band {name}"
                parts.append(Part(text, within * rate))
        elif top is None or value <= top:
            return [Part(f"{rule.get('label', 'Band')} {name} ({counted})", Decimal(band["price"]))]
        lower = top if top is not None else lower
    open_ended = "max" not in rule["bands"][-1]
    if rule.get("how") == "marginal" and (open_ended or value <= lower):
        return parts
    raise NoPrice(f"The price list ends at {lower:,} {many}, and this is for {counted}. Ask us for a quote.")


def _sum(rule: Rule, context: Context) -> list[Part]:
    """Parts whose ``when`` does not fit add nothing; at least one must fit."""
    fitting = [part for part in rule["sum"] if fits(part.get("when", {}), context)]
    if not fitting:
        raise NoPrice(_no_price_words(rule, context))
    return [found for part in fitting for found in evaluate(part, context)]


def _first(rule: Rule, context: Context) -> list[Part]:
    for part in rule["first"]:
        if fits(part.get("when", {}), context):
            return evaluate(part, context)
    raise NoPrice(_no_price_words(rule, context))


def _each(rule: Rule, context: Context) -> list[Part]:
    count = context.number(rule["each"])
    one, many = unit_words(rule["each"], rule)
    inner = evaluate(rule["of"], replace(context, quantity=Decimal(1)))
    if count == 1:
        return inner
    return [Part(f"{part.text}, for each of {count_words(count, one, many)}", part.pounds * count) for part in inner]


def _no_price_words(rule: Rule, context: Context) -> str:
    """Names the facts that the rule looked at, so that a person sees why nothing fits."""
    looked = [
        rule.get("when", {}),
        *(part.get("when", {}) for part in [*rule.get("first", []), *rule.get("sum", [])]),
    ]
    names = [name for name in dict.fromkeys(name for when in looked for name in when) if name != "quantity"]
    known = [f"{name.replace('_', ' ')} {said(context.get(name))}" for name in names]
    because = f" for {', '.join(known)}" if known else " for this school"
    return f"The price list has no price{because}. Ask us for a quote."


_KINDS: dict[str, Callable[[Rule, Context], list[Part]]] = {
    "flat": _flat,
    "rate": _rate,
    "bands": _bands,
    "packages": packages,
    "items": items,
    "sum": _sum,
    "first": _first,
    "each": _each,
}
