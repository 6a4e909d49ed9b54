"""A receiver that is killed and started again while events are delivered to it by two workers."""

import os
import random
import socket
import subprocess
import sys
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.db import transaction

from marketplace.core import events, outbox
from marketplace.core.actors import Actor
from marketplace.core.models import Event
from marketplace.messaging.models import WebhookAttempt, WebhookDelivery
from marketplace.messaging.services import add_webhook
from marketplace.organisations.models import Organisation
from tests.invoicing.races.processes import ROOT, start, wait_until_alone
from tests.messaging.webhooks.senders import deliver_until_nothing_waits

KIND = "pupils.counted"
WORKERS = 2


class KilledReceiver:
    """The program of ``receiver`` on one port; ``kill`` is SIGKILL."""

    def __init__(self, secret: str, file: Path) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.secret, self.file, self.kills = secret, file, 0
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self.port}"

    def start(self) -> None:
        command = [
            sys.executable,
            "-m",
            "tests.messaging.webhooks.receiver",
            str(self.port),
            self.secret,
            str(self.file),
        ]
        self.process = subprocess.Popen(command, cwd=ROOT, env=os.environ | {"PYTHONPATH": str(ROOT)})
        until = time.monotonic() + 30
        while time.monotonic() < until:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            time.sleep(0.02)
        raise TimeoutError("The receiver did not start")

    def kill(self) -> None:
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self.process = None
            self.kills += 1

    def heard(self) -> Counter[str]:
        return Counter(self.file.read_text().split()) if self.file.exists() else Counter()


@dataclass(frozen=True)
class Trial:
    """What came of it. ``requests`` are those that the senders noted; ``accepted`` those that the receiver wrote down."""

    events: int
    kills: int
    killed_workers: int
    requests: int
    accepted: int
    distinct: int
    lost: int
    refused: int

    def __str__(self) -> str:
        return (
            f"{self.events} events, {WORKERS} workers, receiver killed {self.kills} times, {self.killed_workers} workers "
            f"killed: {self.requests} requests noted, {self.accepted} taken by the receiver, {self.distinct} distinct ids, "
            f"{self.accepted - self.distinct} duplicates seen, {self.lost} lost, {self.refused} signatures refused"
        )


def trial(
    *, organisation: Organisation, actor: Actor, folder: Path, count: int, chance: random.Random, guarded: bool = True,
    kill_workers: int = 0, settings: Any,
) -> Trial:  # fmt: skip
    """Events through the outbox to a receiver that keeps being killed, until nothing waits."""
    receiver = KilledReceiver("", folder / f"heard-{guarded}")
    settings.WEBHOOK_ALLOWED_PRIVATE_HOSTS = [receiver.host]
    endpoint, receiver.secret = add_webhook(
        organisation=organisation, url=f"http://{receiver.host}/", description="", kinds=[KIND], actor=actor
    )
    _record(organisation, actor, count)
    receiver.start()
    most = 60 + count / 5  # seconds
    workers = [start(deliver_until_nothing_waits, receiver.host, guarded, most) for _ in range(WORKERS)]
    killed, until = 0, time.monotonic() + most
    try:
        while _waits(endpoint.pk) and time.monotonic() < until:
            time.sleep(chance.uniform(0.1, 0.5))
            receiver.kill()
            time.sleep(chance.uniform(0.02, 0.2))
            if killed < kill_workers and len(receiver.heard()) > count * (killed + 1) // (kill_workers + 2):
                workers[0].kill()
                workers[0].join()
                killed += 1
                workers[0] = start(deliver_until_nothing_waits, receiver.host, guarded, most)
            receiver.start()
        for worker in workers:
            worker.join(timeout=60)
    finally:
        for worker in workers:
            worker.kill()
            worker.join()
        receiver.kill()
    wait_until_alone()
    return _counted(receiver, endpoint.pk, count, killed)


def _record(organisation: Organisation, actor: Actor, count: int) -> None:
    fact = {"kind": KIND, "subject_kind": "organisation", "organisation_ids": [organisation.pk], "payload": {}}
    with transaction.atomic():
        events.record_many(facts=[fact | {"subject": str(number)} for number in range(count)], actor=actor)
    while outbox.deliver(limit=200):
        pass


def _waits(endpoint_id: int) -> bool:
    return WebhookDelivery.objects.filter(endpoint_id=endpoint_id, state="waiting").exists()


def _counted(receiver: KilledReceiver, endpoint_id: int, count: int, killed: int) -> Trial:
    heard = receiver.heard()
    refused = heard.pop("refused", 0)
    told = WebhookDelivery.objects.filter(endpoint_id=endpoint_id).values_list("event_id", flat=True)
    wanted = {f"evt_{pk}" for pk in told}
    assert len(wanted) == count <= Event.objects.filter(kind=KIND).count() and set(heard) <= wanted
    return Trial(
        events=count,
        kills=receiver.kills,
        killed_workers=killed,
        requests=WebhookAttempt.objects.filter(delivery__endpoint_id=endpoint_id).count(),
        accepted=heard.total(),
        distinct=len(heard),
        lost=len(wanted - set(heard)),
        refused=refused,
    )
