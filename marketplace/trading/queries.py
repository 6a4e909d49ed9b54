"""Reads over trading, scoped to an actor: buyers see their schools' orders, the partnership's staff all."""

from collections.abc import Sequence

from django.db.models import Exists, OuterRef, Q, QuerySet

from marketplace.core.actors import BUYING, STAFF, Actor, Role
from marketplace.core.errors import NotFound
from marketplace.organisations.models import Organisation
from marketplace.trading.models import Approval, Basket, BasketLine, Booking, Order, OrderLine


def _sees_all(actor: Actor) -> bool:
    return actor.system or actor.has(*STAFF)


def orders_for(actor: Actor) -> QuerySet[Order]:
    """Orders placed for the actor's organisations, or with a line for one of them; newest first. A deputy sees those
    that were sent for approval where they decide for somebody else."""
    orders = Order.objects.select_related("organisation", "invoice_to", "placed_by_person").order_by("-pk")
    if _sees_all(actor):
        return orders
    own = actor.organisations(*BUYING)
    lines = OrderLine.objects.filter(order=OuterRef("pk"), school_id__in=own)
    reach = Q(organisation_id__in=own) | Q(Exists(lines))
    if decides := _decides_at(actor) - own:
        reach |= Q(Exists(Approval.objects.filter(order=OuterRef("pk"), organisation_id__in=decides)))
    return orders.filter(reach)


def _decides_at(actor: Actor) -> set[int]:
    """Where the actor may read what was sent for approval: a deputy, too, sees the whole order that they decide on."""
    return actor.organisations(*BUYING, deputies=True)


def own_pence(actor: Actor, orders: Sequence[Order]) -> dict[int, int]:
    """Totals with VAT, by the order's id, of those orders that the actor may see whole: a school that receives a part of
    its trust's order is not told what the rest cost. Orders that are left out are seen in part. One query."""
    own = actor.organisations(*BUYING)
    if _sees_all(actor):
        return {order.pk: order.total_pence for order in orders}
    others = OrderLine.objects.filter(order__in=[order.pk for order in orders]).exclude(school_id__in=own)
    parts = set(others.values_list("order_id", flat=True))
    return {
        order.pk: order.total_pence
        for order in orders
        if order.organisation_id in _decides_at(actor) or order.pk not in parts
    }


def order_for(actor: Actor, number: str) -> Order:
    """One order by its number, or NotFound whether it is missing or not the actor's."""
    found = orders_for(actor).filter(number=number).first()
    if found is None:
        raise NotFound(f"There is no order {number}.")
    return found


def lines_for(actor: Actor, order: Order) -> QuerySet[OrderLine]:
    """The order's lines that the actor may see: a school does not see what a trust ordered for another school."""
    lines = (
        order.lines.select_related("offer", "offer_version", "run", "school", "own_code")
        .prefetch_related("bookings")
        .order_by("pk")
    )
    own = actor.organisations(*BUYING)
    if _sees_all(actor) or order.organisation_id in _decides_at(actor):
        return lines
    return lines.filter(school_id__in=own)


def lines_to_code(actor: Actor, order: Order) -> QuerySet[OrderLine]:
    """The lines that a school may book under its own codes: those that the actor's schools receive; NotFound without."""
    own = actor.organisations(*BUYING)
    lines = order.lines.filter(school_id__in=own).select_related("offer", "school", "own_code").order_by("pk")
    if not lines.exists():
        raise NotFound("Page not found")
    return lines


def bookings_for(actor: Actor) -> QuerySet[Booking]:
    """Places booked for the actor's schools, or ordered by their organisation."""
    bookings = Booking.objects.select_related("run__offer", "school", "order_line__order", "order_line__offer")
    if _sees_all(actor):
        return bookings
    own = actor.organisations(*BUYING)
    return bookings.filter(Q(school_id__in=own) | Q(order_line__order__organisation_id__in=own))


def sees_names(actor: Actor) -> bool:
    """Whether the actor is told who comes: whoever booked or receives the places, and the organisers."""
    return actor.system or actor.has(Role.ORGANISER) or not actor.has(*STAFF)


def booking_for(actor: Actor, pk: int) -> Booking:
    """One booking, or NotFound whether it is missing or not the actor's."""
    found = bookings_for(actor).filter(pk=pk).first()
    if found is None:
        raise NotFound("There is no such booking.")
    return found


def basket_of(actor: Actor, organisation: Organisation) -> Basket | None:
    """The actor's open basket for an organisation where they buy; None where nothing was put in yet."""
    if organisation.pk not in actor.organisations(*BUYING):
        raise NotFound("Page not found")
    mine = Basket.objects.filter(owner_person_id=actor.person_id, state=Basket.State.OPEN)
    return mine.filter(organisation=organisation).select_related("organisation").first()


def basket_line_of(actor: Actor, organisation: Organisation, pk: int) -> BasketLine:
    """A line of the actor's open basket, or NotFound."""
    basket = basket_of(actor, organisation)
    lines = BasketLine.objects.select_related("basket__organisation", "offer", "run", "school")
    found = lines.filter(pk=pk, basket=basket).first() if basket else None
    if found is None:
        raise NotFound("This line is not in your basket any more.")
    return found


def approvals_for(actor: Actor) -> QuerySet[Approval]:
    """Approvals asked at the actor's organisations; the partnership's staff see all. Those that wait longest first."""
    found = Approval.objects.select_related(
        "order", "organisation", "asked_by_person", "approver_person", "decided_by_person", "on_behalf_of_person",
        "recorded_by_person", "order__asked_booking__request",
    ).order_by("asked_on", "pk")  # fmt: skip
    return found if _sees_all(actor) else found.filter(organisation_id__in=_decides_at(actor))


def approval_for(actor: Actor, number: str) -> Approval:
    """The approval of one order by the order's number, or NotFound whether it is missing or not the actor's."""
    found = approvals_for(actor).filter(order__number=number).first()
    if found is None:
        raise NotFound(f"Order {number} was not sent for approval.")
    return found
