"""Placing an order: quoted anew on the server, places taken, items to invoice made, all or nothing."""

from collections.abc import Mapping, Sequence
from datetime import date

from django.db import transaction

from catalogue.rules.facts import IncludedPlaces
from invoicing.queries import charges_for
from invoicing.receivables.charges import clean_purchase_order
from invoicing.services import amend_unbilled
from marketplace.core import events
from marketplace.core.actors import BUYING, Actor
from marketplace.core.bulk import run_prepared
from marketplace.core.errors import DomainError, NotAllowed
from marketplace.core.money import Money
from marketplace.trading.models import Basket, Order
from marketplace.trading.queries import order_for
from marketplace.trading.services.baskets import own_basket
from marketplace.trading.services.checking import BasketCheck, check_basket
from marketplace.trading.services.paying import AT_ONCE, KEPT, Paying, settled
from marketplace.trading.services.routing import Route
from marketplace.trading.services.writing import charge_order, write_order


class PriceChanged(DomainError):
    """The total is no longer what the buyer saw. ``now`` and ``expected`` are in pence with VAT."""

    code = "price_changed"


class OverLimit(DomainError):
    """The actor may not commit so much. ``over`` is in pence."""

    code = "over_limit"


class NeedsApproval(DomainError):
    """The organisation's own scheme of delegation wants a second person. ``committed`` is in pence."""

    code = "needs_approval"


class BasketNotReady(DomainError):
    """Something in the basket cannot be ordered; ``detail`` has a sentence for each."""

    code = "basket_not_ready"


_ORDERED = f"""
UPDATE trading_basket SET state = '{Basket.State.ORDERED}' WHERE id = %s AND state = '{Basket.State.OPEN}' RETURNING id
"""


@transaction.atomic
def place_order(
    *,
    basket: Basket,
    purchase_order: str,
    expected_pence: int,
    on: date,
    actor: Actor,
    included: Mapping[int, IncludedPlaces] | None = None,
    paying: Paying = AT_ONCE,
) -> Order:
    """Orders the basket once: the same call again returns the order that exists.

    ``expected_pence`` is the total with VAT that the buyer saw (``check_basket(…).total.gross``). Refused, with nothing
    ordered and the basket kept: another price (PriceChanged), places gone (PlacesGone), over the actor's limit
    (OverLimit) or of a sum that its scheme of delegation keeps for somebody else (NeedsApproval), an empty basket or a
    line that cannot be ordered (BasketNotReady), a purchase order of more than 20 characters (WrongInput), a day of
    invoice that the rules of VAT do not allow (InvoiceDateRefused), instalments for what is paid whole (NoInstalments).
    What needs approval is sent for it by ``approvals.ask_approval``.
    """
    person_id = own_basket(basket, actor)
    purchase_order = clean_purchase_order(purchase_order)
    # The conditional update locks the basket: a second click waits here, and then finds it ordered.
    if not run_prepared(_ORDERED, [basket.pk]):
        return Order.objects.get(basket=basket)
    check = check_basket(basket=basket, on=on, actor=actor, included=included, purse=paying.purse)
    refuse_unready(check, expected_pence)
    paying = settled(check, paying)
    if check.route is not None:
        raise _refusal(check.over_limit, check.route)
    order, lines = write_order(
        check=check,
        basket=basket,
        person_id=person_id,
        purchase_order=purchase_order,
        paying=paying,
        state=Order.State.PLACED,
        on=on,
    )
    charge_order(order=order, on=on, actor=actor, lines=lines, ours=check.partnership)
    record_placed(order, actor, [line.school_id for line in lines])
    return order


def refuse_unready(check: BasketCheck, expected_pence: int) -> None:
    """Raises BasketNotReady or PriceChanged where the basket cannot be ordered as it was seen."""
    if not check.lines:
        raise BasketNotReady("Your basket is empty. Choose a course or a service first.")
    if check.problems:
        detail = check.problems if len(check.problems) > 1 else []
        raise BasketNotReady(f"{check.problems[0].rstrip('.')}. {KEPT}", detail=detail)
    if check.total.gross.pence != expected_pence:
        raise PriceChanged(
            f"The price is now {check.total.gross}, not {Money(expected_pence)}. Nothing is ordered. Accept or go back",
            now=check.total.gross.pence,
            expected=expected_pence,
        )


def _refusal(over: Money, route: Route) -> DomainError:
    """Why the buyer may not place it alone, and who must approve it."""
    words = f"{route.sentence}. {'Send it for approval. ' if route.open else ''}{KEPT}"
    if over:
        return OverLimit(words, over=over.pence)
    return NeedsApproval(words, committed=route.committed.pence)


def record_placed(order: Order, actor: Actor, schools: Sequence[int] | None = None) -> None:
    """The order stands, as from the buyer or as from the approver. ``schools``: who receives each line, where known."""
    schools = list(order.lines.values_list("school_id", flat=True)) if schools is None else list(schools)
    events.record(
        kind="order.placed",
        subject_kind="order",
        subject=order.number,
        organisation_ids=[order.organisation_id, order.invoice_to_id, *schools],
        payload={"net_pence": order.net_pence, "vat_pence": order.vat_pence, "lines": len(schools)},
        actor=actor,
    )


_NOT_CHARGED: dict[str, str] = {
    Order.State.DECLINED: "was not approved, so nothing of it is invoiced",
    Order.State.WITHDRAWN: "was withdrawn, so nothing of it is invoiced",
    Order.State.EXPIRED: "ran out before anybody approved it, so nothing of it is invoiced",
}


@transaction.atomic
def set_purchase_order(*, order: Order, purchase_order: str, actor: Actor) -> Order:
    """Adds or changes the purchase order of an order's items that are not invoiced yet.

    Waits for a decision on the order that is being made. Refuses an order that did not come about, and when every item
    was invoiced already; an issued invoice never changes.
    """
    order = order_for(actor, order.number)
    if not {order.organisation_id, order.invoice_to_id} & actor.organisations(*BUYING):
        raise NotAllowed(f"{order.organisation.name} ordered this. Ask them to give the purchase order.")
    purchase_order = clean_purchase_order(purchase_order)
    Order.objects.select_for_update(of=("self",)).get(pk=order.pk)
    order.refresh_from_db(fields=["state", "purchase_order"])
    if order.state in _NOT_CHARGED:
        raise BasketNotReady(f"{order.number} {_NOT_CHARGED[order.state]}. It needs no purchase order.")
    if order.state == Order.State.AWAITING_APPROVAL:
        return _written(order, purchase_order, 0, actor)
    keys = [key for key in order.lines.values_list("charge_source_key", flat=True) if key]
    waiting = list(charges_for(actor).filter(source_key__in=keys, state="pending").values_list("source_key", flat=True))
    if not waiting:
        raise BasketNotReady(f"Every item of {order.number} is invoiced already, so it cannot change.")
    for key in waiting:
        amend_unbilled(source_key=key, purchase_order=purchase_order, actor=actor)
    return _written(order, purchase_order, len(waiting), actor)


def _written(order: Order, purchase_order: str, items: int, actor: Actor) -> Order:
    before, order.purchase_order = order.purchase_order, purchase_order
    Order.objects.filter(pk=order.pk).update(purchase_order=purchase_order)
    events.record(
        kind="order.purchase_order",
        subject_kind="order",
        subject=order.number,
        organisation_ids=[order.organisation_id],
        payload={
            "items": items,
            "before": {"purchase_order": before},
            "after": {"purchase_order": purchase_order},
        },
        actor=actor,
    )
    return order
