"""What a price is for: a service agreed for a term is priced for its first year, and all its years are known."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal, InvalidOperation
from functools import cached_property
from typing import Any

from catalogue.models import CourseRun, Offer
from catalogue.rules.classes import PriceClass
from catalogue.rules.facts import IncludedPlaces, ThemesOff
from catalogue.rules.quotes import Quote, Step
from catalogue.services import Quoting
from marketplace.core.errors import WrongInput
from marketplace.core.money import Money, share_out
from marketplace.core.periods import add_months
from marketplace.organisations.models import Organisation
from subscriptions.commissions.funding import funded_shares
from subscriptions.queries import has_academy_year, rules_for, terms_of_offers
from subscriptions.slas.models import ServiceTerms
from subscriptions.slas.rules.terms import (
    MONTHS_OF_A_YEAR,
    MOST_YEARS,
    TermPlan,
    TermRules,
    part_words,
    plan_of,
    years_words,
)

YEARS = "term_years"


class Agreeing:
    """How the offers of one basket are agreed for a term: read once, and not at all where none of them is."""

    def __init__(self, *, offers: Sequence[Offer], on: date) -> None:
        self.on, self._offers = on, offers
        self._academies: dict[int, bool] = {}

    @cached_property
    def _terms(self) -> dict[int, ServiceTerms]:
        return terms_of_offers({offer.pk for offer in self._offers if offer.term_months is not None})

    def rules(self, offer: Offer, organisation: Organisation) -> TermRules:
        """How the offer is agreed with the organisation that receives it."""
        terms, academy = self._terms.get(offer.pk), False
        if terms is not None and terms.maintained_starts != terms.academy_starts:
            if organisation.pk not in self._academies:
                self._academies[organisation.pk] = has_academy_year(organisation)
            academy = self._academies[organisation.pk]
        return rules_for(offer, terms, academy=academy)

    def quote(
        self,
        quoting: Quoting,
        *,
        offer: Offer,
        run: CourseRun | None,
        organisation: Organisation,
        quantity: Decimal,
        price_class: PriceClass,
        included_places: IncludedPlaces | None = None,
        facts: Mapping[str, Any] | None = None,
        first_day: date | None = None,
    ) -> tuple[Quote, TermPlan | None]:
        """The quote of ``Quoting``; for a service of a term that of its first year, with all its years.

        A service begins on ``first_day``, or on the day of the quote. Raises WrongInput for a length of the agreement
        that is not offered.
        """
        rules = self.rules(offer, organisation) if offer.term_months is not None else None
        years = _years(offer, rules, facts or {}) if rules else 1
        if rules and rules.years:
            facts = {**(facts or {}), YEARS: years}
        year = quoting.quote(
            offer=offer,
            run=run,
            organisation=organisation,
            quantity=quantity,
            price_class=price_class,
            included_places=included_places,
            facts=facts,
        )
        if rules is None:
            return year, None
        plan = plan_of(rules, first_day=first_day or self.on, years=years, year_pence=year.net.pence)
        if plan.term.end > add_months(plan.term.start, MOST_YEARS * MONTHS_OF_A_YEAR):
            raise WrongInput(f"An agreement lasts at most {MOST_YEARS} years. Choose fewer", fact=YEARS)
        return first_year(year, plan), plan


def quote_of_term(
    *,
    offer: Offer,
    run: CourseRun | None,
    organisation: Organisation,
    quantity: Decimal,
    on: date,
    price_class: PriceClass,
    included_places: IncludedPlaces | None = None,
    facts: Mapping[str, Any] | None = None,
    themes_off: ThemesOff | None = None,
    first_day: date | None = None,
) -> tuple[Quote, TermPlan | None]:
    """The quote of one thing outside any basket, as the order would have it, with all years of a term."""
    return Agreeing(offers=[offer], on=on).quote(
        Quoting(
            on=on,
            offers=[offer],
            customer=organisation,
            themes_off=themes_off,
            funded=funded_shares([(organisation.pk, offer)], on),
        ),
        offer=offer,
        run=run,
        organisation=organisation,
        quantity=quantity,
        price_class=price_class,
        included_places=included_places,
        facts=facts,
        first_day=first_day,
    )


def years_offered(offer: Offer) -> list[int]:
    """Among how many years a buyer chooses; empty where the offer says nothing."""
    if offer.term_months is None:
        return []
    terms = terms_of_offers([offer.pk]).get(offer.pk)
    return list(terms.years) if terms else []


def _years(offer: Offer, rules: TermRules, facts: Mapping[str, Any]) -> int:
    """For how many years the buyer wants it; the shortest that is offered where they did not say."""
    stated = facts.get(YEARS)
    if stated in (None, ""):
        return rules.years[0] if rules.years else 1
    years = _whole(str(stated))
    if rules.years and years not in rules.years:
        raise WrongInput(f"{offer.title} is agreed for {years_words(rules.years)}. Choose one of them", fact=YEARS)
    return years


def _whole(text: str) -> int:
    """A small whole number; 0 for anything else, which the price refuses in its own words."""
    try:
        number = Decimal(text)
    except InvalidOperation:
        return 0
    return int(number) if number in range(1, MOST_YEARS + 1) else 0


def first_year(quote: Quote, plan: TermPlan) -> Quote:
    """The quote of a whole year as that of the term's first one: where that is a part-year, with the step that says so."""
    words, net = part_words(plan), Money(plan.first.pence)
    if not words:
        return quote
    less = net.pence - quote.net.pence
    shares = quote.shares
    if shares and quote.net.pence:
        parts = share_out(net.pence, [share.pence for share in shares])
        shares = [replace(share, pence=pence) for share, pence in zip(shares, parts, strict=True)]
    return replace(
        quote,
        net=net,
        unit_price=net,
        line_quantity=Decimal(1),
        steps=[*quote.steps, Step(words, less if less else None)],
        shares=shares,
    )
