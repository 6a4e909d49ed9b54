"""The VAT treatment of a supply from its facts and the dated rules. Pure: no clock, no database.

Which rule wins, when several fit a supply on a day:

1. The rule of the earliest question (``Question``): whether anything is supplied at all comes before whether the
   supplier charges VAT, that before the place, and that before what is supplied.
2. Within a question the most specific one. What a rule names weighs: relation 32, place 16, kind of supply 8,
   supplier's standing 4, customer's standing 2, funding 1. Each weight is more than all later ones together.

Two rules that fit the same supply within one question and weigh the same name the same things, hence have the same
key, and the database lets only one rule of a key hold on a day. So there is at most one winner; where none fits, the
decision is refused rather than guessed.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from invoicing.vat.rules.kinds import FOLLOWING, Buyer, Funding, Place, Question, Relation, Standing, SupplyKind
from invoicing.vat.treatment import VatTreatment, vat_rate_on
from marketplace.core.errors import DomainError, WrongInput

NO_SUPPLY = "NS"
"""The category of a rule that refuses: there is no supply, so no invoice may be made."""


class NoVatRule(DomainError):
    """No rule fits the supply; nothing is assumed."""

    code = "no_vat_rule"


class NoSupply(DomainError):
    """In law nothing is supplied between these two, so nothing may be invoiced."""

    code = "no_supply"


@dataclass(frozen=True)
class Facts:
    """What is known of one supply. ``part_of`` says what travel or a fee belongs to. Names are for the sentences."""

    kind: SupplyKind
    standing: Standing
    place: Place = Place.UK
    relation: Relation = Relation.NONE
    funding: Funding = Funding.OWN
    buyer: Buyer = Buyer.OTHER
    part_of: SupplyKind | None = None
    supplier: str = "the supplier"
    customer: str = "the customer"


@dataclass(frozen=True)
class Rule:
    """One row of the rule table, over ``[valid_from, valid_to)``. ``category`` is an EN 16931 code or ``NO_SUPPLY``."""

    id: int
    question: Question
    category: str
    reason: str
    reason_code: str
    source: str
    valid_from: date
    valid_to: date | None = None
    kind: SupplyKind = SupplyKind.ANY
    standing: Standing = Standing.ANY
    place: Place = Place.ANY
    relation: Relation = Relation.ANY
    funding: Funding = Funding.ANY
    buyer: Buyer = Buyer.ANY

    def fits(self, facts: Facts, on: date) -> bool:
        """Whether it holds on the day and everything it names is so."""
        if on < self.valid_from or (self.valid_to is not None and on >= self.valid_to):
            return False
        return all(mine in (0, theirs) for mine, theirs in zip(self._named(), _known(facts), strict=True))

    @property
    def weight(self) -> int:
        """How specific it is: more is more."""
        return sum(weight for named, weight in zip(self._named(), (32, 16, 8, 4, 2, 1), strict=True) if named)

    def _named(self) -> tuple[int, ...]:
        return (self.relation, self.place, self.kind, self.standing, self.buyer, self.funding)


def _known(facts: Facts) -> tuple[int, ...]:
    return (facts.relation, facts.place, facts.kind, facts.standing, facts.buyer, facts.funding)


@dataclass(frozen=True)
class Decision:
    """The treatment, the rule that decided, and the sentence that a price's working shows."""

    treatment: VatTreatment
    rule: Rule

    @property
    def sentence(self) -> str:
        """ "VAT exempt: training by an eligible body"."""
        return self.treatment.words


def decide(facts: Facts, rules: Iterable[Rule], on: date) -> Decision:
    """How a supply is taxed on a day (its tax point).

    Raises NoSupply where the winning rule says that nothing is supplied, NoVatRule where no rule fits, and WrongInput
    for travel or a fee without what it belongs to.
    """
    asked = _of_what(facts)
    fitting = [rule for rule in rules if rule.fits(asked, on)]
    if not fitting:
        raise NoVatRule(
            f"No VAT rule says how {_lower(asked.kind.words)} by {asked.supplier} to {asked.customer} is taxed on "
            f"{on:%-d %B %Y} ({_lower(asked.standing.words)}, {_lower(asked.place.words)}). A finance manager adds a "
            "rule, or writes the treatment on the offer with its reason."
        )
    winner = min(fitting, key=lambda rule: (rule.question, -rule.weight))
    if winner.category == NO_SUPPLY:
        raise NoSupply(
            f"{asked.supplier} makes no supply to {asked.customer} ({winner.reason}), so nothing can be invoiced. "
            "Settle it by a journal, or choose another organisation to invoice.",
            reason=winner.reason,
        )
    return Decision(VatTreatment(winner.category, vat_rate_on(winner.category, on), winner.reason), winner)


def _of_what(facts: Facts) -> Facts:
    """Recharged travel takes the day's VAT, a cancellation fee that of what was cancelled."""
    if facts.kind not in FOLLOWING:
        return facts
    if facts.part_of is None or facts.part_of in FOLLOWING or facts.part_of == SupplyKind.ANY:
        raise WrongInput(f"{facts.kind.words} follows the VAT of what it belongs to. Say what that is.")
    return Facts(
        facts.part_of, facts.standing, facts.place, facts.relation, facts.funding, facts.buyer,
        supplier=facts.supplier, customer=facts.customer,
    )  # fmt: skip


def _lower(words: str) -> str:
    return words[:1].lower() + words[1:]
