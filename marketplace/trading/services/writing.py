"""What an order consists of once it is written: its lines as quoted, the places it holds, its items to invoice."""

from collections.abc import Sequence
from datetime import date, timedelta

from catalogue.rules.quotes import Quote, Step
from catalogue.services import PlacesGone, pin_price, take_places
from invoicing.services import charge, pin_vat_rule
from invoicing.vat.treatment import VatTreatment
from marketplace.core.actors import Actor
from marketplace.core.bulk import insert_rows, rows_prepared
from marketplace.core.money import Money, share_out
from marketplace.core.periods import Period
from marketplace.organisations.models import Organisation
from marketplace.organisations.queries import partnership
from marketplace.trading.models import Basket, BasketLine, Booking, Order, OrderLine
from marketplace.trading.services.checking import BasketCheck, CheckedLine
from marketplace.trading.services.choices import with_level
from marketplace.trading.services.delegates import places_of
from marketplace.trading.services.funded import draw_funded
from marketplace.trading.services.licences import grant_licences
from marketplace.trading.services.paying import KEPT, Paying
from marketplace.trading.services.term_orders import agree_lines, charge_key, is_term
from subscriptions.purses.drawing import MayNotDraw, PurseTooSmall, draw
from subscriptions.services import consume_places, reserve_places
from subscriptions.slas.rules.terms import TermPlan, as_json

ORDER_NUMBERS = "trading_order_numbers"


def write_order(
    *,
    check: BasketCheck,
    basket: Basket,
    person_id: int,
    purchase_order: str,
    paying: Paying,
    state: Order.State,
    on: date,
) -> tuple[Order, list[OrderLine]]:
    """The order with its number, lines and places, in the caller's transaction. Nothing is charged by it.

    Places are booked where the order is placed, and held where it waits for approval; a purse that pays it keeps the sum, a
    council's package the units that it pays for. Raises PlacesGone, PurseTooSmall, MayNotDraw, PackageUsedUp and NotEligible.
    """
    _take_all_places(check)
    quoted = [checked for checked in check.lines if checked.quote is not None]
    number, order_id, line_ids = _numbers(len(quoted))
    order = Order(
        pk=order_id,
        number=number,
        basket=basket,
        organisation=basket.organisation,
        placed_by_person_id=person_id,
        placed_on=on,
        purchase_order=purchase_order,
        invoice_on=paying.invoice_on,
        invoice_to=check.invoice_to,
        state=state,
        net_pence=check.total.net.pence,
        vat_pence=check.total.vat.pence,
        total_pence=check.total.gross.pence,
    )
    lines = [
        _line(pk, order, checked.line, checked.quote, checked.instalments if paying.in_instalments else 1, checked.plan)
        for pk, checked in zip(line_ids, quoted, strict=True)
        if checked.quote is not None
    ]
    booked = zip(lines, quoted, strict=True)
    places = [one for line, checked in booked if line.run_id for one in _bookings(order, line, checked)]
    insert_rows([order], lines, places)
    for line, checked in zip(lines, quoted, strict=True):
        if line.included and checked.included is not None and checked.included.allowance is not None:
            reserve_places(
                source_key=included_key(line.pk),
                allowance_id=checked.included.allowance,
                places=line.included,
                label=line.description,
                on=on,
                person_id=person_id,
            )
        if checked.quote is not None and not checked.quote.pinned:
            pin_price(price_id=checked.quote.price_id or 0)
            pin_vat_rule(rule_id=checked.quote.vat_rule_id)
    draw_funded(order, lines, quoted, on)
    if paying.purse and order.total_pence:
        _draw_on_purse(order, lines, paying.purse, on)
    if any(checked.line.needs or checked.line.emails for checked in quoted):
        # What people need is kept once, with their place, where it is erased after the course.
        basket.lines.update(needs=[], emails=[])
    return order, lines


def purse_key(order: Order) -> str:
    """Under which a purse keeps what an order takes."""
    return f"order:{order.number}"


def _draw_on_purse(order: Order, lines: Sequence[OrderLine], code: str, on: date) -> None:
    """Keeps the whole sum with VAT in the purse until its items are invoiced and it pays them."""
    first = lines[0].description if len(lines) == 1 else f"{lines[0].description} and {len(lines) - 1} more"
    try:
        draw(
            code=code,
            organisation=order.organisation,
            source_key=purse_key(order),
            label=f"{order.number}: {first}",
            pence=order.total_pence,
            charge_keys=[charge_key(line.pk) for line in lines if line.net_pence],
            on=on,
            person_id=order.placed_by_person_id,
        )
    except (MayNotDraw, PurseTooSmall) as refused:
        raise type(refused)(f"{refused.message.rstrip('.')}. {KEPT}", **refused.facts) from None


_NUMBERS = f"""
SELECT nextval('{ORDER_NUMBERS}'), nextval('trading_order_id_seq'),
ARRAY(SELECT nextval('trading_orderline_id_seq') FROM generate_series(1, %s))
"""


def _numbers(lines: int) -> tuple[str, int, list[int]]:
    """The order's number, its id and those of its lines, in one question to the database.

    Numbers of orders come from a sequence: an order is no document, so that a number may be missing, and nobody waits for
    anybody else's order to be written.
    """
    [[number, order_id, line_ids]] = rows_prepared(_NUMBERS, [lines])
    return f"ORD-{number:06d}", order_id, line_ids


def next_order_number() -> str:
    """The number of an order that is written without lines."""
    [[number, _, _]] = rows_prepared(_NUMBERS, [0])
    return f"ORD-{number:06d}"


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
        return with_level(line)
    where = f", {line.run.venue}" if line.run.venue else ""
    return f"{line.offer.title}, {line.run.starts_on:%-d %B %Y}{where}"[:240]


def _service_period(order: Order, line: BasketLine, plan: TermPlan | None) -> Period | None:
    """What the price pays for: the days of the course, or the first year of an agreement from its first day.

    A term that begins at once has no dates until somebody has approved it, unless it is a part of the buyer's own year.
    """
    if line.run is not None:
        return Period(line.run.starts_on, line.run.ends_on + timedelta(days=1))
    waits = order.state == Order.State.AWAITING_APPROVAL and line.service_from is None
    if plan is None or (waits and not plan.rules.year_starts):
        return None
    return plan.first.valid


def _line(
    pk: int, order: Order, line: BasketLine, quote: Quote, instalments: int, plan: TermPlan | None = None
) -> OrderLine:
    """An order line of its own id, not written yet. What it will charge is known by that id."""
    period = _service_period(order, line, plan)
    charged = bool(quote.net.pence) and order.state == Order.State.PLACED
    return OrderLine(
        pk=pk,
        order=order,
        offer=line.offer,
        offer_version_id=line.offer.current_version_id,
        run=line.run,
        school=line.school,
        description=_describe(line),
        quantity=line.quantity,
        included=quote.included,
        facts=line.facts,
        steps=[step.as_json() for step in [*quote.steps, quote.vat_step]],
        net_pence=quote.net.pence,
        unit_price_pence=quote.unit_price.pence,
        charged_quantity=quote.line_quantity,
        vat_category=quote.vat.category,
        vat_rate=quote.vat.rate,
        vat_reason=quote.vat.reason,
        price_id=quote.price_id or 0,
        cancellation=line.offer.cancellation,
        service_from=period.start if period else None,
        service_to=period.end if period else None,
        place_source_key=place_key(line) if line.run_id else "",
        charge_source_key=charge_key(pk) if charged else "",
        instalments=instalments,
        term=as_json(plan) if plan else None,
    )


def included_key(line_id: int) -> str:
    """Under which the included places of a line are kept."""
    return f"order-line:{line_id}:included"


def _bookings(order: Order, written: OrderLine, checked: CheckedLine) -> list[Booking]:
    """One booking for each place; included ones first. The price is shared out to the penny over the charged ones."""
    line, quote = checked.line, checked.quote
    assert quote is not None  # noqa: S101  only quoted lines are written
    places, charged = int(line.quantity), int(quote.charged)
    shares = [0] * quote.included + (share_out(quote.net.pence, [1] * charged) if charged else [])
    people = places_of(line, order.placed_on)
    waits = order.state == Order.State.AWAITING_APPROVAL
    return [
        Booking(
            order_line_id=written.pk,
            position=index + 1,
            run_id=written.run_id or 0,
            school_id=written.school_id,
            included=index < quote.included,
            net_pence=shares[index],
            state=Booking.State.HELD if waits else Booking.State.BOOKED,
            **people[index],
        )
        for index in range(places)
    ]


def charge_order(
    *,
    order: Order,
    on: date,
    actor: Actor,
    lines: Sequence[OrderLine] | None = None,
    ours: Organisation | None = None,
) -> None:
    """One item to invoice for each line that costs something, from what was written when it was quoted.

    Services of a term become agreements, which charge their first year under the line's own key.
    ``on`` is the day on which the order is placed or approved: what begins at once begins then. ``lines`` are its lines
    and ``ours`` is the partnership, where the caller has them at hand.
    """
    if lines is None:
        lines = list(order.lines.select_related("offer__sold_by", "school").order_by("pk"))
    grant_licences(lines=lines, on=on, actor=actor)
    for line in lines:
        if line.included and line.run_id is None:  # a download that is included is used as soon as it is had
            consume_places(source_key=included_key(line.pk), on=on)
    ours = ours or partnership()
    services = [line for line in lines if is_term(line)]
    if services:
        agree_lines(order=order, lines=services, ours=ours, on=on, actor=actor)
    for line in lines:
        if line.net_pence and not is_term(line):
            _charge(order, line, ours, on, actor)


def _charge(order: Order, line: OrderLine, ours: Organisation, on: date, actor: Actor) -> None:
    """An included place is no item to invoice: there are no £0 lines."""
    key, offer = charge_key(line.pk), line.offer
    period = Period(line.service_from, line.service_to) if line.service_from and line.service_to else None
    charge(
        source_key=key,
        consumer=line.school,
        invoice_to=order.invoice_to,
        supplier=offer.sold_by or ours,
        description=line.description,
        quantity=line.charged_quantity,
        unit_price=Money(line.unit_price_pence),
        net=Money(line.net_pence),
        vat=VatTreatment(line.vat_category, line.vat_rate, line.vat_reason),
        account_code=offer.account_code,
        stream_code=offer.stream_code,
        bill_on=max(order.invoice_on, on) if order.invoice_on else on,
        service=period,
        cfr_code=offer.cfr_code,
        aar_code=offer.aar_code,
        purchase_order=order.purchase_order,
        label=order.number,
        # The last step tells of VAT, which the invoice works out on its whole rate group.
        steps=[Step(step["text"], step["pence"]).sentence for step in line.steps[:-1]],
        analysis_code=offer.code,
        recognition="at_once" if period is None else "on_date" if line.run_id else "over_time",
        instalments=line.instalments,
        actor=actor,
    )
    if not line.charge_source_key:
        OrderLine.objects.filter(pk=line.pk).update(charge_source_key=key)
