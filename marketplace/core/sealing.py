"""Sealing the event log: what waits is gathered into numbered seals, each linked to the one before.

Writers never wait for each other: each event carries its own hash and stands in a queue that its own statement
filled. One sealer at a time (an advisory lock) empties the queue every few seconds. A queue and not an id cursor: a
transaction that commits late comes into a later seal and is never passed over.
"""

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from marketplace.core import merkle
from marketplace.core.bulk import as_array
from marketplace.core.errors import NotFound
from marketplace.core.models import Event, EventSeal, SealedEvent

FIRST_PREVIOUS = "0" * 64
LIMIT = 50_000
# Any number that nothing else locks in this database.
SEALER_LOCK = 5_203_118_846


_PLACES = """
INSERT INTO core_sealedevent (event_id, seal_id, position)
SELECT event_id, %s, place FROM unnest(%s::bigint[]) WITH ORDINALITY AS taken (event_id, place)
"""


@dataclass(frozen=True)
class Proof:
    """That one event is under its seal: leaf, path and root can be computed by hand, by the rule of ``merkle``."""

    event_id: int
    event_hash: str
    seal: EventSeal
    position: int
    leaf: str
    path: list[merkle.Step]

    @property
    def holds(self) -> bool:
        """Whether the path leads to the root that the seal states."""
        return merkle.root_by(bytes.fromhex(self.leaf), self.path) == self.seal.merkle_root


def seal_hash(*, number: int, count: int, merkle_root: str, previous_hash: str, sealed_at: datetime) -> str:
    """SHA-256 over the seal's facts in one line, parted by ``|``; the time in UTC with six decimals.

    ``seal|7|1200|ROOT|PREVIOUS|2027-03-01T09:30:00.000000``. The first seal's previous hash is 64 zeros.
    """
    moment = sealed_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")
    line = f"seal|{number}|{count}|{merkle_root}|{previous_hash}|{moment}"
    return hashlib.sha256(line.encode()).hexdigest()


@transaction.atomic
def seal_waiting(*, limit: int = LIMIT, now: datetime | None = None) -> EventSeal | None:
    """Closes up to ``limit`` waiting events, in the order of their ids, into the next seal.

    None when nothing waits, or while another sealer is at work. Call it again while a whole ``limit`` is taken.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [SEALER_LOCK])
        if not cursor.fetchone()[0]:
            return None
        taken = _take(cursor, limit)
    if not taken:
        return None
    # The statement begins after the lock was had, so it sees the seal of whoever held it before.
    last = EventSeal.objects.order_by("-number").first()
    facts: dict[str, Any] = {
        "number": last.number + 1 if last else 1,
        "count": len(taken),
        "merkle_root": merkle.root_of(merkle.leaf(*row) for row in taken),
        "previous_hash": last.hash if last else FIRST_PREVIOUS,
        "sealed_at": now or timezone.now(),
    }
    seal = EventSeal.objects.create(**facts, hash=seal_hash(**facts))
    with connection.cursor() as cursor:
        cursor.execute(_PLACES, [seal.pk, as_array(event_id for event_id, _ in taken)])
    return seal


def _take(cursor: Any, limit: int) -> list[tuple[int, str]]:
    """Takes events out of the queue: (id, hash), in the order of their ids. One that is gone stays, for the check.

    By lists of ids and never by a join: a queue's size changes faster than the planner's statistics of it, and a plan
    for an empty queue takes minutes for a long one. Nobody else takes from the queue, since we hold the sealer's lock.
    """
    cursor.execute("SELECT event_id FROM core_unsealedevent ORDER BY event_id LIMIT %s", [limit])
    waiting = as_array(row[0] for row in cursor.fetchall())
    cursor.execute("SELECT id, hash FROM core_event WHERE id = ANY(%s::bigint[])", [waiting])
    taken = sorted(cursor.fetchall())
    cursor.execute(
        "DELETE FROM core_unsealedevent WHERE event_id = ANY(%s::bigint[])", [as_array(row[0] for row in taken)]
    )
    return taken


def seal_turn(*, limit: int = LIMIT) -> bool:
    """One seal; whether a whole ``limit`` was taken, so that more waits already.

    What is written meanwhile waits for the next turn. Going on until nothing waits would never rest while people write:
    it would close their events by threes and fours and take the time of those who write them.
    """
    seal = seal_waiting(limit=limit)
    return seal is not None and seal.count == limit


def seal_all(*, limit: int = LIMIT) -> list[EventSeal]:
    """Seals what waits, each seal in a transaction of its own; returns the new seals. Ends with one that is not full."""
    seals: list[EventSeal] = []
    while seal := seal_waiting(limit=limit):
        seals.append(seal)
        if seal.count < limit:
            break
    return seals


def prove(event: Event) -> Proof:
    """The path from an event to the root of its seal. Raises NotFound for one that waits for the sealer."""
    place = SealedEvent.objects.select_related("seal").filter(event=event).first()
    if place is None:
        raise NotFound(f"Event {event.pk} is not sealed yet. Events are sealed every few seconds.")
    rows = SealedEvent.objects.filter(seal=place.seal_id).order_by("position").values_list("event_id", "event__hash")
    leaves = [merkle.leaf(*row) for row in rows]
    return Proof(
        event_id=event.pk,
        event_hash=event.hash,
        seal=place.seal,
        position=place.position,
        leaf=merkle.leaf(event.pk, event.hash).hex(),
        path=merkle.path_of(leaves, place.position - 1),
    )
