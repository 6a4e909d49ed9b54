"""E-mails about keys for programs, so that their owner notices one that somebody else made."""

from frontend.notices.readers import absolute, to_person
from frontend.notices.topics import KEYS
from marketplace.core.models import ApiToken, Event
from marketplace.core.outbox import handles
from marketplace.messaging.services import send
from marketplace.organisations.models import Person


@handles("api_token.created", name="notices.key_made")
def key_made(event: Event) -> None:
    """Tells the owner what the key may do and until when. The key itself is in no e-mail."""
    token = ApiToken.objects.get(pk=int(event.subject))
    owner = Person.objects.filter(user=token.user).select_related("user").first()
    for to in to_person(owner):
        send(
            key=f"api-token:{token.pk}:created",
            topic=KEYS,
            to=to,
            template="mail/key_made.jinja",
            context={"token": token, "link": absolute("/")},
            event=event,
        )
