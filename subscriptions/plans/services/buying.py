"""Taking a subscription: previewed and agreed by the same calculation, within one's limit or prepared for somebody else."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db import transaction

from invoicing.vat.verbs import pin_vat_rule
from marketplace.core.actors import APPROVING, BUYING, FINANCE, Actor
from marketplace.core.errors import DomainError, NotAllowed, WrongInput
from marketplace.core.money import Money, TaxedAmount
from marketplace.core.periods import Period
from marketplace.organisations.models import Organisation, RoleAssignment
from marketplace.organisations.services.people import on_day
from subscriptions.agreements.models import Agreement
from subscriptions.agreements.queries import taxed
from subscriptions.agreements.rules.forms import Billing, LineTerms, Prorate
from subscriptions.agreements.rules.schedule import Due, plan
from subscriptions.agreements.services.agreeing import agree, require_to_commit
from subscriptions.plans.models import Plan, PlanVersion
from subscriptions.plans.queries import SOURCE, subscription_over
from subscriptions.plans.rules.billing import billing_of, year_with
from subscriptions.plans.services.granting import grant_entitlements
from subscriptions.plans.services.pricing import PlanPrice, PlanPricing


class NotForSale(DomainError):
    """The level, or this version of it, cannot be taken on that day."""

    code = "level_not_for_sale"


class SubscribedAlready(DomainError):
    """The school has a subscription on some of these days: it changes its level instead."""

    code = "subscribed_already"


class SubscriptionPriceMoved(DomainError):
    """It costs something else than what was shown."""

    code = "subscription_price_moved"


@dataclass(frozen=True)
class Taking:
    """What a subscription over ``term`` comes to, shown before and done after. ``dues`` are its payments before VAT."""

    version: PlanVersion
    year: PlanPrice
    term: Period
    billing: Billing
    lines: tuple[LineTerms, ...]
    dues: tuple[tuple[Due, Decimal], ...]

    @property
    def whole(self) -> TaxedAmount:
        """Over the whole term, with VAT."""
        return _sum(self.dues)

    @property
    def part_of_a_year(self) -> bool:
        return self.term != self.lines[0].base

    def payments(self) -> list[tuple[date, Period, TaxedAmount]]:
        """Each payment: the day, the days it is for, the sum with VAT."""
        days = sorted({(due.bill_on, due.period.start, due.period.end) for due, _ in self.dues})
        return [
            (
                on,
                Period(start, end),
                _sum([(due, rate) for due, rate in self.dues if (due.bill_on, due.period) == (on, Period(start, end))]),
            )
            for on, start, end in days
        ]


def _sum(dues: Sequence[tuple[Due, Decimal]]) -> TaxedAmount:
    nets: dict[Decimal, int] = {}
    for due, rate in dues:
        nets[rate] = nets.get(rate, 0) + due.pence
    return taxed(nets)


def lines_of(price: PlanPrice, base: Period, valid: Period, facts: dict[str, object]) -> list[LineTerms]:
    """One line for each supply of the price, in the slot of its kind."""
    version = price.version
    several = len(price.parts) > 1
    return [
        LineTerms(
            slot=part.slot,
            title=f"{version.plan.title}: {part.kind}" if several else version.plan.title,
            base=base,
            base_pence=part.pence,
            valid=valid,
            vat=(part.vat.category, part.vat.rate, part.vat.reason),
            account_code=version.account_code,
            stream_code=version.stream_code,
            cfr_code=version.cfr_code,
            aar_code=version.aar_code,
            source=f"{SOURCE}{version.pk}",
            level=version.plan.code[:20],
            facts=facts,
            steps=tuple(step.sentence for step in price.steps),
        )
        for part in price.parts
    ]


def preview_subscription(
    *,
    organisation: Organisation,
    version: PlanVersion,
    starts: date,
    billing: str = "",
    invoice_to: Organisation | None = None,
    pricing: PlanPricing | None = None,
) -> Taking:
    """What taking the version from a day to the end of its year comes to; writes nothing.

    ``billing`` is one of the version's ways to pay, its first unless said. The price is that of ``starts``; a start within
    the year is prorated as the version says. Raises NotForSale, and what pricing refuses.
    """
    require_for_sale(version, starts)
    billing = billing or version.billings[0]
    if billing not in version.billings:
        raise WrongInput("Choose one of the ways to pay that this level has")
    if pricing is None:
        pricing = PlanPricing(organisation=organisation, on=starts, invoice_to=invoice_to)
    price = pricing.price(version)
    base = year_with(starts, version.year_from)
    term = Period(starts, base.end)
    terms = billing_of(billing, Prorate(version.prorate))
    lines = lines_of(price, base, term, pricing.facts_json(version))
    dues = tuple((due, line.vat[1]) for line in lines for due in plan(line, terms))
    return Taking(version, price, term, terms, tuple(lines), dues)


def require_for_sale(version: PlanVersion, on: date) -> None:
    """Refuses a draft, a withdrawn level, and a version that does not hold on the day."""
    sold = version.plan.state == Plan.State.PUBLISHED and version.state == PlanVersion.State.PUBLISHED
    if not sold or on < version.valid_from or (version.valid_to is not None and on >= version.valid_to):
        raise NotForSale(f"{version.plan.title} cannot be taken from {on:%-d %B %Y}. Look at the levels again.")


@transaction.atomic
def subscribe(
    *,
    organisation: Organisation,
    version: PlanVersion,
    starts: date,
    on: date,
    actor: Actor,
    billing: str = "",
    expected_pence: int | None = None,
    invoice_to: Organisation | None = None,
    purchase_order: str = "",
    prepare: bool = False,
    on_paper: str = "",
) -> Agreement:
    """The school takes the version from a day to the end of its year; what is due by ``on`` is charged.

    By somebody who may commit the whole term with VAT (NotAllowed, TermOverLimit). ``prepare``: it is offered instead, for
    an approver of the school to accept. Finance offers it, or has it run where ``on_paper`` names the school's signed
    paper. ``expected_pence`` is the whole term with VAT as it was shown (SubscriptionPriceMoved). The same call again
    returns what exists; another subscription on these days is refused (SubscribedAlready).
    """
    _may_ask(organisation, actor)
    Organisation.objects.select_for_update().get(pk=organisation.pk)  # two people taking one wait for each other
    standing = subscription_over(organisation, Period(starts, year_with(starts, version.year_from).end))
    if standing is not None:
        return _same(standing, version, starts)
    taking = preview_subscription(
        organisation=organisation, version=version, starts=starts, billing=billing, invoice_to=invoice_to
    )
    gross = taking.whole.gross
    if expected_pence is not None and gross.pence != expected_pence:
        words = f"It now costs {gross} over the term, not {Money(expected_pence)}. Nothing is agreed. Look at it again."
        raise SubscriptionPriceMoved(words, gross=gross.pence)
    ours = actor.has(*FINANCE)
    offered = prepare or (ours and not on_paper)
    if not offered and not ours:
        _require_limit(organisation, gross, on, actor)
    freeze(taking)
    count = Agreement.objects.filter(organisation=organisation, kind=Agreement.Kind.SUBSCRIPTION).count()
    made = agree(
        source_key=f"subscription:{organisation.pk}:{count + 1}",
        kind=Agreement.Kind.SUBSCRIPTION,
        organisation=organisation,
        title=f"{version.plan.title} subscription",
        term=taking.term,
        lines=taking.lines,
        billing=taking.billing,
        on=on,
        actor=actor,
        offered=offered,
        accepted_by=None if ours else actor.person_id,
        invoice_to=invoice_to,
        purchase_order=purchase_order,
        notice_weeks=version.notice_weeks,
        paper=on_paper,
    )
    if not offered:
        grant_entitlements(agreement=made)
    return made


def _same(standing: Agreement, version: PlanVersion, starts: date) -> Agreement:
    line = standing.lines.order_by("pk").first()
    if line is not None and (line.source, standing.term_from) == (f"{SOURCE}{version.pk}", starts):
        return standing
    words = "waits to be accepted" if standing.state == Agreement.State.OFFERED else "runs already"
    raise SubscribedAlready(
        f"{standing.title} ({standing.number}) {words} until {standing.runs_to:%-d %B %Y}. Change its level instead."
    )


def freeze(taking_or_price: Taking | PlanPrice) -> None:
    """What a school takes stays as it is: the version and the VAT rules that decided."""
    price = taking_or_price.year if isinstance(taking_or_price, Taking) else taking_or_price
    found = PlanVersion.objects.filter(pk=price.version.pk, state=PlanVersion.State.PUBLISHED)
    if not price.version.used and found.update(used=True) != 1:
        raise NotForSale(f"{price.version.plan.title} was changed a moment ago. Look at the levels again.")
    for part in price.parts:
        pin_vat_rule(rule_id=part.rule_id)


def _may_ask(organisation: Organisation, actor: Actor) -> None:
    if not actor.has(*FINANCE) and organisation.pk not in actor.organisations(*BUYING):
        raise NotAllowed("You may not subscribe for this organisation. Ask a buyer or an approver to do it.")


def _require_limit(organisation: Organisation, gross: Money, on: date, actor: Actor) -> None:
    """The engine's own test, with the names of those who could."""
    try:
        require_to_commit(organisation=organisation, gross_pence=gross.pence, actor=actor)
    except DomainError as refusal:
        names = who_may(organisation, gross, on)
        if names and "over" in refusal.facts:
            more = f"Prepare it for {names}, who may accept it."
            raise type(refusal)(refusal.message, detail=[*refusal.detail, more], **refusal.facts) from None
        raise


def who_may(organisation: Organisation, gross: Money, on: date) -> str:
    """Who of the school may commit so much: "Ann Lee or Bo Ray"; empty where nobody may."""
    rows = RoleAssignment.objects.filter(
        on_day(on), organisation=organisation, role__in=[str(role) for role in APPROVING]
    )
    able = rows.select_related("person").order_by("person__name", "pk")
    names = [
        row.person.name for row in able if row.spending_limit_pence is None or row.spending_limit_pence >= gross.pence
    ]
    return " or ".join(dict.fromkeys(names))
