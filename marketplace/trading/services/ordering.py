"""Placing an order: quoted anew on the server, places taken, items to invoice made, all or nothing."""

from collections.abc import Mapping
from datetime import date, timedelta

from django.db import transaction

from catalogue.models import Offer
from catalogue.rules.facts import IncludedPlaces
from catalogue.rules.quotes import Quote
from catalogue.services import PlacesGone, pin_price, take_places
from invoicing.queries import charges_for
from invoicing.receivables.charges import clean_purchase_order
from invoicing.services import amend_unbilled, charge
from marketplace.core import events, series
from marketplace.core.actors import BUYING, Actor
from marketplace.core.errors import DomainError, NotAllowed
from marketplace.core.money import Money, share_out
from marketplace.core.periods import Period
from marketplace.trading.models import Basket, BasketLine, Booking, Order, OrderLine
from marketplace.trading.queries import order_for
from marketplace.trading.services.baskets import own_basket
from marketplace.trading.services.checking import BasketCheck, check_basket

ORDER_SERIES = "order"
KEPT = "Nothing is ordered; your basket is kept."


class PriceChanged(DomainError):
    """The total is no longer what the buyer saw. ``now`` and ``expected`` are in pence with VAT."""

    code = "price_changed"


class OverLimit(DomainError):
    """The actor may not commit so much. ``over`` is in pence."""

    code = "over_limit"


class BasketNotReady(DomainError):
    """Something in the basket cannot be ordered; ``detail`` has a sentence for each."""

    code = "basket_not_ready"


@transaction.atomic
def place_order(
    *,
    basket: Basket,
    purchase_order: str,
    expected_pence: int,
    on: date,
    actor: Actor,
    included: Mapping[int, IncludedPlaces] | None = None,
) -> Order:
    """Orders the basket once: the same call again returns the order that exists.

    ``expected_pence`` is the total with VAT that the buyer saw (``check_basket(…).total.gross``). Refused, with nothing
    ordered and the basket kept: another price (PriceChanged), places gone (PlacesGone), over the actor's limit
    (OverLimit), an empty basket or a line that cannot be ordered (BasketNotReady), a purchase order of more than 20
    characters (WrongInput).
    """
    person_id = own_basket(basket, actor)
    purchase_order = clean_purchase_order(purchase_order)
    # The conditional update locks the basket: a second click waits here, and then finds it ordered.
    if Basket.objects.filter(pk=basket.pk, state=Basket.State.OPEN).update(state=Basket.State.ORDERED) != 1:
        return Order.objects.get(basket=basket)
    check = check_basket(basket=basket, on=on, actor=actor, included=included)
    _refuse(check, expected_pence)
    _take_all_places(check)
    series.ensure_series(code=ORDER_SERIES, prefix="ORD")
    [number] = series.claim(series=ORDER_SERIES)
    order = Order.objects.create(
        number=number,
        basket=basket,
        organisation=basket.organisation,
        placed_by_person_id=person_id,
        placed_on=on,
        purchase_order=purchase_order,
        invoice_to=check.invoice_to,
        net_pence=check.total.net.pence,
        vat_pence=check.total.vat.pence,
        total_pence=check.total.gross.pence,
    )
    for checked in check.lines:
        if checked.quote is not None:
            _write_line(order, checked.line, checked.quote, actor)
    _record(order, check, actor)
    return order


def _refuse(check: BasketCheck, expected_pence: int) -> None:
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
    if check.over_limit:
        words = f"This order is {check.over_limit} over your limit, so ask somebody who may order it. {KEPT}"
        raise OverLimit(words, over=check.over_limit.pence)


def place_key(line: BasketLine) -> str:
    return f"basket-line:{line.pk}:places"


def _take_all_places(check: BasketCheck) -> None:
    """In the order of the runs, so that two orders never wait for each other in a ring."""
    lines = [checked.line for checked in check.lines if checked.line.run_id]
    try:
        for line in sorted(lines, key=lambda line: (line.run_id or 0, line.pk)):
            take_places(source_key=place_key(line), run_id=line.run_id or 0, places=int(line.quantity))
    except PlacesGone as gone:
        raise PlacesGone(f"{gone.message.rstrip('.')}. {KEPT}", **gone.facts) from None


def _describe(line: BasketLine) -> str:
    """What the invoice line says: never a person's name."""
    if line.run is None:
        return line.offer.title
    where = f", {line.run.venue}" if line.run.venue else ""
    return f"{line.offer.title}, {line.run.starts_on:%-d %B %Y}{where}"[:240]


def service_period(line: BasketLine, on: date) -> Period | None:
    """What the price pays for: the days of the course, or the term of an agreement from its first day."""
    if line.run is not None:
        return Period(line.run.starts_on, line.run.ends_on + timedelta(days=1))
    if line.offer.term_months is None:
        return None
    return Period.months_from(line.service_from or on, line.offer.term_months)


def _write_line(order: Order, line: BasketLine, quote: Quote, actor: Actor) -> None:
    period = service_period(line, order.placed_on)
    written = OrderLine.objects.create(
        order=order,
        offer=line.offer,
        run=line.run,
        school=line.school,
        description=_describe(line),
        quantity=line.quantity,
        included=quote.included,
        facts=line.facts,
        steps=[step.as_json() for step in [*quote.steps, quote.vat_step]],
        net_pence=quote.net.pence,
        vat_category=quote.vat.category,
        vat_rate=quote.vat.rate,
        vat_reason=quote.vat.reason,
        price_id=quote.price_id or 0,
        cancellation=line.offer.cancellation,
        service_from=period.start if period else None,
        service_to=period.end if period else None,
        place_source_key=place_key(line) if line.run_id else "",
    )
    pin_price(price_id=written.price_id)
    if quote.net:
        _charge(order, written, line.offer, quote, period, actor)
    if line.run is not None:
        _book(written, line, quote)


def _charge(order: Order, line: OrderLine, offer: Offer, quote: Quote, period: Period | None, actor: Actor) -> None:
    """One item to invoice for what is charged. An included place is none: there are no £0 lines."""
    key = f"order-line:{line.pk}:price"
    # A term that begins later is invoiced when it begins; everything else at once.
    begins_later = offer.term_months is not None and period is not None and period.start > order.placed_on
    charge(
        source_key=key,
        consumer=line.school,
        invoice_to=order.invoice_to,
        description=line.description,
        quantity=quote.line_quantity,
        unit_price=quote.unit_price,
        net=quote.net,
        vat=quote.vat,
        account_code=offer.account_code,
        stream_code=offer.stream_code,
        bill_on=period.start if begins_later and period else order.placed_on,
        service=period,
        cfr_code=offer.cfr_code,
        aar_code=offer.aar_code,
        purchase_order=order.purchase_order,
        label=order.number,
        steps=[step.sentence for step in quote.steps],
        analysis_code=offer.code,
        actor=actor,
    )
    OrderLine.objects.filter(pk=line.pk).update(charge_source_key=key)


def _book(written: OrderLine, line: BasketLine, quote: Quote) -> None:
    """One booking for each place; included ones first. The price is shared out to the penny over the charged ones."""
    places, charged = int(line.quantity), int(quote.charged)
    shares = [0] * quote.included + (share_out(quote.net.pence, [1] * charged) if charged else [])
    names = [*line.delegates, *[""] * places]
    Booking.objects.bulk_create(
        [
            Booking(
                order_line=written,
                position=index + 1,
                run_id=written.run_id or 0,
                school_id=written.school_id,
                delegate_name=names[index],
                included=index < quote.included,
                net_pence=shares[index],
            )
            for index in range(places)
        ]
    )


def _record(order: Order, check: BasketCheck, actor: Actor) -> None:
    schools = {checked.line.school_id for checked in check.lines}
    events.record(
        kind="order.placed",
        subject_kind="order",
        subject=order.number,
        organisation_ids=[order.organisation_id, order.invoice_to_id, *schools],
        payload={"net_pence": order.net_pence, "vat_pence": order.vat_pence, "lines": len(check.lines)},
        actor=actor,
    )


@transaction.atomic
def set_purchase_order(*, order: Order, purchase_order: str, actor: Actor) -> Order:
    """Adds or changes the purchase order of an order's items that are not invoiced yet.

    Refuses when every item was invoiced already; an issued invoice never changes.
    """
    order = order_for(actor, order.number)
    if not {order.organisation_id, order.invoice_to_id} & actor.organisations(*BUYING):
        raise NotAllowed(f"{order.organisation.name} ordered this. Ask them to give the purchase order.")
    purchase_order = clean_purchase_order(purchase_order)
    keys = [key for key in order.lines.values_list("charge_source_key", flat=True) if key]
    waiting = list(charges_for(actor).filter(source_key__in=keys, state="pending").values_list("source_key", flat=True))
    if not waiting:
        raise BasketNotReady(f"Every item of {order.number} is invoiced already, so it cannot change.")
    for key in waiting:
        amend_unbilled(source_key=key, purchase_order=purchase_order, actor=actor)
    Order.objects.filter(pk=order.pk).update(purchase_order=purchase_order)
    order.purchase_order = purchase_order
    events.record(
        kind="order.purchase_order",
        subject_kind="order",
        subject=order.number,
        organisation_ids=[order.organisation_id],
        payload={"items": len(waiting)},
        actor=actor,
    )
    return order
