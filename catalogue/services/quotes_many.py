"""Prices for many schools: what they need of the database is read once for all of them."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import Any

from catalogue.models import Offer, Price
from catalogue.rules.classes import PriceClass
from catalogue.rules.facts import BuyerFacts, Counted, TrustCount
from catalogue.rules.phases import phase_of
from catalogue.rules.quotes import Quote
from catalogue.services.quotes import OF_SCHOOL, OF_TRUST, facts_of, prices_on, quote_of, refuse_signposted
from catalogue.services.trusts import trust_counts_on, with_trust
from catalogue.services.vat import OfferVat, TreatmentOf, treatments_on
from invoicing.vat.rules.deciding import Decision
from invoicing.vat.rules.kinds import SupplyKind
from invoicing.vat.standing import Ground, Known, grounds_for, known_of_each
from invoicing.vat.treatment import VatTreatment, vat_rate_on
from marketplace.core.errors import DomainError
from marketplace.organisations.models import Organisation, PupilCount, School
from marketplace.organisations.queries import partnership

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


class QuotingMany:
    """Quotes of one day for many customers, each of what it asks for, as ``Quoting`` would quote them.

    ``offers`` are those that may be quoted, ``organisations`` those for whom, ``customers`` those who may be invoiced.
    What is needed of the database is read once for all of them, when the first quote needs it.
    """

    def __init__(
        self,
        *,
        on: date,
        offers: Sequence[Offer],
        organisations: Sequence[Organisation],
        customers: Sequence[Organisation],
    ) -> None:
        self.on, self._offers = on, list({one.pk: one for one in offers}.values())
        self._organisations = list({one.pk: one for one in organisations}.values())
        self._customers = list({one.pk: one for one in customers}.values())
        self._treatments: dict[int, TreatmentOf] = {}

    def quote(
        self,
        *,
        offer: Offer,
        organisation: Organisation,
        invoiced: Organisation,
        quantity: Decimal,
        price_class: PriceClass,
        facts: Mapping[str, Any],
    ) -> Quote:
        """One quote. Raises what ``quote_for`` raises."""
        refuse_signposted(offer)
        return quote_of(
            rows=self._rows[offer.pk],
            offer=offer,
            run=None,
            price_class=price_class,
            facts_of=lambda used: self.facts_of(organisation, price_class, used, facts),
            quantity=quantity,
            on=self.on,
            vat_of=lambda one: self.vat_of(one, invoiced),
        )

    def facts_of(
        self, organisation: Organisation, price_class: PriceClass, used: set[str], stated: Mapping[str, Any]
    ) -> BuyerFacts:
        """What was stated, with what is used of the record."""
        found = facts_of(None, self.on, price_class, stated)
        if not used & OF_SCHOOL:
            return found
        own = self._of_record[organisation.pk]
        found = replace(found, phase=own.phase, pupils=own.pupils)
        return replace(found, trust_pupils=self._trusts[organisation.pk]) if OF_TRUST in used else found

    def vat_of(self, offer: Offer, invoiced: Organisation) -> OfferVat:
        """How the offer is taxed for whoever is invoiced. Raises what ``vat_for`` raises."""
        if offer.vat_category:
            return treatments_on({}, self.on)(offer)
        if invoiced.pk not in self._treatments:
            ours = self.ground_of(invoiced)
            grounds: dict[int | None, Ground] = {None: ours}
            grounds |= {pk: replace(ours, supplier=known) for pk, known in self._sellers.items()}
            self._treatments[invoiced.pk] = treatments_on(grounds, self.on)
        return self._treatments[invoiced.pk](offer)

    def ground_of(self, invoiced: Organisation) -> Ground:
        """What a decision about VAT needs beside the supply."""
        return self._grounds[invoiced.pk]

    @cached_property
    def _rows(self) -> dict[int, list[Price]]:
        found: dict[int, list[Price]] = defaultdict(list)
        for row in prices_on(self._offers, self.on):
            found[row.offer_id].append(row)
        return found

    @cached_property
    def _of_record(self) -> dict[int, BuyerFacts]:
        return _facts_of_record(self._organisations, self.on)

    @cached_property
    def _trusts(self) -> dict[int, TrustCount | None]:
        return trust_counts_on(self._organisations, self.on)

    @cached_property
    def _grounds(self) -> dict[int, Ground]:
        return grounds_for(supplier=partnership(), customers=self._customers, on=self.on)

    @cached_property
    def _sellers(self) -> dict[int, Known]:
        """How those in whose name we sell stand."""
        found = Organisation.objects.in_bulk({one.sold_by_id for one in self._offers if one.sold_by_id})
        return known_of_each(list(found.values()), self.on) if found else {}
