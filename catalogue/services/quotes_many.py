"""The prices of the same offers for many schools: what they need of the database is read once for all of them."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal

from catalogue.models import Offer, Price
from catalogue.rules.classes import PriceClass
from catalogue.rules.evaluation import NoPrice
from catalogue.rules.facts import BuyerFacts, Counted
from catalogue.rules.phases import phase_of
from catalogue.rules.pricing import price
from catalogue.rules.quotes import Quote
from catalogue.rules.rule_form import facts_used
from catalogue.services.quotes import choose_price, prices_on
from catalogue.services.trusts import with_trust
from invoicing.vat.rules.deciding import Decision
from invoicing.vat.rules.kinds import SupplyKind
from invoicing.vat.standing import Ground, grounds_for
from invoicing.vat.treatment import VatTreatment, vat_rate_on
from marketplace.core.errors import DomainError
from marketplace.organisations.models import Organisation, PupilCount, School

ONE = Decimal(1)


def quotes_for_many(
    *,
    offers: Sequence[Offer],
    organisations: Sequence[Organisation],
    on: date,
    price_classes: Mapping[int, PriceClass],
    invoice_to: Mapping[int, Organisation],
    supplier: Organisation,
) -> dict[int, list[Quote] | DomainError]:
    """One of each offer for every organisation, by its id, as ``quote_for`` would quote it; or why it cannot be quoted.

    ``invoice_to`` says who is invoiced where that is not the organisation itself. Offers that the partnership
    (``supplier``) sells. Five queries however many organisations, and one more for each whose price asks for its trust.
    """
    rows: dict[int, list[Price]] = defaultdict(list)
    for row in prices_on(offers, on):
        rows[row.offer_id].append(row)
    of_trust = {row.pk for own in rows.values() for row in own if "trust_pupils" in facts_used(row.rule)}
    of_record = _facts_of_record(organisations, on)
    customers = {one.pk: invoice_to.get(one.pk, one) for one in organisations}
    grounds = grounds_for(supplier=supplier, customers=list({c.pk: c for c in customers.values()}.values()), on=on)
    found: dict[int, list[Quote] | DomainError] = {}
    for one in organisations:
        facts = replace(of_record[one.pk], price_class=price_classes[one.pk])
        quoting = _Quoting(one, facts, grounds[customers[one.pk].pk], on, of_trust)
        try:
            found[one.pk] = [quoting.quote(offer, rows[offer.pk]) for offer in offers]
        except DomainError as refused:
            found[one.pk] = refused
    return found


def _facts_of_record(organisations: Sequence[Organisation], on: date) -> dict[int, BuyerFacts]:
    """Phase and latest pupil count of each, two queries."""
    ids = [one.pk for one in organisations]
    latest = PupilCount.objects.filter(school_id__in=ids, counted_on__lte=on)
    counts = {
        one.school_id: Counted(one.pupils, one.source, one.counted_on)
        for one in latest.order_by("school_id", "-counted_on", "-pk").distinct("school_id")
    }
    schools = School.objects.filter(pk__in=ids).values_list("pk", "type_code", "phase_code")
    phases = {pk: phase_of(type_code=kind, phase_code=phase) for pk, kind, phase in schools}
    return {pk: BuyerFacts(PriceClass.NON_MEMBER, phases.get(pk, ""), counts.get(pk)) for pk in ids}


class _Quoting:
    """The quotes of one organisation on a day."""

    def __init__(
        self, organisation: Organisation, facts: BuyerFacts, ground: Ground, on: date, of_trust: set[int]
    ) -> None:
        self.of_trust = of_trust
        self.organisation, self.facts, self.ground, self.on = organisation, facts, ground, on
        self._decided: dict[str, Decision] = {}

    def quote(self, offer: Offer, rows: list[Price]) -> Quote:
        """Raises NoPrice, FactMissing, NoVatRule and their like in a school's words."""
        row = choose_price(rows, None, self.facts.price_class)
        if row is None:
            raise NoPrice(f"{offer.title} has no price for {self.facts.price_class.one} on {self.on:%-d %B %Y}.")
        listed = None
        if self.facts.price_class != PriceClass.NON_MEMBER and row.price_class != PriceClass.ANY:
            listed = choose_price(rows, None, PriceClass.NON_MEMBER)
        if self.facts.trust_pupils is None and row.pk in self.of_trust:
            self.facts = with_trust(self.facts, self.organisation, self.on)
        treatment, rule_id, used = self._vat(offer)
        quote = price(
            rule=row.rule,
            facts=self.facts,
            quantity=ONE,
            on=self.on,
            vat=treatment,
            list_rule=listed.rule if listed else None,
            price_id=row.pk,
        )
        return replace(quote, vat_rule_id=rule_id, pinned=row.pinned and used)

    def _vat(self, offer: Offer) -> tuple[VatTreatment, int | None, bool]:
        """The treatment, the rule that decided it, and whether that rule was used before."""
        if offer.vat_category:
            rate = vat_rate_on(offer.vat_category, self.on)
            return VatTreatment(offer.vat_category, rate, offer.vat_reason), None, True
        decision = self._decided.get(offer.supply_kind)
        if decision is None:
            decision = self._decided[offer.supply_kind] = self.ground.decide(SupplyKind[offer.supply_kind.upper()])
        return decision.treatment, decision.rule.id, decision.rule.id in self.ground.used
