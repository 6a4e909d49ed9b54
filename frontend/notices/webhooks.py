"""E-mails about webhooks: one that was added, so that nobody else's goes unnoticed, and one that was switched off."""

from frontend.buying import buyer_of
from frontend.notices.readers import absolute, to_roles
from frontend.notices.topics import WEBHOOKS
from marketplace.core.models import Event
from marketplace.core.outbox import handles
from marketplace.core.wording import london_day
from marketplace.messaging.models import WebhookEndpoint
from marketplace.messaging.services import send
from marketplace.messaging.webhook_queries import KEEPERS
from marketplace.organisations.models import Organisation

BY_ITSELF = (WebhookEndpoint.OffReason.GONE, WebhookEndpoint.OffReason.FAILING)


@handles("webhook.added", "webhook.switched_off", name="notices.webhook")
def webhook_told(event: Event) -> None:
    """Tells those who keep the organisation's webhooks; not of one that somebody switched off by hand."""
    off = event.kind == "webhook.switched_off"
    if off and event.payload["why"] not in BY_ITSELF:
        return
    endpoint = WebhookEndpoint.objects.get(number=event.subject)
    organisation = Organisation.objects.select_related("school", "trust").get(pk=endpoint.organisation_id)
    link = absolute(buyer_of(organisation).url("school-webhook", number=endpoint.number))
    on = london_day(event.at)
    context = {"endpoint": endpoint, "name": organisation.name, "off": off, "on": on, "link": link}
    if off:
        context["why"] = WebhookEndpoint.OffReason(event.payload["why"]).label
    for to in to_roles(organisation.pk, sorted(KEEPERS), on):
        send(
            key=f"webhook:{event.pk}",
            topic=WEBHOOKS,
            to=to,
            template="mail/webhook.jinja",
            context=context,
            event=event,
        )
