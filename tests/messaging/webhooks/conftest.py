"""An approver with a receiver on this machine, which the operator allows."""

from collections.abc import Iterator
from typing import Any

import pytest

from marketplace.core import events
from marketplace.core.actors import Actor, Role
from marketplace.core.models import Event
from marketplace.messaging.models import WebhookEndpoint
from marketplace.messaging.services import add_webhook
from marketplace.messaging.services.webhooks_queueing import queue_event
from marketplace.organisations.models import Organisation
from tests.messaging.webhooks.receiver import Heard, receiving
from tests.shop import person


@pytest.fixture(autouse=True)
def allowed(settings: Any) -> None:
    settings.WEBHOOK_ALLOWED_PRIVATE_HOSTS = ["127.0.0.1"]


@pytest.fixture
def heard() -> Iterator[Heard]:
    with receiving() as found:
        yield found


@pytest.fixture
def ruth(oakfield: Organisation, actor: Actor) -> Actor:
    return person(oakfield, actor, name="Ruth Head", role=Role.APPROVER)


@pytest.fixture
def endpoint(oakfield: Organisation, ruth: Actor, heard: Heard) -> WebhookEndpoint:
    return hook(oakfield, ruth, heard.url)


def hook(organisation: Organisation, actor: Actor, url: str, *kinds: str) -> WebhookEndpoint:
    """A webhook that is told of orders, or of those kinds."""
    made, _ = add_webhook(
        organisation=organisation, url=url, description="Finance system", kinds=kinds or ("order.placed",), actor=actor
    )
    return made


def happen(actor: Actor, *organisations: Organisation, kind: str = "order.placed", **more: Any) -> Event:
    """An event in the scope of those organisations, queued as the outbox would."""
    facts: dict[str, Any] = {
        "subject_kind": "order",
        "subject": "ORD-000007",
        "payload": {"net_pence": 12345, "lines": 2},
    }
    event = events.record(kind=kind, organisation_ids=[one.pk for one in organisations], actor=actor, **facts | more)
    queue_event(event)
    return event
