"""The prices of the same offers for many schools: what they need of the database is read once for all of them."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal

from catalogue.models import Offer, Price
from catalogue.rules.classes import PriceClass
from catalogue.rules.facts import BuyerFacts, Counted
from catalogue.rules.phases import phase_of
from catalogue.rules.quotes import Quote
from catalogue.services.quotes import OF_TRUST, prices_on, quote_of
from catalogue.services.trusts import with_trust
from catalogue.services.vat import OfferVat
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
    of_record = _facts_of_record(organisations, on)
    customers = {one.pk: invoice_to.get(one.pk, one) for one in organisations}
    grounds = grounds_for(supplier=supplier, customers=list({c.pk: c for c in customers.values()}.values()), on=on)
    found: dict[int, list[Quote] | DomainError] = {}
    for one in organisations:
        facts = replace(of_record[one.pk], price_class=price_classes[one.pk])
        quoting = _Quoting(one, facts, grounds[customers[one.pk].pk], on)
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

    def __init__(self, organisation: Organisation, facts: BuyerFacts, ground: Ground, on: date) -> None:
        self.organisation, self.facts, self.ground, self.on = organisation, facts, ground, on
        self._decided: dict[str, Decision] = {}

    def quote(self, offer: Offer, rows: list[Price]) -> Quote:
        """As ``quote_of`` promises it."""
        return quote_of(
            rows=rows,
            offer=offer,
            run=None,
            price_class=self.facts.price_class,
            facts_of=self._facts,
            quantity=ONE,
            on=self.on,
            vat_of=self._vat,
        )

    def _facts(self, used: set[str]) -> BuyerFacts:
        """The facts of record; those of the trust where a rule asks for them, read once."""
        if OF_TRUST in used and self.facts.trust_pupils is None:
            self.facts = with_trust(self.facts, self.organisation, self.on)
        return self.facts

    def _vat(self, offer: Offer) -> OfferVat:
        """The treatment, the rule that decided it, and whether that rule was used before."""
        if offer.vat_category:
            rate = vat_rate_on(offer.vat_category, self.on)
            return OfferVat(VatTreatment(offer.vat_category, rate, offer.vat_reason), None, True)
        decision = self._decided.get(offer.supply_kind)
        if decision is None:
            decision = self._decided[offer.supply_kind] = self.ground.decide(SupplyKind[offer.supply_kind.upper()])
        return OfferVat(decision.treatment, decision.rule.id, decision.rule.id in self.ground.used)
