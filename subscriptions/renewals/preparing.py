"""The agreement that follows one that ends: its lines priced anew, shown first, then offered to the school."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from django.db import transaction

from catalogue.models import Offer
from invoicing.services import pin_vat_rule
from invoicing.vat.treatment import vat_rate_on
from marketplace.core.actors import FINANCE, Actor
from marketplace.core.errors import DomainError, WrongInput
from marketplace.core.money import Money
from marketplace.core.periods import Period, add_months
from subscriptions.agreements.models import Agreement, AgreementLine
from subscriptions.agreements.rules.forms import LineTerms
from subscriptions.agreements.services import renew
from subscriptions.plans.services.buying import SOURCE, freeze, lines_of
from subscriptions.plans.services.pricing import PlanPrice
from subscriptions.renewals.reading import lines_by_agreement, still_taken, terms_of_line
from subscriptions.renewals.reckoning import Reckoning
from subscriptions.renewals.rules.pricing import MOST_UPLIFT, months_of, over_term, uplifted
from subscriptions.slas.queries import rules_for
from subscriptions.slas.rules.terms import price_of_year

MOST_YEARS = 5


class CannotBeRenewed(DomainError):
    """The agreement, or something in it, cannot be carried on by itself."""

    code = "cannot_be_renewed"


@dataclass(frozen=True)
class Draft:
    """A renewal worked out and not offered: ``problem`` says why it cannot be, then there are no lines.

    ``before_pence`` and ``after_pence`` are what a year costs before VAT, of the same services.
    """

    agreement: Agreement
    term: Period
    lines: tuple[LineTerms, ...]
    before_pence: int
    after_pence: int
    vat_rules: frozenset[int] = frozenset()
    plan: PlanPrice | None = None
    problem: str = ""


def next_term(agreement: Agreement, years: int = 1) -> Period:
    """From where the agreement ends, so many years."""
    if not 1 <= years <= MOST_YEARS:
        raise WrongInput(f"A renewal is for 1 to {MOST_YEARS} years")
    return Period.months_from(agreement.runs_to, 12 * years)


def draft_renewal(
    *,
    agreement: Agreement,
    term: Period,
    uplift: Decimal = Decimal(0),
    lines: Sequence[AgreementLine] | None = None,
    reckoning: Reckoning | None = None,
) -> Draft:
    """What the renewal would be: what the catalogue prices costs its price on the first day of the term, for the pupils
    of record then; the rest costs what it did, raised by ``uplift`` per cent. Writes nothing.

    ``reckoning`` is what was read for several agreements at once, of which this is one.
    """
    if not 0 <= uplift <= MOST_UPLIFT:
        raise WrongInput(f"The uplift must be from 0 to {MOST_UPLIFT} per cent")
    own = lines_by_agreement([agreement.pk])[agreement.pk] if lines is None else list(lines)
    taken = still_taken(own, agreement)
    before = sum(line.base_pence for line in taken)
    if not taken:
        return _none(agreement, term, before, "Nothing of it runs to its end.")
    if reckoning is None:
        reckoning = Reckoning(on=term.start, lines={agreement: taken})
    try:
        plan = _plan_price(reckoning, agreement, taken, term)
        parts, rules = _parts(reckoning, agreement, [line for line in taken if not _of_plan(line)], term, uplift)
    except DomainError as error:
        return _none(agreement, term, before, error.message)
    if plan is not None:
        parts += _plan_parts(plan[0], plan[1], term)
    after = sum(part[0].base_pence for part in parts)
    lines_of_all = tuple(one for part in parts for one in part)
    return Draft(agreement, term, lines_of_all, before, after, rules, plan[0] if plan else None)


def draft_renewals(
    *,
    agreements: Sequence[Agreement],
    years: int = 1,
    uplift: Decimal = Decimal(0),
    lines: Mapping[int, Sequence[AgreementLine]] | None = None,
) -> list[Draft]:
    """``draft_renewal`` of each, in their order. What they need is read once for all that begin on one day: as many queries
    for a hundred of them as for two."""
    own = lines_by_agreement([one.pk for one in agreements]) if lines is None else lines
    terms = {one.pk: next_term(one, years) for one in agreements}
    reckonings = {
        day: Reckoning(on=day, lines={one: own.get(one.pk, ()) for one in agreements if terms[one.pk].start == day})
        for day in {term.start for term in terms.values()}
    }
    return [
        draft_renewal(
            agreement=one,
            term=terms[one.pk],
            uplift=uplift,
            lines=own.get(one.pk, ()),
            reckoning=reckonings[terms[one.pk].start],
        )
        for one in agreements
    ]


def _none(agreement: Agreement, term: Period, before: int, problem: str) -> Draft:
    return Draft(agreement, term, (), before, 0, problem=problem)


def _of_plan(line: AgreementLine) -> bool:
    return line.source.startswith(SOURCE)


def _plan_price(
    reckoning: Reckoning, agreement: Agreement, taken: Sequence[AgreementLine], term: Period
) -> tuple[PlanPrice, dict[str, object]] | None:
    """What the level's version of the term's first day costs, with the facts of record; None where no level is taken."""
    sources = {line.source for line in taken if _of_plan(line)}
    if not sources:
        return None
    before = reckoning.version_before(min(sources))
    version = reckoning.versions.get(before.plan_id)
    if version is None:
        raise CannotBeRenewed(f"{before.plan.title} cannot be taken any more. Choose another level.")
    pricing = reckoning.plan_pricing(agreement)
    return pricing.price(version), pricing.facts_json(version)


def _plan_parts(price: PlanPrice, facts: dict[str, object], term: Period) -> list[list[LineTerms]]:
    """The lines of the level, one for each supply and year."""
    years = [
        Period.months_from(add_months(term.start, 12 * index), 12) for index in range(max(1, -(-_months(term) // 12)))
    ]
    lines = [one for year in years for one in lines_of(price, year, Period(year.start, min(year.end, term.end)), facts)]
    return [[one for one in lines if one.slot == slot] for slot in dict.fromkeys(one.slot for one in lines)]


def _parts(
    reckoning: Reckoning, agreement: Agreement, taken: Sequence[AgreementLine], term: Period, uplift: Decimal
) -> tuple[list[list[LineTerms]], frozenset[int]]:
    rules: set[int] = set()
    parts = []
    for line in taken:
        if line.offer is not None and line.price_id:
            part, rule = _anew(reckoning, agreement, line, line.offer, term)
            rules |= {rule} if rule else set()
        else:
            part = _as_before(line, term, uplift, _vat_then(reckoning, agreement, line))
        parts.append(part)
    return parts, frozenset(rules)


def _anew(
    reckoning: Reckoning, agreement: Agreement, line: AgreementLine, offer: Offer, term: Period
) -> tuple[list[LineTerms], int | None]:
    """At the price that the catalogue has on the first day, and for later years as the offer's terms say."""
    if offer.state != Offer.State.PUBLISHED:
        raise CannotBeRenewed(f"{offer.title} is not offered any more. Make a new agreement for what follows it.")
    months = offer.term_months or 12
    years = max(1, -(-_months(term) // months))
    facts = dict(line.facts)
    if "term_years" in facts:
        facts["term_years"] = years
    quote = reckoning.quoting.quote(
        offer=offer,
        organisation=line.consumer,
        invoiced=reckoning.invoiced(agreement),
        quantity=line.quantity,
        price_class=reckoning.price_classes[line.consumer_id],
        facts=facts,
    )
    terms = rules_for(offer, reckoning.service_terms.get(offer.pk), academy=False)
    prices = [price_of_year(terms, quote.net.pence, index) for index in range(years)]
    new = replace(
        terms_of_line(line),
        price_id=quote.price_id,
        facts=facts,
        steps=tuple(step.sentence for step in quote.steps),
        vat=(quote.vat.category, quote.vat.rate, quote.vat.reason),
        quantity=quote.line_quantity,
        unit_pence=quote.unit_price.pence,
    )
    return over_term(new, term, months, prices), quote.vat_rule_id


def _vat_then(reckoning: Reckoning, agreement: Agreement, line: AgreementLine) -> tuple[str, Decimal, str]:
    """How last year's line is taxed on the first day of the new term: as its offer is for whoever is invoiced, or, where it
    was priced by hand, by the rate that its category has then."""
    if line.offer is not None:
        found = reckoning.quoting.vat_of(line.offer, reckoning.invoiced(agreement)).treatment
        return found.category, found.rate, found.reason
    return line.vat_category, vat_rate_on(line.vat_category, reckoning.on), line.vat_reason


def _as_before(line: AgreementLine, term: Period, uplift: Decimal, vat: tuple[str, Decimal, str]) -> list[LineTerms]:
    months = months_of(Period(line.base_from, line.base_to))
    if months is None:
        raise CannotBeRenewed(f"{line.title} is priced for days and not for months. Make a new agreement by hand.")
    pence = uplifted(line.base_pence, uplift)
    steps = [f"Last year: {Money(line.base_pence)}"]
    if uplift:
        steps.append(f"{uplift.normalize():f}% more: {Money(pence - line.base_pence)}")
    new = replace(terms_of_line(line), steps=tuple(steps), vat=vat, quantity=Decimal(1), unit_pence=None)
    return over_term(new, term, months, [pence])


def _months(term: Period) -> int:
    return (term.end.year - term.start.year) * 12 + term.end.month - term.start.month


@transaction.atomic
def prepare_renewal(
    *, agreement: Agreement, term: Period, on: date, actor: Actor, uplift: Decimal = Decimal(0)
) -> Agreement:
    """Offers the school the agreement that follows, at the prices of ``draft_renewal``.

    Refused where something in it cannot go on (CannotBeRenewed), once notice was given, and where something follows
    already. Finance, and the platform where an agreement renews itself.
    """
    actor.require(*FINANCE, to="prepare renewals")
    if agreement.renewal == Agreement.Renewal.NONE:
        raise CannotBeRenewed(f"{agreement.number} ends with its term, so it is not renewed.")
    draft = draft_renewal(agreement=agreement, term=term, uplift=uplift)
    if draft.problem:
        raise CannotBeRenewed(f"{agreement.number} was not renewed. {draft.problem}")
    made = renew(agreement=agreement, term=term, lines=draft.lines, on=on, actor=actor)
    if draft.plan is not None:
        freeze(draft.plan)
    for rule in sorted(draft.vat_rules):
        pin_vat_rule(rule_id=rule)
    return made
