"""What the event log costs: eight processes write events at once, one transaction each, while the sealer runs.

The floor writes the same facts by one prepared INSERT, as the log does, into a plain table with the same indexes: no hash, no text column, no
queue, no sealer. Both commit every event by itself, with the server's own fsync (told as ``fsync``, 1 when on).
"""

import multiprocessing
import os
import time
from collections.abc import Callable, Mapping
from functools import partial
from multiprocessing.connection import Connection
from multiprocessing.synchronize import Event as Signal
from typing import Any

import orjson
from django.db import connection, connections, transaction
from django.utils import timezone

from marketplace.core.actors import Actor
from marketplace.core.benchmarks import Benchmark, Round, register
from marketplace.core.bulk import run_prepared
from marketplace.core.events import record
from marketplace.core.log_check import verify_log
from marketplace.core.models import Event, UnsealedEvent
from marketplace.core.sealing import seal_all, seal_turn

WRITERS = 8
SEALS_EVERY = 1.0  # seconds
WARM = 20  # events that each writer writes before it is timed
_ACTOR = Actor(person_id=7, user_id=7, name="")
_CONTEXT = multiprocessing.get_context("fork")

_PLAIN = """
CREATE TABLE IF NOT EXISTS bench_plain_event (LIKE core_event INCLUDING DEFAULTS INCLUDING IDENTITY INCLUDING INDEXES);
ALTER TABLE bench_plain_event DROP COLUMN IF EXISTS hash, DROP COLUMN IF EXISTS text_mac, DROP COLUMN IF EXISTS scheme
"""
_INSERT = """
INSERT INTO bench_plain_event
(kind, at, actor_person_id, actor_label, subject_kind, subject, organisation_ids, payload)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s) RETURNING id
"""


def _facts(writer: int, number: int) -> dict[str, Any]:
    """An event as most are: an item to invoice with two organisations in scope and a small payload."""
    return {
        "kind": "charge.made",
        "subject_kind": "charge",
        "subject": f"{writer}{number:06}",
        "organisation_ids": [writer + 1, 100 + number % 500],
        "payload": {"net_pence": 12_000 + number, "bill_on": "2027-03-01"},
    }


def _write_event(writer: int, number: int) -> None:
    with transaction.atomic():
        record(**_facts(writer, number), actor=_ACTOR)


def _write_plainly(writer: int, number: int) -> None:
    facts = _facts(writer, number)
    with transaction.atomic():
        run_prepared(
            _INSERT,
            [facts["kind"], timezone.now(), _ACTOR.person_id, "", facts["subject_kind"], facts["subject"],
             sorted(set(facts["organisation_ids"])), orjson.dumps(facts["payload"]).decode()],
        )  # fmt: skip


class _Writers:
    """Eight processes that have opened their connections and wait for the word."""

    def __init__(self, write: Callable[[int, int], None], each: int, go: Signal) -> None:
        self._go = go
        self._pipes: list[Connection] = []
        for writer in range(WRITERS):
            here, there = _CONTEXT.Pipe(duplex=False)
            _start(_writer, write, writer, each, self._go, there)
            there.close()
            self._pipes.append(here)
        self._wait()

    def run(self) -> None:
        """All write; returns when the last has committed."""
        self._go.set()
        self._wait()

    def _wait(self) -> None:
        for pipe in self._pipes:
            if (error := pipe.recv()) is not None:
                raise RuntimeError(f"A writer failed: {error}")


def _start(target: Callable[..., None], *arguments: Any) -> None:
    """A forked process with a connection of its own; it ends without touching what it inherited."""
    connections.close_all()
    _CONTEXT.Process(target=_ending, args=(target, arguments), daemon=True).start()


def _ending(target: Callable[..., None], arguments: tuple[Any, ...]) -> None:
    target(*arguments)
    connections.close_all()
    os._exit(0)


def _writer(write: Callable[[int, int], None], writer: int, each: int, go: Signal, pipe: Connection) -> None:
    try:
        for number in range(WARM):
            write(writer, number)
        pipe.send(None)
        go.wait()
        for number in range(each):
            write(writer, WARM + number)
        pipe.send(None)
    except Exception as error:
        pipe.send(repr(error))


def _sealer(go: Signal, stop: Signal) -> None:
    """Takes its turn every second from the moment that the writers start, three times as often as in production."""
    go.wait()
    while not stop.wait(SEALS_EVERY):
        while seal_turn():
            pass


def _prepare(size: int) -> Round:
    with connection.cursor() as cursor:
        for statement in _PLAIN.split(";"):
            cursor.execute(statement)
        cursor.execute("SHOW fsync")
        fsync = float(cursor.fetchone()[0] == "on")
    each = max(size // WRITERS, 1)
    go, stop = _CONTEXT.Event(), _CONTEXT.Event()
    plain, logged = _Writers(_write_plainly, each, _CONTEXT.Event()), _Writers(_write_event, each, go)
    _start(_sealer, go, stop)
    seal_all()
    before = Event.objects.count()
    return Round(
        work=partial(_log, logged, stop, before, fsync),
        floor=plain.run,
        units=each * WRITERS,
        check=partial(_all_sealed, before + each * WRITERS),
    )


def _log(writers: _Writers, stop: Signal, before: int, fsync: float) -> Mapping[str, float]:
    writers.run()
    stop.set()
    waiting = UnsealedEvent.objects.count()
    return {"sealed_meanwhile": float(Event.objects.count() - before - waiting), "fsync": fsync}


def _all_sealed(events: int) -> None:
    deadline = time.monotonic() + 60
    while UnsealedEvent.objects.exists() and time.monotonic() < deadline:
        seal_all()  # None while the sealer's last turn lasts
    report = verify_log()
    if not report.ok or report.events != events:
        raise RuntimeError(f"{events} events were written, {report.events} stand in seals: {report.broken[:3]}")


register(Benchmark("event_log", "events", 20_000, _prepare))
