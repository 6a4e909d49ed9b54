"""Sending what waits for customers' programs: claimed with a lease, sent outside any transaction, tried for three days.

Each event goes out at least once. It goes out twice when a sender dies between the receiver's yes and its own note of
it; both have the same ``webhook-id``. A slow or failing receiver costs its own turn, never that of the others.
"""

import random
import time
import uuid
from collections import defaultdict
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from queue import SimpleQueue
from typing import Any

import orjson
from django.conf import settings
from django.db import connection, transaction
from django.db.models import QuerySet
from django.utils import timezone
from standardwebhooks import Webhook

from marketplace.core.actors import platform
from marketplace.messaging.models import WebhookAttempt, WebhookDelivery, WebhookEndpoint
from marketplace.messaging.rules.backoff import PATIENCE, pause_after, wait_after
from marketplace.messaging.services.webhooks import switch_webhook_off
from marketplace.messaging.services.webhooks_posting import Answer, post
from marketplace.messaging.webhook_kinds import body_of

PER_ENDPOINT = 10  # in one round
AT_ONCE = 8  # endpoints
ROUND_SECONDS = 10.0  # after which no further request is begun
LEASE = timedelta(seconds=120)  # longer than any round
KEPT = timedelta(days=90)
SENDER = platform("webhooks.deliver")
GONE = 410
State = WebhookDelivery.State
# Endpoints in chance order, so that none is always last; of each the oldest that nobody holds.
_CLAIM = """
WITH ready AS MATERIALIZED (
    SELECT id FROM messaging_webhookendpoint WHERE active AND not_before <= %(now)s ORDER BY random()
), taken AS MATERIALIZED (
    SELECT waiting.id FROM ready CROSS JOIN LATERAL (
        SELECT d.id FROM messaging_webhookdelivery d
        WHERE d.endpoint_id = ready.id AND d.state = 'waiting' AND d.next_at <= %(now)s
        ORDER BY d.next_at, d.id LIMIT %(each)s FOR UPDATE SKIP LOCKED
    ) waiting LIMIT %(limit)s
)
UPDATE messaging_webhookdelivery d SET claim = %(claim)s, next_at = %(until)s FROM taken WHERE d.id = taken.id
"""


@dataclass(frozen=True)
class Parcel:
    """A delivery in hand, with all that sending it needs: threads that send never ask the database."""

    delivery_id: int
    endpoint_id: int
    message_id: str
    url: str
    body: bytes
    secrets: tuple[str, ...]

    def headers(self, now: datetime) -> dict[str, str]:
        """As Standard Webhooks 1.0 has them: one signature for each secret that counts at present."""
        text = self.body.decode()
        signed = [Webhook(one).sign(msg_id=self.message_id, timestamp=now, data=text) for one in self.secrets]
        return {
            "content-type": "application/json",
            "user-agent": "partnership-marketplace-webhooks/1",
            "connection": "close",
            "webhook-id": self.message_id,
            "webhook-timestamp": str(int(now.timestamp())),
            "webhook-signature": " ".join(signed),
        }


Result = tuple[Parcel, Answer | None]


def deliver_webhooks(*, limit: int = 100) -> int:
    """Sends up to ``limit`` deliveries that are due; returns how many requests were made, 0 when nothing waits.

    Any number of senders may run at once. Refuses to run inside a transaction, since what has left cannot be taken
    back.
    """
    claim = uuid.uuid4()
    parcels = _claim(claim, limit)
    made = 0
    for parcel, answer in _send_all(parcels):
        if answer is None:
            _held(parcel, claim).update(claim=None, next_at=timezone.now())
            continue
        made += 1
        _settle(parcel, claim, answer)
    return made


def _claim(claim: uuid.UUID, limit: int) -> list[Parcel]:
    now = timezone.now()
    values: dict[str, Any] = {"now": now, "until": now + LEASE, "claim": claim, "each": PER_ENDPOINT, "limit": limit}
    with transaction.atomic(durable=True), connection.cursor() as cursor:
        cursor.execute(_CLAIM, values)
        if not cursor.rowcount:
            return []
    found = WebhookDelivery.objects.filter(claim=claim).select_related("event", "endpoint__organisation")
    # What failed before comes last: an event that a receiver never takes must not keep the others from it.
    return [_parcel(delivery, now) for delivery in found.order_by("attempts", "queued_at", "pk")]


def _parcel(delivery: WebhookDelivery, now: datetime) -> Parcel:
    endpoint = delivery.endpoint
    body = body_of(
        delivery.event, organisation_id=endpoint.organisation_id, organisation_number=endpoint.organisation.number
    )
    overlaps = endpoint.previous_until is not None and endpoint.previous_until > now
    return Parcel(
        delivery_id=delivery.pk,
        endpoint_id=endpoint.pk,
        message_id=f"evt_{delivery.event_id}",
        url=endpoint.url,
        body=orjson.dumps(body),
        secrets=(endpoint.secret, endpoint.previous_secret) if overlaps else (endpoint.secret,),
    )


def _send_all(parcels: list[Parcel]) -> Iterator[Result]:
    """Each parcel once, with its answer, or with None when it was left for the next round; endpoints side by side."""
    groups: dict[int, list[Parcel]] = defaultdict(list)
    for parcel in parcels:
        groups[parcel.endpoint_id].append(parcel)
    if not groups:
        return
    results: SimpleQueue[Result] = SimpleQueue()
    until = time.monotonic() + ROUND_SECONDS
    private_hosts = frozenset(settings.WEBHOOK_ALLOWED_PRIVATE_HOSTS)
    with ThreadPoolExecutor(min(AT_ONCE, len(groups)), thread_name_prefix="webhooks") as pool:
        for group in groups.values():
            pool.submit(_send_group, group, until, private_hosts, results)
        for _ in parcels:
            yield results.get(timeout=LEASE.total_seconds())


def _send_group(
    group: list[Parcel], until: float, private_hosts: frozenset[str], results: "SimpleQueue[Result]"
) -> None:
    """One endpoint's parcels, one after the other, until one fails or the round is over. Each gets a result."""
    failed = False
    for parcel in group:
        answer: Answer | None = None
        if not failed and time.monotonic() < until:
            answer = _try(parcel, private_hosts)
            failed = not answer.accepted
        results.put((parcel, answer))


def _try(parcel: Parcel, private_hosts: frozenset[str]) -> Answer:
    try:
        headers = parcel.headers(timezone.now())
        return post(url=parcel.url, body=parcel.body, headers=headers, private_hosts=private_hosts)
    except Exception as error:  # a fault of ours must neither stop the others nor go untold
        return Answer(None, error=f"It could not be sent: {type(error).__name__}")


def _held(parcel: Parcel, claim: uuid.UUID) -> QuerySet[WebhookDelivery]:
    return WebhookDelivery.objects.filter(pk=parcel.delivery_id, claim=claim)


def _settle(parcel: Parcel, claim: uuid.UUID, answer: Answer) -> None:
    if answer.accepted:
        _succeeded(parcel, answer)
    else:
        _failed(parcel, claim, answer, random.random())  # noqa: S311 - spreads waits, hides nothing


def _succeeded(parcel: Parcel, answer: Answer) -> None:
    """A yes counts whoever holds the delivery by now."""
    now = timezone.now()
    with transaction.atomic():
        _note(parcel, answer, now)
        open_ = WebhookDelivery.objects.filter(pk=parcel.delivery_id).exclude(state=State.DONE)
        open_.update(state=State.DONE, done_at=now, claim=None)
    # By itself: endpoints are locked before their deliveries, never after.
    mended = WebhookEndpoint.objects.filter(pk=parcel.endpoint_id, failures__gt=0)
    mended.update(failures=0, failing_since=None, not_before=now)


@transaction.atomic
def _failed(parcel: Parcel, claim: uuid.UUID, answer: Answer, chance: float) -> None:
    now = timezone.now()
    endpoint = WebhookEndpoint.objects.select_for_update(no_key=True).get(pk=parcel.endpoint_id)
    _note(parcel, answer, now)
    held = _held(parcel, claim).first()
    if held is not None:
        wait = wait_after(held.attempts + 1, chance=chance)
        state = State.FAILED if wait is None else State.WAITING
        _held(parcel, claim).update(
            state=state, attempts=held.attempts + 1, next_at=now + (wait or timedelta()), claim=None
        )
    endpoint.failures += 1
    endpoint.failing_since = endpoint.failing_since or now
    endpoint.not_before = now + pause_after(endpoint.failures)
    endpoint.save(update_fields=["failures", "failing_since", "not_before"])
    if not endpoint.active:
        return
    if answer.status == GONE:
        switch_webhook_off(endpoint=endpoint, at=now, actor=SENDER, reason=WebhookEndpoint.OffReason.GONE)
    elif now - endpoint.failing_since >= PATIENCE:
        switch_webhook_off(endpoint=endpoint, at=now, actor=SENDER, reason=WebhookEndpoint.OffReason.FAILING)


def _note(parcel: Parcel, answer: Answer, now: datetime) -> None:
    WebhookAttempt.objects.create(
        delivery_id=parcel.delivery_id, at=now, status=answer.status, milliseconds=answer.milliseconds,
        answer=answer.text, error=answer.error,
    )  # fmt: skip


def forget_old_deliveries() -> int:
    """Deletes what was delivered or given up over 90 days ago, with its attempts; returns how many, 5,000 at most."""
    settled = WebhookDelivery.objects.exclude(state=State.WAITING).filter(queued_at__lt=timezone.now() - KEPT)
    old = list(settled.order_by("pk").values_list("pk", flat=True)[:5_000])
    WebhookDelivery.objects.filter(pk__in=old).delete()
    return len(old)
