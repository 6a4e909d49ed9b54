"""The basket as its check page shows it: live quotes, total, VAT, who is invoiced, and what is missing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from django.conf import settings

from catalogue.models import Offer, Resource
from catalogue.rules.facts import IncludedPlaces
from catalogue.rules.quotes import Quote
from catalogue.services import Quoting, places_refusal
from marketplace.core.actors import Actor
from marketplace.core.errors import DomainError
from marketplace.core.money import Money, TaxedAmount
from marketplace.organisations.models import CustomerTerms, Organisation
from marketplace.organisations.services.registry import terms_of
from marketplace.trading.models import Basket, BasketLine
from marketplace.trading.rules.instalments import InstalmentRule
from marketplace.trading.rules.invoice_dates import InvoiceDates, invoice_dates, usual_day
from marketplace.trading.rules.totals import VatGroup, committed, total, vat_groups
from marketplace.trading.services.access import check_receives
from marketplace.trading.services.agreeing import Agreeing
from marketplace.trading.services.baskets import check_orderable, own_basket, quote_and_plan
from marketplace.trading.services.reading import basket_read
from marketplace.trading.services.routing import Route, route_for
from subscriptions.allowances.rules.units import Unit
from subscriptions.commissions.funding import funded_shares
from subscriptions.plans.queries import themes_off_of
from subscriptions.purses.drawing import purse_of
from subscriptions.purses.queries import Offered
from subscriptions.queries import included_on, price_classes_on
from subscriptions.slas.rules.terms import TermPlan


@dataclass(frozen=True)
class CheckedLine:
    """A line with its live quote, or with the sentence that says why there is none.

    ``instalments`` is in how many monthly payments it may be paid: 1 where only whole. ``included`` are the places that
    its school had left for it. ``plan`` has all years of a service that is agreed for a term.
    """

    line: BasketLine
    quote: Quote | None
    problem: str = ""
    instalments: int = 1
    included: IncludedPlaces | None = None
    plan: TermPlan | None = None

    @property
    def term_pence(self) -> int:
        """What it costs over its whole term before VAT."""
        if self.quote is None:
            return 0
        times = int(self.line.facts.get("term_years", 1))
        return self.quote.net.pence * times if self.plan is None else self.plan.pence

    @property
    def names_missing(self) -> int:
        """How many people are still to be named."""
        named = sum(1 for name in self.line.delegates if name)
        return int(self.line.quantity) - named if self.line.run_id else 0


@dataclass(frozen=True)
class BasketCheck:
    """``problems`` stand in the way of ordering; ``missing`` may follow later. ``total.gross`` is what to expect.

    ``committed`` counts a price per year for each year of its term and is what ``limit`` (None: no limit) is compared
    with; both include VAT. ``route`` says who must approve it where the actor may not place it alone. ``dates`` are the
    days on which the buyer may have it invoiced.
    """

    lines: list[CheckedLine]
    groups: list[VatGroup]
    total: TaxedAmount
    committed: Money
    limit: Money | None
    invoice_to: Organisation
    dates: InvoiceDates
    route: Route | None = None
    missing: list[str] = field(default_factory=list)
    partnership: Organisation | None = None
    purse: Offered | None = None

    @property
    def problems(self) -> list[str]:
        return [checked.problem for checked in self.lines if checked.problem]

    @property
    def usual_days(self) -> list[date]:
        """When its lines are invoiced unless the buyer chooses a day."""
        found = (
            usual_day(term_months=one.line.offer.term_months, begins=one.line.service_from, on=self.dates.first)
            for one in self.lines
            if one.quote is not None
        )
        return sorted(set(found))

    @property
    def instalments(self) -> int:
        """In how many monthly payments some of it may be paid; 1 where nothing of it may."""
        return max((checked.instalments for checked in self.lines), default=1)

    @property
    def over_limit(self) -> Money:
        """How much the order is over the actor's limit; nothing when within."""
        if self.limit is None or self.committed <= self.limit:
            return Money(0)
        return self.committed - self.limit


def check_basket(
    *,
    basket: Basket,
    on: date,
    actor: Actor,
    included: Mapping[int, IncludedPlaces] | None = None,
    purse: str = "",
) -> BasketCheck:
    """Quotes every line as of a day, the same way as the order will. Writes nothing.

    Places that a school's subscription has left come first; lines use them up in their order. ``included`` gives them
    by school where the caller says so; otherwise they are what the school's allowances have left on the day. ``purse`` is
    the code of a cluster's purse that is to pay it: then its lead is invoiced. Raises MayNotDraw where it is not the buyer's.
    """
    own_basket(basket, actor)
    rows, parties = basket_read(basket, on)
    terms, invoice_to = parties.terms, parties.invoice_to
    pays = purse_of(basket.organisation, purse, on) if purse else None
    if pays is not None:
        terms, invoice_to = terms_of(pays.purse.lead), pays.purse.lead
    quoting = Quoting(
        on=on,
        offers=[row.offer for row in rows],
        customer=basket.organisation,
        invoice_to=invoice_to,
        supplier=parties.partnership,
        themes_off=themes_off_of([(row.school_id, row.offer) for row in rows], on),
        funded=funded_shares([(row.school_id, row.offer) for row in rows], on),
    )
    if included is None:
        schools = {row.school_id for row in rows if row.run_id}
        included = included_on(schools, on) if schools else {}
    lines = _quote_lines(basket.organisation, rows, on, quoting, dict(included), downloads_on(rows, on))
    quoted = [(checked.quote, checked.line) for checked in lines if checked.quote is not None]
    groups = vat_groups((quote, 1) for quote, _ in quoted)
    given = actor.spending_limit(basket.organisation_id)
    limit = None if given is None else Money(given)
    promised = committed((one.quote.vat, one.term_pence) for one in lines if one.quote is not None)
    return BasketCheck(
        lines=lines,
        groups=groups,
        total=total(groups),
        committed=promised,
        limit=limit,
        invoice_to=invoice_to,
        dates=invoice_dates((line.run.starts_on if line.run else line.service_from for _, line in quoted), on=on),
        route=route_for(
            organisation=basket.organisation,
            committed=promised,
            limit=limit,
            approved_from=parties.approved_from,
            first_course=min((line.run.starts_on for _, line in quoted if line.run), default=None),
            on=on,
            actor=actor,
        ),
        missing=_missing(lines, terms if pays or terms.invoice_to is None else terms_of(invoice_to), promised),
        partnership=parties.partnership,
        purse=pays,
    )


def _quote_lines(
    buyer: Organisation,
    lines: list[BasketLine],
    on: date,
    quoting: Quoting,
    included: dict[int, IncludedPlaces],
    downloads: dict[int, dict[int, IncludedPlaces]],
) -> list[CheckedLine]:
    classes = price_classes_on([line.school_id for line in lines], on)
    wanted: dict[int, int] = {}
    checked = []
    agreeing = Agreeing(offers=[line.offer for line in lines], on=on)
    for line in lines:
        source = included if line.run_id else downloads.get(line.offer_id, {})
        left = source.get(line.school_id)
        if left is not None and line.use_included is not None:
            left = replace(left, most=line.use_included)
        try:
            check_receives(buyer, line.school, on)
            check_orderable(line, on)
            if line.run is not None:
                wanted[line.run.pk] = wanted.get(line.run.pk, 0) + int(line.quantity)
                if wanted[line.run.pk] > line.run.places_left:
                    raise places_refusal(line.run.pk, wanted[line.run.pk])
            quote, plan = quote_and_plan(
                line, on, quoting=quoting, agreeing=agreeing, price_class=classes[line.school_id], included=left
            )
        except DomainError as refusal:
            checked.append(CheckedLine(line, None, refusal.message))
            continue
        if left is not None and quote.included:
            source[line.school_id] = replace(left, left=left.left - quote.included, most=None)
        quoting.use_up(quote)
        payments = payments_of(line.offer, quote.net) if plan is None or plan.first.whole else 1
        checked.append(CheckedLine(line, quote, instalments=payments, included=left, plan=plan))
    return checked


def downloads_on(rows: Sequence[BasketLine], on: date) -> dict[int, dict[int, IncludedPlaces]]:
    """For each offer that is a download bought once, what the schools have left of included downloads, by their id.

    All such offers share one count. Asks nothing where no resource is in the basket.
    """
    offers = {row.offer_id for row in rows if row.offer.kind == Offer.Kind.RESOURCE}
    if not offers:
        return {}
    bought_once = Resource.objects.filter(offer__in=offers, form=Resource.Form.DOWNLOAD).values_list("pk", flat=True)
    left = included_on({row.school_id for row in rows if row.offer_id in offers}, on, unit=Unit.DOWNLOAD)
    return dict.fromkeys(bought_once, left)


def payments_of(offer: Offer, net: Money) -> int:
    """In how many monthly payments a line of that offer and price before VAT may be paid."""
    rule = InstalmentRule(**settings.INSTALMENTS)
    allowed = rule.allows(
        is_course=offer.kind == Offer.Kind.COURSE,
        supply_kind=offer.supply_kind,
        term_months=offer.term_months,
        net_pence=net.pence,
    )
    return rule.payments if allowed and offer.sold_by_id is None else 1


def _missing(lines: list[CheckedLine], terms: CustomerTerms, promised: Money) -> list[str]:
    """What the order still wants. ``terms`` are those of who is invoiced, for ``promised`` where that is more than nothing."""
    found = []
    for checked in lines:
        if (count := checked.names_missing) and checked.line.run is not None:
            names, them = ("1 name is", "it") if count == 1 else (f"{count} names are", "them")
            day = f"{checked.line.run.starts_on:%-d %B %Y}"
            found.append(f"{names} missing for {checked.line.offer.title} on {day}. You can add {them} later.")
    if promised.pence and terms.purchase_order_rule == CustomerTerms.PurchaseOrderRule.REQUIRED:
        what = terms.payer_reference_name
        whose = terms.organisation.name
        found.append(f"{what}: {whose} needs one. Add it now, or later: the invoice waits for it.")
    return found
