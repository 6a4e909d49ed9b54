"""E-mails with the last seal of each day, for auditors to keep where nobody here can rewrite it."""

from datetime import date

from frontend.notices.readers import to_roles
from frontend.notices.topics import SEALS
from marketplace.core.actors import Role
from marketplace.core.models import Event
from marketplace.core.outbox import handles
from marketplace.core.wording import london_day
from marketplace.messaging.services import send
from marketplace.organisations.queries import partnership


@handles("log.anchored", name="notices.seal")
def seal_anchored(event: Event) -> None:
    """Sends the hash of a day's last seal to everybody who is an auditor on that day."""
    for to in to_roles(partnership().pk, [Role.AUDITOR], london_day(event.at)):
        send(
            key=f"anchor:{event.payload['day']}",
            topic=SEALS,
            to=to,
            template="mail/seal.jinja",
            context={
                "day": date.fromisoformat(event.payload["day"]),
                "number": event.subject,
                "hash": event.payload["hash"],
            },
            event=event,
        )
