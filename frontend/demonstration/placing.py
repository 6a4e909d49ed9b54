"""Placing the planned orders, as the schools' buyers would: a basket, its check, the order."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from catalogue.models import CourseRun, Offer
from catalogue.services.vat import vat_for
from frontend.demonstration.directory import Directory
from frontend.demonstration.orders import PlannedLine, PlannedOrder
from frontend.demonstration.people import name_for
from marketplace.core.actors import Actor
from marketplace.core.money import vat_on
from marketplace.trading.models import Basket, BasketLine, Order
from marketplace.trading.services import Paying, add_to_basket, open_basket, place_order


@dataclass(frozen=True)
class Shelf:
    """Offers and course dates by code, read once."""

    offers: dict[str, Offer]
    runs: dict[str, CourseRun]


def read_shelf() -> Shelf:
    """Everything that can be ordered."""
    return Shelf(
        offers={offer.code: offer for offer in Offer.objects.all()},
        runs={run.code: run for run in CourseRun.objects.all()},
    )


def place(directory: Directory, shelf: Shelf, planned: PlannedOrder) -> Order:
    """Orders what was planned, by whoever buys there. Places are counted by the database, not by what was read."""
    actor = directory.actors[planned.buyer]
    basket, lines = put_in_basket(directory, shelf, planned, actor)
    return place_order(
        basket=basket,
        purchase_order=planned.purchase_order,
        expected_pence=gross_of(lines, planned.day),
        paying=Paying(in_instalments=planned.in_instalments),
        on=planned.day,
        actor=actor,
    )


def put_in_basket(
    directory: Directory, shelf: Shelf, planned: PlannedOrder, actor: Actor
) -> tuple[Basket, list[BasketLine]]:
    """The actor's basket with what was planned in it."""
    basket = open_basket(organisation=directory.find(planned.buyer), actor=actor)
    return basket, [_add(directory, shelf, basket, line, planned, actor) for line in planned.lines]


def _add(
    directory: Directory, shelf: Shelf, basket: Basket, line: PlannedLine, planned: PlannedOrder, actor: Actor
) -> BasketLine:
    key = f"{planned.buyer} {line.run}"
    return add_to_basket(
        basket=basket,
        offer=shelf.offers[line.offer],
        school=directory.find(line.school),
        quantity=Decimal(line.quantity),
        on=planned.day,
        actor=actor,
        run=shelf.runs[line.run] if line.run else None,
        delegates=[name_for(f"{key} {index}") for index in range(line.named)],
        facts=dict(line.facts),
        service_from=line.service_from,
    )


def gross_of(lines: list[BasketLine], on: date) -> int:
    """What the basket showed, in pence with VAT by rate. The order quotes anew and refuses another amount."""
    nets: dict[Decimal, int] = {}
    for line in lines:
        rate = vat_for(offer=line.offer, organisation=line.school, on=on).treatment.rate
        nets[rate] = nets.get(rate, 0) + line.quoted_pence
    return sum(net + vat_on(net, rate) for rate, net in nets.items())
