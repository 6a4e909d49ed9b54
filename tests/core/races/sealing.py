"""Eight processes write events, some slowly, some taken back, while two others seal; and a sealer with an id cursor."""

import random
import time
from dataclasses import dataclass
from typing import Any

from tests.invoicing.races.processes import CONTEXT, run_all

WRITERS = 8


@dataclass(frozen=True)
class Sealed:
    """Ids of the events that were committed, how many were taken back, and the ids that stand in seals (with repeats)."""

    committed: set[int]
    taken_back: int
    sealed: list[int]
    seals: int
    sealers: list[int]

    @property
    def lost(self) -> int:
        return len(self.committed - set(self.sealed))

    @property
    def twice(self) -> int:
        return len(self.sealed) - len(set(self.sealed))


def race(*, each: int, seed: int, by_cursor: bool = False) -> Sealed:
    """Runs writers and sealers together; a sealer ends when nothing has come for half a second."""
    from marketplace.core.models import EventSeal, SealedEvent

    sealers = [(seal_by_cursor if by_cursor else seal_by_queue)] * (1 if by_cursor else 2)
    barrier = CONTEXT.Barrier(WRITERS + len(sealers))
    work: list[tuple[Any, ...]] = [(write, each, seed + number, barrier) for number in range(WRITERS)]
    work += [(sealer, barrier) for sealer in sealers]
    told = run_all(_do, work, seconds=300)
    written, sealed_by = told[:WRITERS], told[WRITERS:]
    return Sealed(
        committed={pk for pks, _ in written for pk in pks},
        taken_back=sum(back for _, back in written),
        sealed=list(SealedEvent.objects.values_list("event_id", flat=True)),
        seals=EventSeal.objects.count(),
        sealers=sealed_by,
    )


def _do(target: Any, *arguments: Any) -> Any:
    return target(*arguments)


class TakenBack(Exception):
    """What a writer raises to roll its transaction back."""


def write(each: int, seed: int, barrier: Any) -> tuple[list[int], int]:
    """In one process: the ids committed and the number taken back. Every third transaction lingers before its end."""
    from django.db import transaction

    from tests.core.tampering import event

    chance, committed, back = random.Random(seed), [], 0
    barrier.wait(timeout=60)
    for number in range(each):
        try:
            with transaction.atomic():
                pk = event(str(number)).pk
                if chance.random() < 0.3:
                    time.sleep(chance.uniform(0.005, 0.05))
                if chance.random() < 0.2:
                    raise TakenBack
        except TakenBack:
            back += 1
        else:
            committed.append(pk)
    return committed, back


def seal_by_queue(barrier: Any) -> int:
    """In one process: how many events this sealer sealed. Goes on until nothing has waited for half a second."""
    from marketplace.core.sealing import seal_waiting

    barrier.wait(timeout=60)
    sealed, idle_since = 0, time.monotonic()
    while time.monotonic() - idle_since < 0.5:
        if seal := seal_waiting():
            sealed, idle_since = sealed + seal.count, time.monotonic()
        else:
            time.sleep(0.005)
    return sealed


def seal_by_cursor(barrier: Any) -> int:
    """The control: remembers the highest id it has sealed and takes what lies above it."""
    from django.db import transaction
    from django.utils import timezone

    from marketplace.core import merkle
    from marketplace.core.models import Event, EventSeal, SealedEvent

    barrier.wait(timeout=60)
    cursor, sealed, idle_since = 0, 0, time.monotonic()
    while time.monotonic() - idle_since < 0.5:
        rows = list(Event.objects.filter(pk__gt=cursor).order_by("pk").values_list("pk", "hash"))
        if not rows:
            time.sleep(0.005)
            continue
        with transaction.atomic():
            root = merkle.root_of(merkle.leaf(*row) for row in rows)
            seal = EventSeal.objects.create(
                number=sealed + 1,
                count=len(rows),
                merkle_root=root,
                previous_hash="",
                hash=root,
                sealed_at=timezone.now(),
            )
            SealedEvent.objects.bulk_create(
                [SealedEvent(event_id=pk, seal=seal, position=place) for place, (pk, _) in enumerate(rows, start=1)]
            )
        cursor, sealed, idle_since = rows[-1][0], sealed + len(rows), time.monotonic()
    return sealed
