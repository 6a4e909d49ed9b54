"""E-mails about a pause or an end that a customer asked for: to whoever asked, when finance grants or refuses it.

Neither why it was asked nor why it was refused stands in them: both are on the page alone.
"""

from frontend.buying import buyer_of
from frontend.notices.readers import absolute, to_person, to_roles
from frontend.notices.topics_of_renewals import RENEWALS
from marketplace.core.actors import BUYING, platform
from marketplace.core.models import Event
from marketplace.core.outbox import handles
from marketplace.core.wording import london_day
from marketplace.messaging.services import send
from marketplace.organisations.models import Organisation
from subscriptions.asking.models import AskedChange
from subscriptions.asking.queries import one_asked_for

ACTOR = platform("notices")


@handles("agreement.change_granted", "agreement.change_refused", name="notices.asked_change_answered")
def asked_change_answered(event: Event) -> None:
    """Tells whoever asked; where a program did, those who buy for the customer."""
    asked = one_asked_for(ACTOR, event.payload["request"])
    agreement = asked.agreement
    holder = Organisation.objects.select_related("school", "trust").get(pk=agreement.organisation_id)
    buyers = to_roles(holder.pk, BUYING, london_day(event.at))
    for to in to_person(asked.asked_by_person) or buyers:
        send(
            key=f"asked-change:{asked.pk}:{asked.state}",
            topic=RENEWALS,
            to=to,
            template="mail/asked_change.jinja",
            context={
                "granted": asked.state == AskedChange.State.GRANTED,
                "what": "pause" if asked.kind == AskedChange.Kind.PAUSE else "end",
                "title": agreement.title,
                "number": agreement.number,
                "holder": holder.name,
                "from_day": asked.on,
                "asked_on": asked.asked_on,
                "link": absolute(buyer_of(holder).url("school-service", number=agreement.number)),
            },
            event=event,
        )
