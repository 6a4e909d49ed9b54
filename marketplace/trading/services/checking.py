"""The basket as its check page shows it: live quotes, total, VAT, who is invoiced, and what is missing."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from catalogue.rules.facts import IncludedPlaces
from catalogue.rules.quotes import Quote
from catalogue.services import places_refusal
from marketplace.core.actors import Actor
from marketplace.core.errors import DomainError
from marketplace.core.money import Money, TaxedAmount
from marketplace.organisations.models import CustomerTerms, Organisation
from marketplace.organisations.services.registry import terms_of
from marketplace.trading.models import Basket, BasketLine
from marketplace.trading.rules.totals import VatGroup, committed, total, vat_groups
from marketplace.trading.services.access import check_receives
from marketplace.trading.services.baskets import check_orderable, own_basket, quote_line
from marketplace.trading.services.routing import Route, route_for
from subscriptions.queries import price_classes_on


@dataclass(frozen=True)
class CheckedLine:
    """A line with its live quote, or with the sentence that says why there is none."""

    line: BasketLine
    quote: Quote | None
    problem: str = ""

    @property
    def names_missing(self) -> int:
        """How many people are still to be named."""
        named = sum(1 for name in self.line.delegates if name)
        return int(self.line.quantity) - named if self.line.run_id else 0


@dataclass(frozen=True)
class BasketCheck:
    """``problems`` stand in the way of ordering; ``missing`` may follow later. ``total.gross`` is what to expect.

    ``committed`` counts a price per year for each year of its term and is what ``limit`` (None: no limit) is compared
    with; both include VAT. ``route`` says who must approve it where the actor may not place it alone.
    """

    lines: list[CheckedLine]
    groups: list[VatGroup]
    total: TaxedAmount
    committed: Money
    limit: Money | None
    invoice_to: Organisation
    route: Route | None = None
    missing: list[str] = field(default_factory=list)

    @property
    def problems(self) -> list[str]:
        return [checked.problem for checked in self.lines if checked.problem]

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
) -> BasketCheck:
    """Quotes every line as of a day, the same way as the order will. Writes nothing.

    ``included`` gives, by school, the places that its subscription has left; lines use them up in their order.
    """
    own_basket(basket, actor)
    rows = basket.lines.select_related("offer__provider", "run", "school").order_by("pk")
    lines = _quote_lines(basket, list(rows), on, dict(included or {}))
    quoted = [(checked.quote, checked.line) for checked in lines if checked.quote is not None]
    groups = vat_groups((quote, 1) for quote, _ in quoted)
    given = actor.spending_limit(basket.organisation_id)
    limit = None if given is None else Money(given)
    promised = committed((quote, int(line.facts.get("term_years", 1))) for quote, line in quoted)
    terms = terms_of(basket.organisation)
    return BasketCheck(
        lines=lines,
        groups=groups,
        total=total(groups),
        committed=promised,
        limit=limit,
        invoice_to=terms.invoice_to or basket.organisation,
        route=route_for(
            organisation=basket.organisation,
            committed=promised,
            limit=limit,
            first_course=min((line.run.starts_on for _, line in quoted if line.run), default=None),
            on=on,
            actor=actor,
        ),
        missing=_missing(lines, terms.invoice_to or basket.organisation),
    )


def _quote_lines(
    basket: Basket, lines: list[BasketLine], on: date, included: dict[int, IncludedPlaces]
) -> list[CheckedLine]:
    classes = price_classes_on([line.school_id for line in lines], on)
    wanted: dict[int, int] = {}
    checked = []
    for line in lines:
        left = included.get(line.school_id)
        try:
            check_receives(basket.organisation, line.school, on)
            check_orderable(line, on)
            if line.run is not None:
                wanted[line.run.pk] = wanted.get(line.run.pk, 0) + int(line.quantity)
                if wanted[line.run.pk] > line.run.places_left:
                    raise places_refusal(line.run.pk, wanted[line.run.pk])
            quote = quote_line(line, on, price_class=classes[line.school_id], included=left)
        except DomainError as refusal:
            checked.append(CheckedLine(line, None, refusal.message))
            continue
        if left is not None and quote.included:
            included[line.school_id] = IncludedPlaces(left.name, left.left - quote.included, left.granted)
        checked.append(CheckedLine(line, quote))
    return checked


def _missing(lines: list[CheckedLine], invoice_to: Organisation) -> list[str]:
    found = []
    for checked in lines:
        if (count := checked.names_missing) and checked.line.run is not None:
            names = "1 name is" if count == 1 else f"{count} names are"
            day = f"{checked.line.run.starts_on:%-d %B %Y}"
            found.append(f"{names} missing for {checked.line.offer.title} on {day}. You can add them later.")
    terms = terms_of(invoice_to)
    if terms.purchase_order_rule == CustomerTerms.PurchaseOrderRule.REQUIRED:
        what = terms.payer_reference_name
        found.append(f"{what}: {invoice_to.name} needs one. Add it now, or later: the invoice waits for it.")
    return found
