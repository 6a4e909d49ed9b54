"""What stands beside each offer on a page of results: its price for one buyer and its next date.

The price is worked out by the same rule as a quote; only the reading is done for all offers at once, so that a
page of twenty-five costs as many queries as a page of five.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from catalogue.models import CourseRun, Offer, Price
from catalogue.rules.classes import PriceClass
from catalogue.rules.evaluation import FactMissing
from catalogue.rules.facts import BuyerFacts, FundedShare, ThemeOff, ThemesOff, best_off
from catalogue.rules.pricing import price
from catalogue.rules.quotes import Quote
from catalogue.rules.rule_form import depends_on_quantity, facts_used
from catalogue.rules.words import unit_words
from catalogue.services.quotes import choose_price, facts_of
from catalogue.services.trusts import with_trust
from catalogue.services.vat import TreatmentOf, treatments_for
from marketplace.core.errors import DomainError
from marketplace.organisations.models import Organisation
from marketplace.organisations.services.people import on_day


@dataclass(frozen=True)
class ListedPrice:
    """The price of one (place, day or service) for a buyer; ``why_not`` says why there is none to show."""

    quote: Quote | None
    each: bool = False
    why_not: str = ""


def prices_on_page(
    *,
    offers: Sequence[Offer],
    organisation: Organisation | None,
    price_class: PriceClass,
    on: date,
    themes_off: ThemesOff | None = None,
    funded: Mapping[tuple[int, int], FundedShare] | None = None,
) -> dict[int, ListedPrice]:
    """The price of each offer by its id. Without an organisation: what anybody pays who is no member.

    ``themes_off`` is what the organisation's subscription takes off a theme, ``funded`` what a funder pays of an offer.
    """
    rows: dict[int, list[Price]] = defaultdict(list)
    for row in Price.objects.filter(on_day(on), offer__in=offers):
        rows[row.offer_id].append(row)
    facts = facts_of(organisation, on, price_class, {})
    if any("trust_pupils" in facts_used(row.rule) for of_offer in rows.values() for row in of_offer):
        facts = with_trust(facts, organisation, on)
    vat_of = treatments_for(offers=offers, organisation=organisation, on=on)
    off = (themes_off or {}).get(organisation.pk, {}) if organisation else {}
    who = organisation.pk if organisation else 0
    return {
        offer.pk: _listed(
            offer, rows[offer.pk], price_class, facts, on, vat_of, best_off(offer.themes, off),
            (funded or {}).get((who, offer.pk)),
        )
        for offer in offers
    }  # fmt: skip


def _listed(
    offer: Offer,
    rows: list[Price],
    price_class: PriceClass,
    facts: BuyerFacts,
    on: date,
    vat_of: TreatmentOf,
    off: ThemeOff | None,
    funded: FundedShare | None,
) -> ListedPrice:
    if offer.signposted_url:
        return ListedPrice(None, why_not="Book with them")
    row = choose_price(rows, None, price_class)
    if row is None:
        return ListedPrice(None, why_not="Price on request")
    try:
        vat = vat_of(offer)
        quote = price(
            rule=row.rule, facts=facts, quantity=Decimal(1), on=on, vat=vat.treatment, price_id=row.pk, off=off,
            funded=funded,
        )  # fmt: skip
    except FactMissing as error:
        return ListedPrice(None, why_not=f"Depends on the number of {unit_words(error.facts['fact'], {})[1]}")
    except DomainError as error:
        return ListedPrice(None, why_not=error.message)
    return ListedPrice(quote, each=depends_on_quantity(row.rule))


def next_dates(*, offers: Sequence[Offer], after: datetime) -> dict[int, CourseRun]:
    """The next open date of each offer by its id; an offer without one is left out."""
    coming = CourseRun.objects.filter(offer__in=offers, state=CourseRun.State.OPEN, starts_at__gt=after)
    found: dict[int, CourseRun] = {}
    for run in coming.order_by("starts_at", "pk"):
        found.setdefault(run.offer_id, run)
    return found
