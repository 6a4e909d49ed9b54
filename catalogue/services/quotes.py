"""The price for one buyer: facts gathered, the rule applied. Page, API and order make this same call."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import Any

from catalogue.models import CourseRun, Offer, Price
from catalogue.rules.classes import PriceClass
from catalogue.rules.evaluation import NoPrice
from catalogue.rules.facts import (
    BuyerFacts,
    Counted,
    FundedShare,
    IncludedPlaces,
    ThemeOff,
    ThemesOff,
    best_off,
    read_stated,
)
from catalogue.rules.phases import phase_of
from catalogue.rules.pricing import price
from catalogue.rules.quotes import Quote
from catalogue.rules.rule_form import facts_used
from catalogue.services.trusts import with_trust
from catalogue.services.vat import TreatmentOf, treatments_for
from invoicing.vat.rules.kinds import Funding
from marketplace.core.bulk import as_array, rows_prepared
from marketplace.core.errors import WrongInput
from marketplace.core.prepared import Columns
from marketplace.organisations.models import Organisation, School
from marketplace.organisations.queries import pupil_count_on

MAX_TERM_YEARS = 7
OF_TRUST = "trust_pupils"
OF_SCHOOL = {"phase", "pupils", OF_TRUST}


def price_row_on(*, offer: Offer, run: CourseRun | None, price_class: PriceClass, on: date) -> Price | None:
    """The row that holds on a day: the run's before the offer's, the class's own before ANY's."""
    return choose_price(prices_on([offer], on), run, price_class)


_PRICE = Columns(Price, "p")
_PRICES = f"""
SELECT {_PRICE.sql} FROM catalogue_price p CROSS JOIN (SELECT %s::date AS day) asked
WHERE p.offer_id = ANY(%s::bigint[]) AND p.valid_from <= asked.day AND (p.valid_to IS NULL OR p.valid_to > asked.day)
"""


def prices_on(offers: Sequence[Offer], on: date) -> list[Price]:
    """Every row of the price list that holds for the offers on a day."""
    rows = rows_prepared(_PRICES, [on, as_array({offer.pk for offer in offers})])
    return [price for row in rows if (price := _PRICE.made(row))]


def choose_price(rows: Sequence[Price], run: CourseRun | None, price_class: PriceClass) -> Price | None:
    """Of the rows that hold on one day: the run's before the offer's, the class's own before ANY's."""
    keys = [run.pk, 0] if run else [0]
    found = {(row.run_key, row.price_class): row for row in rows}
    for key in keys:
        for wanted in (price_class, PriceClass.ANY):
            if (row := found.get((key, int(wanted)))) is not None:
                return row
    return None


def quote_for(
    *,
    offer: Offer,
    run: CourseRun | None,
    organisation: Organisation,
    quantity: Decimal,
    on: date,
    price_class: PriceClass,
    included_places: IncludedPlaces | None = None,
    facts: Mapping[str, Any] | None = None,
    invoice_to: Organisation | None = None,
    funding: Funding | None = None,
    themes_off: ThemesOff | None = None,
) -> Quote:
    """What ``quantity`` costs ``organisation`` on a day, before VAT, with its steps.

    ``price_class``, ``included_places`` and ``themes_off`` come from the caller, who knows what was subscribed; ``facts``
    are those the school stated. VAT follows from who is invoiced (``invoice_to``, unless said as the organisation's terms
    have it) and from what is paid (``funding``). The pupil count is the latest on or before the day. Raises NoPrice,
    FactMissing or WrongInput in a school's words, NoVatRule or NoSupply where VAT cannot be decided; writes nothing.
    """
    quoting = Quoting(
        on=on, offers=[offer], customer=organisation, invoice_to=invoice_to, funding=funding, themes_off=themes_off
    )
    return quoting.quote(
        offer=offer,
        run=run,
        organisation=organisation,
        quantity=quantity,
        price_class=price_class,
        included_places=included_places,
        facts=facts,
    )


def quote_of(
    *,
    rows: Sequence[Price],
    offer: Offer,
    run: CourseRun | None,
    price_class: PriceClass,
    facts_of: Callable[[set[str]], BuyerFacts],
    quantity: Decimal,
    on: date,
    vat_of: TreatmentOf,
    included: IncludedPlaces | None = None,
    off: ThemeOff | None = None,
    funded: FundedShare | None = None,
) -> Quote:
    """One quote from what was read: the row of the class with the list price beside it, by the facts that its rules use.

    Raises NoPrice, FactMissing, NoVatRule and their like in a school's words.
    """
    row = choose_price(rows, run, price_class)
    if row is None:
        raise NoPrice(f"{offer.title} has no price for {price_class.one} on {on:%-d %B %Y}. Ask us for a quote.")
    listed = None
    if price_class != PriceClass.NON_MEMBER and row.price_class != PriceClass.ANY:
        listed = choose_price(rows, run, PriceClass.NON_MEMBER)
    vat = vat_of(offer)
    quote = price(
        rule=row.rule,
        facts=facts_of({*facts_used(row.rule), *(facts_used(listed.rule) if listed else ())}),
        quantity=quantity,
        on=on,
        vat=vat.treatment,
        list_rule=listed.rule if listed else None,
        included=included,
        price_id=row.pk,
        off=off,
        funded=funded,
    )
    return replace(quote, vat_rule_id=vat.rule_id, pinned=row.pinned and vat.used)


def refuse_signposted(offer: Offer) -> None:
    """Raises NoPrice for what is booked elsewhere."""
    if offer.signposted_url:
        raise NoPrice(f"{offer.title} is booked with {offer.provider.organisation.name}, not here.")


class Quoting:
    """Quotes of one day for one customer: what they need of the database is read once, however many they are.

    ``offers`` are those that may be quoted. VAT follows from who is invoiced: ``invoice_to``, or as the terms of
    ``customer`` have it; it is asked for when the first quote needs it. ``supplier`` is the partnership, where the caller
    has it at hand. ``themes_off`` is what each school's subscription takes off a theme, ``funded`` what a funder pays of an
    offer (by school and offer).
    """

    def __init__(
        self,
        *,
        on: date,
        offers: Sequence[Offer],
        customer: Organisation,
        invoice_to: Organisation | None = None,
        funding: Funding | None = None,
        supplier: Organisation | None = None,
        themes_off: ThemesOff | None = None,
        funded: Mapping[tuple[int, int], FundedShare] | None = None,
    ) -> None:
        self.on, self._offers = on, offers
        self._customer, self._invoice_to, self._funding = customer, invoice_to, funding
        self._supplier = supplier
        self._themes_off = themes_off or {}
        self._funded = dict(funded or {})
        self._rows: dict[int, list[Price]] = defaultdict(list)
        for row in prices_on(offers, on):
            self._rows[row.offer_id].append(row)
        self._of_record: dict[int, tuple[str, Counted | None]] = {}

    @cached_property
    def vat_of(self) -> TreatmentOf:
        return treatments_for(
            offers=self._offers,
            organisation=self._customer,
            on=self.on,
            invoice_to=self._invoice_to,
            funding=self._funding,
            supplier=self._supplier,
        )

    def quote(
        self,
        *,
        offer: Offer,
        run: CourseRun | None,
        organisation: Organisation,
        quantity: Decimal,
        price_class: PriceClass,
        included_places: IncludedPlaces | None = None,
        facts: Mapping[str, Any] | None = None,
    ) -> Quote:
        """One quote, as ``quote_for`` promises it."""
        refuse_signposted(offer)
        return quote_of(
            rows=self._rows[offer.pk],
            offer=offer,
            run=run,
            price_class=price_class,
            facts_of=lambda used: self._facts(organisation, price_class, facts or {}, used),
            quantity=quantity,
            on=self.on,
            vat_of=self.vat_of,
            included=included_places,
            off=best_off(offer.themes, self._themes_off.get(organisation.pk, {})),
            funded=self._funded.get((organisation.pk, offer.pk)),
        )

    def use_up(self, quote: Quote) -> None:
        """What a quote draws of a funder's package is not there for the next one."""
        if (used := quote.funded) is not None:
            for key, one in self._funded.items():
                if one.package == used.package:
                    self._funded[key] = replace(one, left=one.left - quote.charged)

    def _facts(
        self, organisation: Organisation, price_class: PriceClass, raw: Mapping[str, Any], used: set[str]
    ) -> BuyerFacts:
        """What the rule asks of the school's record is read once for each school, and not at all where it asks nothing."""
        if not used & OF_SCHOOL:
            return facts_of(None, self.on, price_class, raw)
        if organisation.pk not in self._of_record:
            found = facts_of(organisation, self.on, price_class, {})
            self._of_record[organisation.pk] = found.phase, found.pupils
        phase, pupils = self._of_record[organisation.pk]
        found = replace(facts_of(None, self.on, price_class, raw), phase=phase, pupils=pupils)
        return with_trust(found, organisation, self.on) if OF_TRUST in used else found


def facts_of(
    organisation: Organisation | None, on: date, price_class: PriceClass, raw: Mapping[str, Any]
) -> BuyerFacts:
    """The facts of record of a buyer with those stated; without an organisation the stated ones alone."""
    stated = read_stated(raw)
    term = stated.pop("term_years", None)
    if term is not None and not (isinstance(term, Decimal) and term == int(term) and 1 <= term <= MAX_TERM_YEARS):
        raise WrongInput(f"The term must be a whole number of years from 1 to {MAX_TERM_YEARS}")
    school = School.objects.filter(organisation=organisation).first() if organisation else None
    count = pupil_count_on(school, on) if school else None
    return BuyerFacts(
        price_class=price_class,
        phase=phase_of(type_code=school.type_code, phase_code=school.phase_code) if school else "",
        pupils=Counted(count.pupils, count.source, count.counted_on) if count else None,
        term_years=int(term) if isinstance(term, Decimal) else None,
        stated=stated,
    )
