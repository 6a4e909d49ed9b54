"""Letters of a network to its members: plain words of an organiser, with a link that stops them."""

from django.core import signing
from django.urls import reverse

from frontend.notices.readers import absolute
from frontend.notices.topics import NETWORKS
from marketplace.core.models import Event
from marketplace.core.outbox import handles
from marketplace.core.wording import london_day
from marketplace.messaging.references import fills
from marketplace.messaging.services import To, send
from marketplace.trading.models import NetworkLetter
from marketplace.trading.services.networks import readers_on

STOP = "network-stop"
CONTACT = "contact"
SALT = "network.stop"


@handles("network.written_to", name="notices.network_letter")
def network_letter(event: Event) -> None:
    """One e-mail to each member of the letter's day who wants them."""
    letter = NetworkLetter.objects.select_related("network").get(pk=int(str(event.payload["letter"])))
    for member in readers_on(letter.network, london_day(letter.sent_at)):
        send(
            key=f"network-letter:{letter.pk}:{member.pk}",
            topic=NETWORKS,
            to=To(member.contact_email, organisation_id=member.organisation_id, purpose=CONTACT),
            template="mail/network_letter.jinja",
            context={
                "network": letter.network.name,
                "subject_line": letter.subject,
                "paragraphs": [part.strip() for part in letter.body.split("\n") if part.strip()],
                "link": absolute(reverse("me-networks")),
            },
            event=event,
            fills={"stop": {"kind": STOP, "of": str(member.pk)}},
            why=f"You get this because you are the contact of {member.organisation.name} in {letter.network.name}.",
        )


@fills(STOP)
def _stop(member: str) -> str:
    """The address at which the letters are stopped, without signing in."""
    return absolute(reverse("network-stop", kwargs={"token": signing.dumps(int(member), salt=SALT)}))
