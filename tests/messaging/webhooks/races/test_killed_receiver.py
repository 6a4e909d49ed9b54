"""A receiver that is killed over and over hears of every event; a sender that notes first and sends then loses some."""

import random
from pathlib import Path
from typing import Any

import pytest

from marketplace.core.actors import Actor
from marketplace.messaging.models import WebhookDelivery, WebhookEndpoint
from marketplace.organisations.models import Organisation
from tests.messaging.webhooks.killing import trial

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.race]
EVENTS = 500


def test_every_event_arrives_once_by_id_though_the_receiver_is_killed(
    oakfield: Organisation, actor: Actor, tmp_path: Path, settings: Any
) -> None:
    told = trial(
        organisation=oakfield, actor=actor, folder=tmp_path, count=EVENTS, chance=random.Random(3), kill_workers=1,
        settings=settings,
    )  # fmt: skip
    print(f"webhooks: {told}")
    assert (told.distinct, told.lost, told.refused) == (EVENTS, 0, 0) and told.kills >= 3 and told.killed_workers == 1
    assert told.requests >= EVENTS - 10 and set(WebhookDelivery.objects.values_list("state", flat=True)) == {"done"}
    assert WebhookEndpoint.objects.get().active


def test_control_noting_before_sending_loses_events(
    oakfield: Organisation, actor: Actor, tmp_path: Path, settings: Any
) -> None:
    told = trial(
        organisation=oakfield, actor=actor, folder=tmp_path, count=EVENTS, chance=random.Random(4), guarded=False,
        settings=settings,
    )  # fmt: skip
    print(f"webhooks, control that notes before it sends: {told}")
    assert told.lost > 0 and told.distinct < EVENTS
    assert set(WebhookDelivery.objects.values_list("state", flat=True)) == {"done"}, "and nobody would know"
