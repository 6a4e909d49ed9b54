"""What is queued for customers' programs: each public event once for each endpoint; tests; and what is sent again."""

from datetime import datetime, timedelta

from django.db import connection, transaction

from marketplace.core import events, outbox
from marketplace.core.actors import Actor
from marketplace.core.errors import DomainError, WrongInput
from marketplace.core.models import Event
from marketplace.messaging import webhook_kinds
from marketplace.messaging.models import WebhookDelivery, WebhookEndpoint
from marketplace.messaging.services.webhooks import lock, require_keeper
from marketplace.messaging.webhook_kinds import TEST, PublicKind
from marketplace.messaging.webhook_queries import kept_kinds

HANDLER = "messaging.webhooks"
LONGEST_BACK = timedelta(days=31)
State = WebhookDelivery.State
_QUEUE = """
INSERT INTO messaging_webhookdelivery (endpoint_id, event_id)
SELECT id, %s FROM messaging_webhookendpoint WHERE active AND organisation_id = ANY(%s) AND %s = ANY(kinds)
ON CONFLICT (endpoint_id, event_id) DO NOTHING
"""


class WebhookIsOff(DomainError):
    """Nothing is sent to a webhook that is switched off."""

    code = "webhook_is_off"


class WebhookStillWaiting(DomainError):
    """The event waits to be sent already."""

    code = "webhook_still_waiting"


def publish_kinds(*kinds: PublicKind) -> None:
    """Makes kinds of events public: they may be subscribed to, and are heard from now on."""
    webhook_kinds.add(*kinds)
    outbox.handles(*webhook_kinds.choosable(), name=HANDLER)(queue_event)


def queue_event(event: Event) -> None:
    """One statement, whether nobody listens or many: a delivery for each active endpoint in the event's scope."""
    with connection.cursor() as cursor:
        cursor.execute(_QUEUE, [event.pk, event.organisation_ids, event.kind])


@transaction.atomic
def send_test_webhook(*, endpoint: WebhookEndpoint, actor: Actor) -> WebhookDelivery:
    """Queues an event of its own kind, so that its receiver can be tried before anything happens."""
    require_keeper(endpoint, actor)
    locked = _lock_active(endpoint)
    event = _record(TEST, locked, actor)
    return WebhookDelivery.objects.create(endpoint=locked, event=event)


@transaction.atomic
def send_webhook_again(*, delivery: WebhookDelivery, at: datetime, actor: Actor) -> None:
    """Queues one event again under the same id, so that a receiver that has it already can tell."""
    require_keeper(delivery.endpoint, actor)
    locked = _lock_active(delivery.endpoint)
    settled = WebhookDelivery.objects.filter(pk=delivery.pk).exclude(state=State.WAITING)
    if settled.update(state=State.WAITING, attempts=0, next_at=at, claim=None, done_at=None) != 1:
        raise WebhookStillWaiting("This event waits to be sent already. Look again in a moment.")
    _record("webhook.sent_again", locked, actor, event=delivery.event_id)


@transaction.atomic
def send_webhooks_since(*, endpoint: WebhookEndpoint, since: datetime, at: datetime, actor: Actor) -> int:
    """Queues every event of the endpoint's kinds from ``since`` on, sent before or not; returns how many.

    Those that happened while the endpoint was switched off, or before it existed, are among them. Refuses more than 31
    days back.
    """
    require_keeper(endpoint, actor)
    if not at - LONGEST_BACK <= since <= at:
        raise WrongInput("The first day must be within the last 31 days")
    locked = _lock_active(endpoint)
    told = Event.objects.filter(kept_kinds(locked), at__gte=since, at__lte=at)
    settled = WebhookDelivery.objects.filter(endpoint=locked, event__in=told).exclude(state=State.WAITING)
    again = settled.update(state=State.WAITING, attempts=0, next_at=at, claim=None, done_at=None)
    untold = told.exclude(webhook_deliveries__endpoint=locked).order_by("pk").values_list("pk", flat=True)
    made = [WebhookDelivery(endpoint=locked, event_id=pk, next_at=at) for pk in untold]
    # An event that is queued at this very moment is there already.
    WebhookDelivery.objects.bulk_create(made, batch_size=2000, ignore_conflicts=True)
    _record("webhook.sent_again", locked, actor, since=since.isoformat(), count=len(made) + again)
    return len(made) + again


def _lock_active(endpoint: WebhookEndpoint) -> WebhookEndpoint:
    locked = lock(endpoint)
    if not locked.active:
        raise WebhookIsOff("This webhook is switched off. Switch it on first.")
    return locked


def _record(kind: str, endpoint: WebhookEndpoint, actor: Actor, **payload: object) -> Event:
    return events.record(
        kind=kind,
        subject_kind="webhook",
        subject=str(endpoint.number),
        organisation_ids=[endpoint.organisation_id],
        payload=payload,
        actor=actor,
    )
