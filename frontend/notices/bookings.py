"""E-mails about places that were cancelled. Who would have come is not said: the order's page tells it."""

from frontend.notices.orders import order_of, page_of, readers_of
from frontend.notices.topics import BOOKINGS
from marketplace.core.actors import platform
from marketplace.core.models import Event
from marketplace.core.outbox import handles
from marketplace.core.wording import london_day
from marketplace.messaging.services import send
from marketplace.trading.queries import booking_for

ACTOR = platform("notices")


@handles("booking.cancelled", name="notices.place_cancelled")
def place_cancelled(event: Event) -> None:
    """Tells who ordered it what comes back, by the figures of the event."""
    booking = booking_for(ACTOR, int(event.subject))
    if event.payload.get("by_us") and booking.run.cancelled_on:
        return  # the whole date was cancelled, of which one e-mail tells
    order = order_of(str(event.payload["order"]))
    for to in readers_of(order):
        send(
            key=f"booking:{booking.pk}:cancelled",
            topic=BOOKINGS,
            to=to,
            template="mail/place_cancelled.jinja",
            context={
                "title": booking.run.offer.title,
                "course_day": booking.run.starts_at,
                "cancelled_on": london_day(event.at),
                "school": booking.school.name,
                "order": order.number,
                "back": event.payload["back_pence"],
                "kept": event.payload["kept_pence"],
                "fee": event.payload.get("fee_pence", 0),
                "by_us": event.payload.get("by_us", False),
                "included": booking.included,
                "returned": event.payload["place_returned"],
                "link": page_of(order.organisation, "school-order", number=order.number),
            },
            event=event,
        )
