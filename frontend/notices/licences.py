"""E-mails about licences: thirty days before one ends, to those who may renew it."""

from frontend.buying import buyer_of
from frontend.formats import period, plural
from frontend.notices.readers import Purpose, absolute, to_address, to_roles
from frontend.notices.topics import ORDERS
from marketplace.core.actors import BUYING
from marketplace.core.models import Event
from marketplace.core.outbox import handles
from marketplace.messaging.services import send
from marketplace.organisations.models import Organisation
from marketplace.trading.models import Licence


@handles("licence.ends_soon", name="notices.licence_ends_soon")
def licence_ends_soon(event: Event) -> None:
    """Tells who buys for the holder, and its shared address for orders, until when the licence runs and where to renew."""
    licence = Licence.objects.select_related("offer").get(pk=int(event.subject))
    holder = Organisation.objects.select_related("school", "trust").get(pk=licence.organisation_id)
    on, ends = licence.reminded_on or licence.starts, licence.ends
    if ends is None:  # what is kept never ends
        return
    for to in to_roles(holder.pk, BUYING, on) + to_address(holder, Purpose.ORDERS):
        send(
            key=f"licence:{licence.pk}:ends_soon",
            topic=ORDERS,
            to=to,
            template="mail/licence_ends_soon.jinja",
            context={
                "title": licence.offer.title,
                "holder": holder.name,
                "term": period(licence.starts, ends),
                "ends": ends,
                "next": plural(licence.offer.term_months or 12, "month"),
                "link": absolute(buyer_of(holder).url("school-resources")),
            },
            event=event,
        )
