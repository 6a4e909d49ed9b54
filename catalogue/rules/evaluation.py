"""What each kind of price rule comes to, in unrounded pounds with a sentence for each part."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal

from catalogue.rules.facts import BuyerFacts, Fact
from catalogue.rules.rule_form import Rule, kind_of
from catalogue.rules.words import count_words, join_or, percent_words, pounds_words, unit_words
from marketplace.core.errors import DomainError, WrongInput


class NoPrice(DomainError):
    """The price list says nothing for this buyer; nothing is assumed."""

    code = "no_price"


class FactMissing(WrongInput):
    """The price depends on a fact that is not known; ``fact`` in the facts names it."""

    code = "fact_missing"


@dataclass(frozen=True)
class Part:
    """A sentence and the unrounded pounds that it adds."""

    text: str
    pounds: Decimal


@dataclass(frozen=True)
class Context:
    """The facts and the number to be charged that one evaluation sees."""

    facts: BuyerFacts
    quantity: Decimal
    at_class_price: str

    def get(self, name: str) -> Fact | None:
        return self.quantity if name == "quantity" else self.facts.get(name)

    def number(self, name: str) -> Decimal:
        value = self.get(name)
        if isinstance(value, Decimal):
            return value
        many = unit_words(name, {})[1]
        if name == "pupils":
            raise FactMissing("No pupil count is on record for this school, and the price depends on it.", fact=name)
        raise FactMissing(f"Enter the number of {many}", fact=name)


def evaluate(rule: Rule, context: Context) -> list[Part]:
    """The parts of a rule with its floor, cap and discounts. Raises NoPrice where nothing fits."""
    if not _fits(rule.get("when", {}), context):
        raise NoPrice(_no_price_words(rule, context))
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
    return parts


def _bound(bound: object, context: Context) -> Decimal | None:
    if bound is None or isinstance(bound, str):
        return None if bound is None else Decimal(bound)
    assert isinstance(bound, list)  # noqa: S101  the form was checked
    fitting = (Decimal(entry["amount"]) for entry in bound if _fits(entry.get("when", {}), context))
    return next(fitting, None)


def _percent_for(table: Mapping[str, str], value: Fact | None) -> str | None:
    if isinstance(value, Decimal):
        return next((percent for key, percent in table.items() if key.isdigit() and Decimal(key) == value), None)
    return table.get(_word(value)) if isinstance(value, str | bool) else None


def _less_words(fact: str, value: Fact | None) -> str:
    if fact == "term_years":
        return f"for a term of {count_words(Decimal(str(value)), 'year', 'years')}"
    return f"for {fact.replace('_', ' ')} {_word(value)}"


def _word(value: Fact | None) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return f"{value.normalize():f}" if isinstance(value, Decimal) else str(value)


def _fits(when: Mapping[str, object], context: Context) -> bool:
    return all(_matches(context.get(fact), wanted) for fact, wanted in when.items())


def _matches(value: Fact | None, wanted: object) -> bool:
    """True where the fact is the wanted word, one of the words, in the range, or a list that holds it."""
    if isinstance(wanted, bool):
        return (value if isinstance(value, bool) else False) is wanted  # a fact not stated counts as no
    if isinstance(wanted, dict):
        if not isinstance(value, Decimal):
            return False
        above = "min" not in wanted or value >= Decimal(wanted["min"])
        return above and ("max" not in wanted or value <= Decimal(wanted["max"]))
    words = set(wanted) if isinstance(wanted, list) else {wanted}
    if value is None or isinstance(value, bool):
        return False
    return bool(words & set(value)) if isinstance(value, list) else _word(value) in words


def _flat(rule: Rule, context: Context) -> list[Part]:
    return [Part(rule.get("label", "Price") + context.at_class_price, Decimal(rule["flat"]))]


def _rate(rule: Rule, context: Context) -> list[Part]:
    fact, rate = rule["per"], Decimal(rule["rate"])
    one, many = unit_words(fact, rule)
    count = context.number(fact)
    beyond = Decimal(rule.get("beyond", "0"))
    count = max(count - beyond, Decimal(0))
    prefix = f"{rule['label']}: " if "label" in rule else ""
    suffix = context.at_class_price if fact == "quantity" else ""
    if fact == "pupils" and context.facts.pupils:
        suffix = f", {context.facts.pupils.words}"
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


def _ordinal(number: int) -> str:
    ending = "th" if number % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{ending}"


def _bands(rule: Rule, context: Context) -> list[Part]:
    value = context.number(rule["by"])
    one, many = unit_words(rule["by"], rule)
    said = count_words(value, one, many)
    if rule["by"] == "pupils" and context.facts.pupils:
        said += f", {context.facts.pupils.words}"
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
            return [Part(f"{rule.get('label', 'Band')} {name} ({said})", Decimal(band["price"]))]
        lower = top if top is not None else lower
    open_ended = "max" not in rule["bands"][-1]
    if rule.get("how") == "marginal" and (open_ended or value <= lower):
        return parts
    raise NoPrice(f"The price list ends at {lower:,} {many}, and this is for {said}. Ask us for a quote.")


def _packages(rule: Rule, context: Context) -> list[Part]:
    """The cheapest packages that make up exactly the number wanted."""
    wanted = context.number(rule["per"])
    one, many = unit_words(rule["per"], rule)
    if wanted != wanted.to_integral_value() or not 1 <= wanted <= 1000:
        raise WrongInput(f"The number of {many} must be a whole number from 1 to 1,000")
    sizes = {int(size): Decimal(amount) for size, amount in rule["packages"].items()}
    best: list[tuple[Decimal, int] | None] = [(Decimal(0), 0)]
    for count in range(1, int(wanted) + 1):
        options = [
            (before[0] + amount, size)
            for size, amount in sizes.items()
            if size <= count and (before := best[count - size]) is not None
        ]
        best.append(min(options, key=lambda option: (option[0], -option[1])) if options else None)
    if best[-1] is None:
        sold = join_or([str(size) for size in sorted(sizes)])
        raise NoPrice(f"{many[0].upper()}{many[1:]} are sold in packages of {sold}, which do not make {wanted}.")
    chosen: dict[int, int] = {}
    left = int(wanted)
    while left and (entry := best[left]) is not None:
        chosen[entry[1]] = chosen.get(entry[1], 0) + 1
        left -= entry[1]
    return [
        Part(
            f"{count_words(Decimal(times), 'package', 'packages')} of {count_words(Decimal(size), one, many)}"
            f" × {pounds_words(sizes[size])}",
            sizes[size] * times,
        )
        for size, times in sorted(chosen.items(), reverse=True)
    ]


def _items(rule: Rule, context: Context) -> list[Part]:
    chosen = context.get(rule["chosen"])
    if isinstance(chosen, str):
        chosen = [chosen]
    if not isinstance(chosen, list) or not chosen:
        raise FactMissing(f"Choose at least one of {join_or(list(rule['items']))}", fact=rule["chosen"])
    unknown = [name for name in chosen if name not in rule["items"] and name not in rule.get("elsewhere", [])]
    if unknown:
        raise NoPrice(f"There is no price for {join_or(unknown)}. Choose from {join_or(list(rule['items']))}.")
    parts = []
    for name in dict.fromkeys(chosen):
        giver = next((other for other in rule.get("free_with", {}).get(name, []) if other in chosen), None)
        if giver is not None:
            parts.append(Part(f"{name}, included with {giver}", Decimal(0)))
        elif name in rule["items"]:
            parts.append(Part(name, Decimal(rule["items"][name])))
    return parts


def _sum(rule: Rule, context: Context) -> list[Part]:
    """Parts whose ``when`` does not fit add nothing; at least one must fit."""
    fitting = [part for part in rule["sum"] if _fits(part.get("when", {}), context)]
    if not fitting:
        raise NoPrice(_no_price_words(rule, context))
    return [found for part in fitting for found in evaluate(part, context)]


def _first(rule: Rule, context: Context) -> list[Part]:
    for part in rule["first"]:
        if _fits(part.get("when", {}), context):
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
    said = [f"{name.replace('_', ' ')} {_said(context.get(name))}" for name in names]
    because = f" for {', '.join(said)}" if said else " for this school"
    return f"The price list has no price{because}. Ask us for a quote."


def _said(value: Fact | None) -> str:
    if value is None:
        return "not known"
    if isinstance(value, list):
        return join_or(value)
    return {"true": "yes", "false": "no"}.get(_word(value), _word(value))


_KINDS: dict[str, Callable[[Rule, Context], list[Part]]] = {
    "flat": _flat,
    "rate": _rate,
    "bands": _bands,
    "packages": _packages,
    "items": _items,
    "sum": _sum,
    "first": _first,
    "each": _each,
}
