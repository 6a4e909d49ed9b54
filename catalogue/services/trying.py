"""Trying prices without keeping anything: what an offer costs a buyer, and what a new price would cost example schools."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from catalogue.models import CourseRun, Offer, Price
from catalogue.rules.classes import PriceClass
from catalogue.rules.evaluation import NoPrice
from catalogue.rules.pricing import work_out
from catalogue.rules.rule_form import Rule
from catalogue.services.calculator import Calculation, calculate
from catalogue.services.quotes import choose_price, facts_of
from catalogue.services.trusts import with_trust
from catalogue.services.vat import treatments_for
from invoicing.vat.treatment import VatTreatment
from marketplace.core.errors import DomainError
from marketplace.core.money import TaxedAmount
from marketplace.organisations.models import Organisation
from marketplace.organisations.services.people import on_day


@dataclass(frozen=True)
class Tried:
    """A price with VAT where it can be decided; ``vat_refusal`` says why it cannot."""

    calculation: Calculation
    price: Price | None = None
    vat: VatTreatment | None = None
    vat_refusal: str = ""

    @property
    def taxed(self) -> TaxedAmount | None:
        """Net, VAT and gross, where the VAT is decided."""
        return TaxedAmount.at(self.calculation.total, self.vat.rate) if self.vat else None


@dataclass(frozen=True)
class Sample:
    """What one school would pay by a price that is not saved yet, or why there is no price for it."""

    organisation: Organisation
    calculation: Calculation | None
    refusal: str = ""


def try_offer(
    *,
    offer: Offer,
    price_class: PriceClass,
    facts: Mapping[str, Any],
    quantity: Decimal,
    on: date,
    organisation: Organisation | None = None,
    run: CourseRun | None = None,
) -> Tried:
    """What an offer costs on a day: by the record of an organisation, or by stated facts alone.

    Raises what a quote raises: NoPrice, FactMissing, WrongInput. VAT that cannot be decided is said, not raised.
    """
    row = choose_price(list(Price.objects.filter(on_day(on), offer=offer)), run, price_class)
    if row is None:
        words = f"{offer.title} has no price for {price_class.one} on {on:%-d %B %Y}. Add one to its price list."
        raise NoPrice(words)
    if organisation is None:
        given = {**facts, "price_class": price_class.code, "quantity": quantity}
        found = calculate(rule=row.rule, facts=given, on=on)
    else:
        found = _of_record(row.rule, organisation, price_class, facts, quantity, on)
    try:
        vat = treatments_for(offers=[offer], organisation=organisation, on=on)(offer).treatment
    except DomainError as error:
        return Tried(found, row, None, error.message)
    return Tried(found, row, vat)


def try_rule(
    *,
    rule: Rule,
    schools: Sequence[Organisation],
    price_class: PriceClass,
    facts: Mapping[str, Any],
    on: date,
    quantity: Decimal = Decimal(1),
) -> list[Sample]:
    """What each of these schools would pay by a rule that is not saved."""
    found = []
    for school in schools:
        try:
            found.append(Sample(school, _of_record(rule, school, price_class, facts, quantity, on)))
        except DomainError as error:
            found.append(Sample(school, None, error.message))
    return found


def _of_record(
    rule: Rule, organisation: Organisation, price_class: PriceClass, raw: Mapping[str, Any], quantity: Decimal, on: date
) -> Calculation:
    facts = with_trust(facts_of(organisation, on, price_class, raw), organisation, on)
    done = work_out(rule=rule, facts=facts, quantity=quantity)
    return Calculation(done.net, tuple(done.steps), quantity, tuple(done.shares))
