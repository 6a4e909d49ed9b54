"""What one evaluation of a price rule sees, and whether a condition of the rule fits it."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from catalogue.rules.facts import BuyerFacts, Fact
from catalogue.rules.words import join_or, number_words, unit_words
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
    """The facts, the number to be charged and the number ordered (more, where some are included)."""

    facts: BuyerFacts
    quantity: Decimal
    at_class_price: str
    ordered: Decimal

    def get(self, name: str) -> Fact | None:
        return self.quantity if name == "quantity" else self.facts.get(name)

    def number(self, name: str) -> Decimal:
        """The fact as a number. Raises FactMissing in the words of whoever must say it."""
        value = self.get(name)
        if isinstance(value, Decimal):
            return value
        if name == "pupils":
            raise FactMissing("No pupil count is on record for this school, and the price depends on it.", fact=name)
        if name == "trust_pupils":
            words = "The pupil counts of all schools of one trust are not on record, and the price depends on them."
            raise FactMissing(words, fact=name)
        raise FactMissing(f"Enter the number of {unit_words(name, {})[1]}", fact=name)


def fits(when: Mapping[str, object], context: Context) -> bool:
    """True where every fact named is as wanted."""
    return all(_matches(context.get(fact), wanted) for fact, wanted in when.items())


def _matches(value: Fact | None, wanted: object) -> bool:
    """True where the fact is the wanted word, one of the words, in the range, or a list that holds it.

    Capital and small letters are alike: "Primary" is "primary".
    """
    if isinstance(wanted, bool):
        return (value if isinstance(value, bool) else False) is wanted  # a fact not stated counts as no
    if isinstance(wanted, dict):
        if not isinstance(value, Decimal):
            return False
        above = "min" not in wanted or value >= Decimal(wanted["min"])
        return above and ("max" not in wanted or value <= Decimal(wanted["max"]))
    words = {str(one).casefold() for one in wanted} if isinstance(wanted, list) else {str(wanted).casefold()}
    if value is None or isinstance(value, bool):
        return False
    given = value if isinstance(value, list) else [fact_word(value)]
    return any(one.casefold() in words for one in given)


def fact_word(value: Fact | None) -> str:
    """A fact as a rule writes it: ``true``, ``2.5``, ``primary``."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return f"{value.normalize():f}" if isinstance(value, Decimal) else str(value)


def said(value: Fact | None) -> str:
    """A fact as a person reads it: ``yes``, ``2.5``, ``not known``."""
    if value is None:
        return "not known"
    if isinstance(value, list):
        return join_or(value)
    if isinstance(value, Decimal):
        return number_words(value)
    return {"true": "yes", "false": "no"}.get(fact_word(value), fact_word(value))
