"""E-mails about orders: what was ordered, to the buyer and the address shared for orders."""

from typing import Any

from frontend.buying import buyer_of
from frontend.formats import plural
from frontend.notices.readers import Purpose, absolute, to_address, to_person
from frontend.notices.topics import ORDERS
from frontend.run_words import UNCERTAIN, fetch_meetings, times_words
from marketplace.core.actors import platform
from marketplace.core.models import Event
from marketplace.core.outbox import handles
from marketplace.messaging.services import To, send
from marketplace.organisations.models import Organisation
from marketplace.trading.engagements.queries import asked_booking_of
from marketplace.trading.models import AskedBooking, Order
from marketplace.trading.queries import lines_for, orders_for

ACTOR = platform("notices")


@handles("order.placed", name="notices.order_placed")
def order_placed(event: Event) -> None:
    """Tells the buyer what was ordered and who is invoiced; after an approval the decision has told them already."""
    order = order_of(event.subject)
    for to in readers_of(order):
        if to.person_id and hasattr(order, "approval"):
            continue
        send(
            key=f"order:{order.number}:placed",
            topic=ORDERS,
            to=to,
            template="mail/order_placed.jinja",
            context=context_of(order),
            event=event,
        )


def order_of(number: str) -> Order:
    """The order with what its e-mails need."""
    found = orders_for(ACTOR).select_related("organisation__school", "organisation__trust", "placed_by_person__user")
    return found.get(number=number)


def readers_of(order: Order) -> list[To]:
    """Who placed it, and the organisation's shared address for orders."""
    return [*to_person(order.placed_by_person), *to_address(order.organisation, Purpose.ORDERS)]


def context_of(order: Order) -> dict[str, Any]:
    """What an e-mail says about an order: no names of people, and one link."""
    lines = list(lines_for(ACTOR, order))
    fetch_meetings(line.run for line in lines)
    schools = sorted({line.school.name for line in lines})
    if asked := asked_booking_of(order):
        return _of_booking(order, asked)
    return {
        "order": order,
        "what": lines[0].description if len(lines) == 1 else plural(len(lines), "item"),
        "lines": [{"text": _text(line, schools), "amount": None, "next": _when(line)} for line in lines],
        "places": any(line.run_id for line in lines),
        "asked": False,
        "for_whom": schools[0] if len(schools) == 1 else plural(len(schools), "school"),
        "link": absolute(buyer_of(order.organisation).url("school-order", number=order.number)),
    }


def _of_booking(order: Order, asked: AskedBooking) -> dict[str, Any]:
    """The same for an order that stands for a quote of a consultant."""
    return {
        "order": order,
        "what": asked.request.title,
        "lines": [{"text": f"{asked.request.title}, {asked.quote.consultant.name}", "amount": None, "next": ""}],
        "places": False,
        "asked": True,
        "for_whom": asked.request.school.name,
        "link": absolute(buyer_of(order.organisation).url("school-order", number=order.number)),
    }


def _text(line: Any, schools: list[str]) -> str:
    many = f", {plural(int(line.quantity), 'place')}" if line.run_id else ""
    return f"{line.description}{many}{f', {line.school.name}' if len(schools) > 1 else ''}"


def _when(line: Any) -> str:
    if line.run is None:
        return ""
    return f"{times_words(line.run)}.{f' {UNCERTAIN}' if line.run.tentative else ''}"


def page_of(organisation: Organisation, name: str, **more: Any) -> str:
    """The whole address of one of an organisation's pages."""
    return absolute(buyer_of(organisation).url(name, **more))
