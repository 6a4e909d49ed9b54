"""E-mails to a provider about its offers: published, or to be changed. What was asked stands on the page alone."""

from catalogue.models import Offer
from frontend.jinja import url
from frontend.notices.readers import absolute, to_roles
from frontend.notices.topics import OFFERS
from marketplace.core.actors import Role
from marketplace.core.models import Event
from marketplace.core.outbox import handles
from marketplace.core.wording import london_day
from marketplace.messaging.services import send


@handles("offer.published", "offer.changes_asked", name="notices.offer")
def offer_moved(event: Event) -> None:
    """Tells everybody who writes offers for the provider, once for each event."""
    offer = Offer.objects.select_related("provider__organisation").get(code=event.subject)
    on = london_day(event.at)
    for to in to_roles(offer.provider.organisation_id, {Role.PROVIDER}, on):
        send(
            key=f"offer:{offer.pk}:{event.pk}",
            topic=OFFERS,
            to=to,
            template="mail/offer.jinja",
            context={
                "title": offer.title,
                "published": event.kind == "offer.published",
                "version": event.payload.get("version"),
                "on": on,
                "link": absolute(url("provider-offer", provider=offer.provider.code, code=offer.code)),
            },
            event=event,
        )
