"""What the processes do that deliver webhooks at the same moment, with waits short enough for a test."""

import time
import uuid
from typing import Any


def deliver_until_nothing_waits(private_host: str, guarded: bool, seconds: float) -> int:
    """Delivers until nothing waits; returns the requests made. Without the guard what is taken counts as delivered."""
    from datetime import timedelta

    from django.conf import settings
    from django.db import close_old_connections

    from marketplace.messaging.models import WebhookDelivery
    from marketplace.messaging.services import deliver_webhooks, webhooks_sending

    settings.WEBHOOK_ALLOWED_PRIVATE_HOSTS = [private_host]
    webhooks_sending.wait_after = lambda attempts, chance: timedelta(milliseconds=100 + 100 * chance)  # type: ignore[assignment]
    webhooks_sending.pause_after = lambda failures: timedelta(milliseconds=50)  # type: ignore[assignment]
    webhooks_sending.LEASE = timedelta(seconds=4)
    if not guarded:
        webhooks_sending._claim = _claim_and_call_it_done
    made, until = 0, time.monotonic() + seconds
    while WebhookDelivery.objects.filter(state="waiting").exists() and time.monotonic() < until:
        now = deliver_webhooks(limit=40)
        made += now
        if not now:
            time.sleep(0.02)
    close_old_connections()
    return made


def _claim_and_call_it_done(claim: uuid.UUID, limit: int) -> list[Any]:
    from django.utils import timezone

    from marketplace.messaging.models import WebhookDelivery
    from marketplace.messaging.services.webhooks_sending import _parcel

    now = timezone.now()
    waiting = WebhookDelivery.objects.filter(state="waiting", next_at__lte=now).order_by("pk")[:10]
    taken = list(waiting.select_related("event", "endpoint__organisation"))
    mine = [one for one in taken if _mark(one.pk, now)]
    return [_parcel(one, now) for one in mine]


def _mark(pk: int, now: Any) -> bool:
    from marketplace.messaging.models import WebhookDelivery

    return WebhookDelivery.objects.filter(pk=pk, state="waiting").update(state="done", done_at=now) == 1
