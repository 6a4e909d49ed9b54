"""What the demonstration has told: nothing of the invented year but its last days, whose e-mails wait to be sent."""

from django.utils import timezone

from frontend.notices.topics import INVOICES
from marketplace.core import outbox
from marketplace.core.models import Delivery
from marketplace.messaging.models import Message

TOLD = 20
SAID = "550 5.1.1 no such mailbox"


def add_letters() -> None:
    """Delivers the newest events to each handler and counts the others as told long ago; one e-mail was refused."""
    newest: list[int] = []
    for handler in Delivery.objects.order_by("handler").values_list("handler", flat=True).distinct():
        of_handler = Delivery.objects.filter(handler=handler).order_by("-event_id")
        newest += of_handler.values_list("pk", flat=True)[:TOLD]
    Delivery.objects.exclude(pk__in=newest).update(state=Delivery.State.DONE)
    while outbox.deliver():
        pass
    sent = Message.objects.filter(topic=INVOICES).order_by("pk").first()
    if sent:
        refused = {"state": Message.State.REFUSED, "attempts": 1, "last_error": SAID, "next_at": timezone.now()}
        Message.objects.filter(pk=sent.pk).update(**refused)
