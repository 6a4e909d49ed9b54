"""The price for one buyer: facts gathered, the rule applied. Page, API and order make this same call."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from catalogue.models import CourseRun, Offer, Price
from catalogue.rules.classes import PriceClass
from catalogue.rules.evaluation import NoPrice
from catalogue.rules.facts import BuyerFacts, Counted, IncludedPlaces, read_stated
from catalogue.rules.phases import phase_of
from catalogue.rules.pricing import price
from catalogue.rules.quotes import Quote
from catalogue.services.vat import vat_for
from invoicing.vat.rules.kinds import Funding
from marketplace.core.errors import WrongInput
from marketplace.organisations.models import Organisation, School
from marketplace.organisations.queries import pupil_count_on
from marketplace.organisations.services.people import on_day

MAX_TERM_YEARS = 7


def price_row_on(*, offer: Offer, run: CourseRun | None, price_class: PriceClass, on: date) -> Price | None:
    """The row that holds on a day: the run's before the offer's, the class's own before ANY's."""
    return choose_price(list(Price.objects.filter(on_day(on), offer=offer)), run, price_class)


def choose_price(rows: list[Price], run: CourseRun | None, price_class: PriceClass) -> Price | None:
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
) -> Quote:
    """What ``quantity`` costs ``organisation`` on a day, before VAT, with its steps.

    ``price_class`` and ``included_places`` come from the caller, who knows what was subscribed; ``facts``
    are those the school stated. VAT follows from who is invoiced (``invoice_to``, unless said as the organisation's terms
    have it) and from what is paid (``funding``). The pupil count is the latest on or before the day. Raises NoPrice,
    FactMissing or WrongInput in a school's words, NoVatRule or NoSupply where VAT cannot be decided; writes nothing.
    """
    rows = list(Price.objects.filter(on_day(on), offer=offer))
    row = choose_price(rows, run, price_class)
    if row is None:
        words = f"{offer.title} has no price for a {price_class.words} on {on:%-d %B %Y}. Ask us for a quote."
        raise NoPrice(words)
    listed = None
    if price_class != PriceClass.NON_MEMBER and row.price_class != PriceClass.ANY:
        listed = choose_price(rows, run, PriceClass.NON_MEMBER)
    vat = vat_for(offer=offer, organisation=organisation, on=on, invoice_to=invoice_to, funding=funding)
    quote = price(
        rule=row.rule,
        facts=facts_of(organisation, on, price_class, facts or {}),
        quantity=quantity,
        on=on,
        vat=vat.treatment,
        list_rule=listed.rule if listed else None,
        included=included_places,
        price_id=row.pk,
    )
    return replace(quote, vat_rule_id=vat.rule_id)


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
