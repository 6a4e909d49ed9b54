"""3,000 events to a receiver that is killed dozens of times, by two workers of which one is killed six times."""

import random
from pathlib import Path
from typing import Any

import pytest

from marketplace.core.actors import Actor
from marketplace.messaging.models import WebhookDelivery
from marketplace.organisations.models import Organisation
from tests.messaging.webhooks.killing import trial

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.torture]
EVENTS, WORKERS_KILLED = 3_000, 6


def test_no_kill_of_receiver_or_worker_loses_an_event(
    oakfield: Organisation, actor: Actor, tmp_path: Path, settings: Any, chance: random.Random
) -> None:
    told = trial(
        organisation=oakfield, actor=actor, folder=tmp_path, count=EVENTS, chance=chance, kill_workers=WORKERS_KILLED,
        settings=settings,
    )  # fmt: skip
    print(f"webhooks: {told}")
    assert (told.distinct, told.lost, told.refused) == (EVENTS, 0, 0)
    assert told.kills >= 20 and told.killed_workers == WORKERS_KILLED
    assert set(WebhookDelivery.objects.values_list("state", flat=True)) == {"done"}
