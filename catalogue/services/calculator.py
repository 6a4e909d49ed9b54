"""The price calculator: a rule, facts as a person writes them down, a day; the total with its steps. Reads no database.

The command, the page and the API ask the same questions here. A file of ``docs/price-rules/`` holds one ``rule``, dated
``rows`` of a price list, or a ``cancellation`` policy (docs/price-rules.md).
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from catalogue.rules.classes import PriceClass
from catalogue.rules.context import NoPrice
from catalogue.rules.facts import MAX_COUNT, BuyerFacts, Counted, TrustCount, read_stated
from catalogue.rules.pricing import work_out
from catalogue.rules.quotes import Share, Step
from catalogue.rules.rule_form import Rule, check_rule, facts_used
from catalogue.services.policies_priced import owed_on
from catalogue.services.rule_files import RuleFile
from marketplace.core.errors import WrongInput
from marketplace.core.money import Money

AS_STATED = "as stated"
MAX_TERM_YEARS = 7
_OF_RECORD = ("price_class", "phase", "pupils", "pupils_source", "pupils_counted_on", "trust_pupils", "quantity")


class WrongFacts(WrongInput):
    """Facts that cannot be read."""

    code = "wrong_facts"


@dataclass(frozen=True)
class Calculation:
    """What something costs before VAT. The steps' pence add up to ``total``, and so do the shares where there are any."""

    total: Money
    steps: tuple[Step, ...]
    quantity: Decimal = Decimal(1)
    shares: tuple[Share, ...] = ()
    ignored: tuple[str, ...] = field(default=())

    def as_json(self) -> dict[str, Any]:
        """``total_pence`` and ``steps``, with ``shares`` in pence where the price is divided."""
        return {
            "total_pence": self.total.pence,
            "quantity": f"{self.quantity.normalize():f}",
            "steps": [step.as_json() for step in self.steps],
            **({"shares": {share.name: share.pence for share in self.shares}} if self.shares else {}),
            **({"ignored": list(self.ignored)} if self.ignored else {}),
        }


def read_facts_text(text: str) -> dict[str, Any]:
    """Facts as JSON, with decimals kept exactly. Raises WrongFacts for what is no object of JSON."""
    try:
        found = json.loads(text, parse_float=Decimal, parse_constant=_no_constant)
    except (ValueError, RecursionError):
        raise WrongFacts('The facts must be an object of JSON, like {"pupils": 420}') from None
    if not isinstance(found, dict):
        raise WrongFacts('The facts must be an object of JSON, like {"pupils": 420}')
    return found


def _no_constant(name: str) -> None:
    raise ValueError(name)


def calculate(*, rule: Rule, facts: Mapping[str, Any], on: date) -> Calculation:
    """What a rule comes to for these facts. Facts that the rule does not use are named in ``ignored``.

    Facts of record are given like any other here: ``price_class``, ``phase``, ``pupils`` (with ``pupils_source`` and
    ``pupils_counted_on``), ``trust_pupils`` (a total or a list by school), ``quantity``. Refuses what cannot be read.
    """
    check_rule(rule)
    buyer, quantity = buyer_of(facts, on)
    done = work_out(rule=rule, facts=buyer, quantity=quantity)
    known = {*facts_used(rule), "quantity"}
    ignored = tuple(name for name in facts if name not in known and name.partition("_")[0] not in known)
    return Calculation(done.net, tuple(done.steps), quantity, tuple(done.shares), ignored)


def calculate_file(*, file: RuleFile, facts: Mapping[str, Any], on: date) -> Calculation:
    """The same for a file: by its rule, by the row that holds on the day, or what cancelling on that day costs."""
    if file.cancellation is not None:
        total, steps = owed_on(policy=file.cancellation, facts=facts, on=on)
        return Calculation(total, steps)
    if file.rule is not None:
        return calculate(rule=file.rule, facts=facts, on=on)
    price_class = _price_class(facts)
    row = file.row_on(on, price_class)
    if row is None:
        words = f"The price list has no price for {price_class.one} on {on:%-d %B %Y}. Ask us for a quote."
        raise NoPrice(words)
    return calculate(rule=row.rule, facts=facts, on=on)


def buyer_of(raw: Mapping[str, Any], on: date) -> tuple[BuyerFacts, Decimal]:
    """The facts of a buyer as stated, those of record among them, and the quantity (1 unless said)."""
    rest = {name: value for name, value in raw.items() if name not in _OF_RECORD}
    stated = read_stated(rest)
    term = stated.pop("term_years", None)
    if term is not None and not (isinstance(term, Decimal) and term == int(term) and 1 <= term <= MAX_TERM_YEARS):
        raise WrongInput(f"The term must be a whole number of years from 1 to {MAX_TERM_YEARS}")
    phase = raw.get("phase") or ""
    if not isinstance(phase, str):
        raise WrongFacts("The phase must be a word, like primary")
    buyer = BuyerFacts(
        price_class=_price_class(raw),
        phase=phase.strip().lower(),
        pupils=_counted(raw, on),
        trust_pupils=_trust(raw, on),
        term_years=int(term) if isinstance(term, Decimal) else None,
        stated=stated,
    )
    return buyer, _quantity(raw.get("quantity"))


def class_of(code: str) -> PriceClass:
    """The price class of a code, ``any`` among them. Raises WrongFacts."""
    found = PriceClass.of_code(code)
    if found is None:
        raise WrongFacts(f"The price class must be one of {', '.join(one.code for one in PriceClass)}")
    return found


def _price_class(raw: Mapping[str, Any]) -> PriceClass:
    """Non-member where nothing is said."""
    given = raw.get("price_class") or PriceClass.NON_MEMBER.code
    found = PriceClass.of_code(given) if isinstance(given, str) else None
    if found is None or found is PriceClass.ANY:
        known = ", ".join(one.code for one in PriceClass.of_buyers())
        raise WrongFacts(f"The price class must be one of {known}")
    return found


def _whole(value: Any, words: str) -> int:
    """A whole number from 0 up to the most that is counted."""
    number = _number(value)
    if number is None or number != number.to_integral_value() or not 0 <= number <= MAX_COUNT:
        raise WrongFacts(f"The {words} must be a whole number from 0 to {MAX_COUNT:,}")
    return int(number)


def _number(value: Any) -> Decimal | None:
    if isinstance(value, bool) or not isinstance(value, int | str | Decimal):
        return None
    if isinstance(value, str) and not value.strip().isascii():
        return None
    try:
        found = Decimal(value)
    except InvalidOperation:
        return None
    return found if found.is_finite() else None


def _counted(raw: Mapping[str, Any], on: date) -> Counted | None:
    if raw.get("pupils") in (None, ""):
        return None
    day, source = raw.get("pupils_counted_on"), raw.get("pupils_source", AS_STATED)
    if not isinstance(source, str) or not 0 < len(source) <= 40:
        raise WrongFacts("The source of the pupil count must be 1 to 40 characters")
    try:
        counted_on = date.fromisoformat(day) if day else on
    except (TypeError, ValueError):
        raise WrongFacts("The day of the pupil count must be a date, like 2026-10-01") from None
    return Counted(_whole(raw["pupils"], "number of pupils"), source, counted_on)


def _trust(raw: Mapping[str, Any], on: date) -> TrustCount | None:
    """A total, or the pupils of each school."""
    given = raw.get("trust_pupils")
    if given in (None, "", []):
        return None
    each = given if isinstance(given, list) else [given]
    counts = tuple(Counted(_whole(one, "number of pupils of the trust"), AS_STATED, on) for one in each)
    return TrustCount("" if len(counts) == 1 else "the trust", counts)


def _quantity(value: Any) -> Decimal:
    if value in (None, ""):
        return Decimal(1)
    found = _number(value)
    if found is None:
        raise WrongFacts("The quantity must be a number, like 3 or 2.5")
    return found
