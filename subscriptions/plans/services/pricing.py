"""What a level costs one school for a whole year: facts of record, the version's rule, VAT for each supply."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property

from catalogue.rules.classes import PriceClass
from catalogue.rules.facts import BuyerFacts
from catalogue.rules.pricing import work_out
from catalogue.rules.quotes import Step
from catalogue.rules.rule_form import facts_used
from catalogue.services.quotes import OF_TRUST, facts_of
from catalogue.services.quotes_many import QuotingMany
from catalogue.services.trusts import with_trust
from invoicing.vat.rules.kinds import SupplyKind
from invoicing.vat.standing import Ground, ground_for
from invoicing.vat.treatment import VatTreatment
from marketplace.core.money import Money, TaxedAmount
from marketplace.organisations.models import Organisation
from marketplace.organisations.queries import partnership
from marketplace.organisations.services.registry import terms_of
from subscriptions.agreements.queries import taxed
from subscriptions.plans.models import SUPPLIES, PlanVersion
from subscriptions.plans.rules.apportioning import read_parts, split
from subscriptions.tiers.queries import price_class_on


@dataclass(frozen=True)
class SupplyPart:
    """So many pence of the price are of one kind of supply; ``rule_id`` is the VAT rule that decided."""

    kind: str
    pence: int
    vat: VatTreatment
    rule_id: int | None

    @property
    def slot(self) -> int:
        """The same for the same kind of supply in every version, so that one follows the other in an agreement."""
        return int(SupplyKind[self.kind.upper()])


@dataclass(frozen=True)
class PlanPrice:
    """The price of a whole year before VAT. The steps' pence and the parts' pence each add up to ``net``."""

    version: PlanVersion
    net: Money
    steps: tuple[Step, ...]
    parts: tuple[SupplyPart, ...]

    @property
    def taxed(self) -> TaxedAmount:
        """With VAT per rate, as one invoice for the year would have it."""
        nets: dict[Decimal, int] = {}
        for part in self.parts:
            nets[part.vat.rate] = nets.get(part.vat.rate, 0) + part.pence
        return taxed(nets)

    @property
    def vat_steps(self) -> list[Step]:
        """The sentences about VAT; with several supplies each says of how much."""
        if len(self.parts) == 1:
            [only] = self.parts
            return [Step(only.vat.words, self.taxed.vat.pence)]
        return [
            Step(f"{SUPPLIES(part.kind).label}, {Money(part.pence)} of the price: {part.vat.words}", None)
            for part in self.parts
        ] + [Step("VAT", self.taxed.vat.pence)]


class PlanPricing:
    """Prices of one day for one school: what they need of the database is read once, however many levels there are.

    The price class is the one that the school has on the day whatever it subscribes to. VAT follows from who is invoiced.
    Among many schools, ``read`` is what was read for all of them, with the school's class; then ``invoice_to`` is said.
    """

    def __init__(
        self,
        *,
        organisation: Organisation,
        on: date,
        invoice_to: Organisation | None = None,
        read: tuple[QuotingMany, PriceClass] | None = None,
    ) -> None:
        self.organisation, self.on, self._invoice_to, self._read = organisation, on, invoice_to, read

    @cached_property
    def _facts(self) -> BuyerFacts:
        if self._read is not None:
            return self._read[0].facts_of(self.organisation, self._read[1], {"phase", "pupils"}, {})
        return facts_of(self.organisation, self.on, price_class_on(self.organisation, self.on), {})

    @cached_property
    def _facts_with_trust(self) -> BuyerFacts:
        if self._read is not None:
            return self._read[0].facts_of(self.organisation, self._read[1], {OF_TRUST}, {})
        return with_trust(self._facts, self.organisation, self.on)

    @cached_property
    def _ground(self) -> Ground:
        if self._read is not None and self._invoice_to is not None:
            return self._read[0].ground_of(self._invoice_to)
        customer = self._invoice_to or terms_of(self.organisation).invoice_to or self.organisation
        return ground_for(supplier=partnership(), customer=customer, on=self.on)

    def price(self, version: PlanVersion) -> PlanPrice:
        """The price of one version. Raises NoPrice and FactMissing in a school's words, NoVatRule and NoSupply."""
        facts = self._facts_with_trust if "trust_pupils" in facts_used(version.rule) else self._facts
        worked = work_out(rule=version.rule, facts=facts, quantity=Decimal(1))
        weights = read_parts(version.apportionment, SUPPLIES.values)
        parts = []
        for kind, pence in split(worked.net.pence, weights, version.benefit):
            decision = self._ground.decide(SupplyKind[kind.upper()])
            parts.append(SupplyPart(kind, pence, decision.treatment, decision.rule.id))
        return PlanPrice(version, worked.net, tuple(worked.steps), tuple(parts))

    def facts_json(self, version: PlanVersion) -> dict[str, object]:
        """What the price was worked out from, as the line keeps it: with the source and day of a count of pupils."""
        used = set(facts_used(version.rule))
        found: dict[str, object] = {}
        if "phase" in used:
            found["phase"] = self._facts.phase
        if "price_class" in used:
            found["price_class"] = self._facts.price_class.code
        if "pupils" in used and self._facts.pupils:
            count = self._facts.pupils
            found |= {"pupils": count.pupils, "source": count.source, "counted_on": count.counted_on.isoformat()}
        if "trust_pupils" in used and self._facts_with_trust.trust_pupils:
            found["trust_pupils"] = self._facts_with_trust.trust_pupils.pupils
        return found


def plan_price(version: PlanVersion, organisation: Organisation, on: date) -> PlanPrice:
    """What the version costs the organisation for a whole year, as of a day. As ``PlanPricing.price`` promises it."""
    return PlanPricing(organisation=organisation, on=on).price(version)
