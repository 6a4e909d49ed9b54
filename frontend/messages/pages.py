"""Examples of the pages about e-mails, for frontend.pages."""

from django.urls import reverse

from frontend.examples import Example, Pages, World
from frontend.notices.topics import ORDERS
from marketplace.messaging.models import Message
from marketplace.messaging.services import stop_token

HEAD = "head"


def _stop(world: World) -> str:
    person_id = world.actors["buyer"].person_id
    return reverse("messages-stop", kwargs={"token": stop_token(person_id=person_id or 0, topic=ORDERS)})


def _message(world: World, **narrowed: str) -> str:
    found = Message.objects.filter(**narrowed).order_by("pk")[0]
    return reverse("message", kwargs={"number": found.number})


PAGES: Pages = {
    "account-messages": [
        Example("buyer", "full", lambda _: reverse("account-messages"), finds="What waits for you"),
        Example("auditor", "always", lambda _: reverse("account-messages"), finds="Seals of the event log"),
        Example(
            "buyer",
            "error",
            lambda _: reverse("account-messages"),
            post={"waits": "digest"},
            finds="Choose when to be told about orders",
        ),
    ],
    "messages-stop": [Example("anonymous", "full", _stop, finds="Stop e-mails about orders")],
    "messages": [
        Example("administrator", "full", lambda _: reverse("messages"), finds="message"),
        Example("finance_officer", "refused", lambda _: reverse("messages") + "?show=not_sent", finds="Refused"),
        Example("administrator", "empty", lambda _: reverse("messages") + "?q=zeppelin", finds="No message matches"),
    ],
    "message": [
        Example("finance_officer", "full", lambda w: _message(w, topic="invoices"), finds="Send again"),
        Example("administrator", "hidden", lambda w: _message(w, topic="invoices"), finds="not shown"),
    ],
    "school-addresses": [
        Example(HEAD, "full", lambda w: w.page(HEAD, "school-addresses"), finds="Save"),
        Example(
            HEAD,
            "error",
            lambda w: w.page(HEAD, "school-addresses"),
            post={"invoices": "office"},
            finds="must be like",
        ),
    ],
}
NOT_PAGES: dict[str, str] = {"message-again": "posts; its errors stand on the message's page"}
