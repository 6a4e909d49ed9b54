"""Examples of the pages about webhooks, for frontend.pages."""

from django.db import transaction
from django.utils import timezone

from frontend.examples import Example, Pages, World
from marketplace.messaging.models import WebhookAttempt, WebhookDelivery, WebhookEndpoint
from marketplace.messaging.services import add_webhook, send_test_webhook

HEAD, OFFICE, FINANCE = "head", "administrator", "finance_officer"
KINDS = ("order.placed", "invoice.issued")


def _endpoint(world: World) -> WebhookEndpoint:
    """A webhook of the head's school, added where there is none, with a test that was answered."""
    actor, school = world.actors[HEAD], world.buyer(HEAD).organisation
    found = WebhookEndpoint.objects.filter(organisation=school, active=True).first()
    if found is None:
        url = "https://hooks.oakfield.example/partnership"
        found, _ = add_webhook(organisation=school, url=url, description="Finance system", kinds=KINDS, actor=actor)
    if found.deliveries.exists():
        return found
    with transaction.atomic():  # whole before any sender sees it
        made = send_test_webhook(endpoint=found, actor=actor)
        now = timezone.now()
        WebhookAttempt.objects.create(delivery=made, at=now, status=503, milliseconds=412, answer="Down for repairs")
        WebhookAttempt.objects.create(delivery=made, at=now, status=204, milliseconds=87)
        WebhookDelivery.objects.filter(pk=made.pk).update(state=WebhookDelivery.State.DONE, done_at=now)
    return found


def _school(world: World, name: str) -> str:
    return world.page(HEAD, name, number=_endpoint(world).number)


def _school_event(world: World) -> str:
    endpoint = _endpoint(world)
    event = endpoint.deliveries.order_by("pk")[0].event_id
    return world.page(HEAD, "school-webhook-delivery", number=endpoint.number, event=event)


def _list(world: World) -> str:
    _endpoint(world)
    return world.page(HEAD, "school-webhooks")


def _office(address: str) -> str:
    """The office's address of a page of the school."""
    return "/office/webhooks" + address.partition("/webhooks")[2]


PAGES: Pages = {
    "school-webhooks": [
        Example("buyer", "empty", lambda w: w.page("buyer", "school-webhooks"), finds="Webhooks"),
        Example(HEAD, "full", _list, finds="Finance system"),
    ],
    "school-webhook-add": [
        Example(HEAD, "full", lambda w: w.page(HEAD, "school-webhook-add"), finds="Add this webhook"),
        Example(
            HEAD,
            "error",
            lambda w: w.page(HEAD, "school-webhook-add"),
            post={"url": "https://10.0.0.1/", "kinds": "order.placed"},
            finds="not a number",
        ),
    ],
    "school-webhook": [
        Example(HEAD, "full", lambda w: _school(w, "school-webhook"), finds="Send a test"),
        Example(
            HEAD, "error", lambda w: _school(w, "school-webhook"), post={"do": "since"}, finds="Enter the first day"
        ),
    ],
    "school-webhook-change": [
        Example(HEAD, "full", lambda w: _school(w, "school-webhook-change"), finds="Change this webhook"),
        Example(
            HEAD,
            "error",
            lambda w: _school(w, "school-webhook-change"),
            post={"url": "http://hooks.oakfield.example/", "kinds": "order.placed"},
            finds="must begin with https",
        ),
    ],
    "school-webhook-delivery": [Example(HEAD, "full", _school_event, finds="Down for repairs")],
    "webhooks": [Example(FINANCE, "full", lambda w: _office(_list(w)), finds="Finance system")],
    "webhook-add": [
        Example(OFFICE, "full", lambda _: "/office/webhooks/add", finds="Customer number"),
        Example(
            OFFICE,
            "error",
            lambda _: "/office/webhooks/add",
            post={"organisation": "C-999999", "url": "https://hooks.oakfield.example/"},
            finds="Choose events",
        ),
    ],
    "webhook": [Example(FINANCE, "full", lambda w: _office(_school(w, "school-webhook")), finds="What was sent")],
    "webhook-change": [
        Example(OFFICE, "full", lambda w: _office(_school(w, "school-webhook-change")), finds="Change this webhook")
    ],
    "webhook-delivery": [
        Example(FINANCE, "full", lambda w: _office(_school_event(w)), finds="Down for repairs"),
        Example(OFFICE, "hidden", lambda w: _office(_school_event(w)), finds="not shown to you"),
    ],
}
