"""E-mails about waivers: to the organisers when a school asks, to whoever asked when it is decided.

Neither the reason nor the answer stands in them: both are on the page alone.
"""

from typing import Any

from frontend.jinja import url
from frontend.notices.orders import page_of, readers_of
from frontend.notices.readers import absolute, to_person, to_roles
from frontend.notices.topics import WAIVERS
from frontend.school.waiver import gross_of
from marketplace.core.actors import Role, platform
from marketplace.core.models import Event
from marketplace.core.money import Money
from marketplace.core.outbox import handles
from marketplace.core.wording import london_day
from marketplace.messaging.services import To, send
from marketplace.organisations.queries import partnership
from marketplace.trading.models import Waiver
from marketplace.trading.waiver_queries import waiver_for

ACTOR = platform("notices")


@handles("waiver.asked", name="notices.waiver_asked")
def waiver_asked(event: Event) -> None:
    """Tells the organisers that a school waits for their decision."""
    waiver = waiver_for(ACTOR, int(event.subject))
    link = absolute(url("organise-waiver", pk=waiver.pk))
    for to in to_roles(partnership().pk, [Role.ORGANISER], london_day(event.at)):
        _send(waiver, to, event, "asked", link)


@handles("waiver.granted", "waiver.refused", name="notices.waiver_decided")
def waiver_decided(event: Event) -> None:
    """Tells whoever asked, or where nobody did, who placed the order."""
    waiver = waiver_for(ACTOR, int(event.subject))
    order = waiver.booking.order_line.order
    link = page_of(order.organisation, "school-booking", pk=waiver.booking_id)
    for to in to_person(waiver.asked_by_person) or readers_of(order):
        _send(waiver, to, event, event.kind.removeprefix("waiver."), link)


def _send(waiver: Waiver, to: To, event: Event, what: str, link: str) -> None:
    booking = waiver.booking
    context: dict[str, Any] = {
        "what": what,
        "title": booking.run.offer.title,
        "course_day": booking.run.starts_at,
        "school": booking.school.name,
        "order": booking.order_line.order.number,
        "kept": gross_of(booking, Money(waiver.kept_pence)).pence,
        "given": gross_of(booking, Money(waiver.given_pence)).pence,
        "again": booking.place_returned,
        "link": link,
    }
    send(
        key=f"waiver:{waiver.pk}:{what}",
        topic=WAIVERS,
        to=to,
        template="mail/waiver.jinja",
        context=context,
        event=event,
    )
