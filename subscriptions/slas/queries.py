"""Reads: how offers are agreed, what was promised, which terms of service hold."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import QuerySet

from catalogue.models import Offer
from marketplace.core.actors import STAFF, Actor
from marketplace.core.errors import NotFound
from marketplace.organisations.models import Organisation, School
from marketplace.organisations.models.schools import BillingClass
from subscriptions.agreements.models import Agreement, AgreementLine
from subscriptions.agreements.rules.forms import CreditRule, Prorate
from subscriptions.slas.models import Acceptance, Promise, PromiseTable, ServiceTerms, TermsDocument
from subscriptions.slas.rules.terms import DOCUMENT, PartYear, TermRules


@dataclass(frozen=True)
class PromiseFact:
    """What an agreement's line promises for one priority, in minutes of working hours."""

    priority: str
    response_minutes: int
    fix_minutes: int
    credit_percent: Decimal


def terms_of_offers(offer_ids: Collection[int]) -> dict[int, ServiceTerms]:
    """How offers are agreed, by their ids; one query. An offer that says nothing is left out."""
    return ServiceTerms.objects.in_bulk(list(offer_ids))


def rules_for(offer: Offer, terms: ServiceTerms | None, *, academy: bool) -> TermRules:
    """How the offer is agreed with an organisation; ``academy`` says whose own year decides where a year begins."""
    months = offer.term_months or TermRules().months
    if terms is None:
        return TermRules(months=months)
    return TermRules(
        months=months,
        years=tuple(terms.years),
        year_starts=terms.academy_starts if academy else terms.maintained_starts,
        part_year=PartYear(terms.part_year),
        prorate=Prorate(terms.prorate),
        uplift=Decimal(terms.uplift),
        frozen_years=terms.frozen_years,
        notice_weeks=terms.notice_weeks,
        renewal=str(terms.renewal),
        credit=CreditRule(terms.credit),
        document=terms.terms_code,
    )


def has_academy_year(organisation: Organisation) -> bool:
    """Whether its year is the academies' one: a trust, or a school that is not maintained by a council."""
    if organisation.kind != Organisation.Kind.SCHOOL:
        return organisation.kind == Organisation.Kind.TRUST
    found = School.objects.filter(organisation=organisation).values_list("billing_class", flat=True).first()
    return found != BillingClass.MAINTAINED


def credit_rule_of(agreement: Agreement) -> CreditRule:
    """What comes back by the terms of what was sold, where it ends early: the least of its lines; by months unless said."""
    offers = agreement.lines.exclude(offer=None).values("offer")
    said = set(ServiceTerms.objects.filter(offer__in=offers).values_list("credit", flat=True))
    order = (CreditRule.NONE, CreditRule.MONTHS, CreditRule.DAYS)
    return next((rule for rule in order if rule in said), CreditRule.MONTHS)


def promise_table_on(offer_id: int, level: str, on: date) -> PromiseTable | None:
    """The table that holds for a level on a day: its own, else that of all levels."""
    rows = PromiseTable.objects.filter(offer=offer_id, level__in={level, ""}, valid_from__lte=on)
    return max(rows, key=lambda row: (row.level == level, row.valid_from), default=None)


def promises_of(line: AgreementLine) -> list[PromiseFact]:
    """What was promised when the line was agreed, the most urgent first; nothing where nothing is."""
    if line.offer_id is None:
        return []
    table = promise_table_on(line.offer_id, line.level, line.valid_from)
    return facts_of(table) if table else []


def facts_of(table: PromiseTable) -> list[PromiseFact]:
    rows = Promise.objects.filter(table=table).order_by("priority")
    return [
        PromiseFact(row.priority, row.response_minutes, row.fix_minutes, Decimal(row.credit_percent)) for row in rows
    ]


def promise_tables_of(offer: Offer) -> QuerySet[PromiseTable]:
    """Every table of an offer by level, the newest first."""
    return PromiseTable.objects.filter(offer=offer).prefetch_related("promises").order_by("level", "-valid_from")


def terms_on(on: date, code: str = DOCUMENT) -> TermsDocument | None:
    """The version of terms that holds on a day; None where none was published."""
    return terms_by_code([code], on).get(code)


def terms_by_code(codes: Collection[str], on: date) -> dict[str, TermsDocument]:
    """The same for several codes; one query."""
    rows = TermsDocument.objects.filter(code__in=set(codes), published_on__lte=on).order_by("code", "version")
    return {row.code: row for row in rows}


def terms_for(actor: Actor, code: str, version: int) -> TermsDocument:
    """A published version, for everybody signed in; a draft for staff alone. Raises NotFound otherwise."""
    found = TermsDocument.objects.filter(code=code, version=version).first()
    if found is None or (found.published_on is None and not actor.has(*STAFF)):
        raise NotFound("Page not found")
    return found


def acceptances_of(agreement: Agreement) -> QuerySet[Acceptance]:
    """What the customer accepted, the oldest first."""
    return (
        Acceptance.objects.filter(agreement=agreement)
        .select_related("terms", "person", "scan")
        .defer("scan__content", "terms__body")
        .order_by("pk")
    )


def terms_to_accept(agreement: Agreement, on: date) -> list[TermsDocument]:
    """The versions under which an agreement is made on a day: one for each code that its services name."""
    codes = set(
        ServiceTerms.objects.filter(offer__agreement_lines__agreement=agreement).values_list("terms_code", flat=True)
    )
    return sorted(terms_by_code(codes or {DOCUMENT}, on).values(), key=lambda one: one.code)
