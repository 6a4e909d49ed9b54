"""Random tamperings with a sealed log, by somebody who has switched the guards off and knows how it is built.

Each is one SQL change, or several where the tamperer covers the traces: recomputes an event's hash, or seals anew
from there on. Run one inside a transaction that is taken back.
"""

import json
from collections.abc import Callable
from random import Random

from django.db import connection
from django.utils import timezone

from marketplace.core import merkle
from marketplace.core.actors import Actor
from marketplace.core.events import fingerprint_of, record
from marketplace.core.models import Event, EventSeal, SealedEvent
from marketplace.core.sealing import FIRST_PREVIOUS, seal_hash, seal_waiting

# What a column of an event, a text, a seal or a place in a seal is changed to; each differs from what any has.
EVENT = {
    "kind": "kind || 'x'", "at": "at + interval '1 microsecond'", "actor_label": "actor_label || '.'",
    "actor_person_id": "coalesce(actor_person_id, 0) + 1", "subject_kind": "'other'", "subject": "subject || '0'",
    "organisation_ids": "organisation_ids || 999999", "payload": """payload || '{"pence": 1000000}'""",
    "text_mac": "repeat('0', 64)", "scheme": "3 - scheme", "hash": "encode(sha256(hash::bytea), 'hex')",
    "id": "-id",
}  # fmt: skip
TEXT = {"words": """words || '{"reason": "Another"}'""", "key": "sha256(key)", "event_id": "-event_id"}
SEAL = {
    "number": "number + 1000", "sealed_at": "sealed_at + interval '1 microsecond'", "count": "count + 1",
    "merkle_root": "encode(sha256(merkle_root::bytea), 'hex')", "id": "-id",
    "previous_hash": "encode(sha256(previous_hash::bytea), 'hex')", "hash": "encode(sha256(hash::bytea), 'hex')",
}  # fmt: skip
PLACE = {"position": "position + 1000", "seal_id": "-seal_id", "event_id": "-event_id"}
_FACTS = "kind, at, actor_person_id, actor_label, subject_kind, subject, organisation_ids, payload, text_mac, hash"


def write_log(chance: Random, events: int, a_seal: int) -> None:
    """A log of so many events, about every fifth with a text, some people's and some of the platform."""
    for number in range(1, events + 1):
        person = chance.choice([None, 11, 12])
        record(
            kind=chance.choice(["order.placed", "invoice.issued", "terms.changed"]),
            subject_kind="test",
            subject=str(number),
            organisation_ids=chance.sample(range(1, 40), chance.randrange(3)),
            payload={"pence": chance.randrange(100_000), "before": {"day": "2027-03-01"}, "after": {"day": None}},
            actor=Actor(person_id=person, user_id=None, name="" if person else "nightly"),
            text={"reason": f"Asked for by telephone, {number}"} if chance.random() < 0.2 else None,
        )
        if number % a_seal == 0:
            seal_waiting()
    seal_waiting()


def _run(statement: str, *parameters: object) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        assert cursor.rowcount > 0, f"nothing was tampered with by {statement}"


def _one(chance: Random, table: str, column: str = "event_id") -> int:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {column} FROM {table} ORDER BY 1")
        return int(chance.choice(cursor.fetchall())[0])


def _change(table: str, columns: dict[str, str], key: str) -> Callable[[Random], str]:
    def tamper(chance: Random) -> str:
        column = chance.choice(sorted(columns))
        _run(f"UPDATE {table} SET {column} = {columns[column]} WHERE {key} = %s", _one(chance, table, key))
        return f"{table}.{column} changed"

    return tamper


def _delete(table: str, key: str) -> Callable[[Random], str]:
    def tamper(chance: Random) -> str:
        _run(f"DELETE FROM {table} WHERE {key} = %s", _one(chance, table, key))
        return f"{table} deleted"

    return tamper


def _two_places(chance: Random) -> tuple[SealedEvent, SealedEvent]:
    first, second = chance.sample(range(SealedEvent.objects.count()), 2)
    rows = SealedEvent.objects.order_by("event_id")
    return rows[first], rows[second]


def swap_contents(chance: Random) -> str:
    """Two events exchange all that they say, hashes too."""
    one, other = _two_places(chance)
    columns = ", ".join(f"{name} = o.{name}" for name in _FACTS.split(", "))
    _run(
        f"UPDATE core_event e SET {columns} FROM core_event o WHERE (e.id, o.id) IN ((%s, %s), (%s, %s))",
        one.event_id, other.event_id, other.event_id, one.event_id,
    )  # fmt: skip
    return "two events exchanged"


def swap_places(chance: Random) -> str:
    """Two events exchange their places in the seals."""
    one, other = _two_places(chance)
    _run("UPDATE core_sealedevent SET position = position + 1000000, seal_id = -1 WHERE event_id = %s", one.event_id)
    for place, to in ((other, one), (one, other)):
        _run(
            "UPDATE core_sealedevent SET position = %s, seal_id = %s WHERE event_id = %s",
            to.position, to.seal_id, place.event_id,
        )  # fmt: skip
    return "places exchanged"


def delete_with_place(chance: Random) -> str:
    """An event deleted with its place, its text, and one less in its seal's count."""
    place, _ = _two_places(chance)
    _run("DELETE FROM core_event WHERE id = %s", place.event_id)
    _run("DELETE FROM core_sealedevent WHERE event_id = %s", place.event_id)
    _run("UPDATE core_eventseal SET count = count - 1 WHERE id = %s", place.seal_id)
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM core_eventtext WHERE event_id = %s", [place.event_id])
        cursor.execute(
            "UPDATE core_sealedevent SET position = position - 1 WHERE seal_id = %s AND position > %s",
            [place.seal_id, place.position],
        )
    return "an event deleted with its place"


def _forged(chance: Random) -> Event:
    """An event that never happened, with a hash that fits it. No guard has put it into the queue."""
    forged = Event(
        kind="invoice.issued", at=timezone.now(), actor_person_id=11, actor_label="", subject_kind="test", subject="F",
        organisation_ids=[chance.randrange(1, 40)], payload={"pence": 1}, text_mac="", scheme=2,
    )  # fmt: skip
    forged.hash = fingerprint_of(forged)
    forged.save()
    return forged


def forge(chance: Random) -> str:
    """A forged event, left lying or put at the end of a seal whose count is raised."""
    forged = _forged(chance)
    if chance.random() < 0.5:
        return "an event forged"
    place, _ = _two_places(chance)
    _run("UPDATE core_eventseal SET count = count + 1 WHERE id = %s", place.seal_id)
    last = SealedEvent.objects.filter(seal=place.seal_id).latest("position").position
    SealedEvent.objects.create(event=forged, seal_id=place.seal_id, position=last + 1)
    return "an event forged into a seal"


def rewrite_hash(chance: Random) -> str:
    """An event changed, and its hash made to fit."""
    place, _ = _two_places(chance)
    event = Event.objects.get(pk=place.event_id)
    event.payload = {**event.payload, "pence": -1}
    event.hash = fingerprint_of(event)
    _run("UPDATE core_event SET payload = %s, hash = %s WHERE id = %s", json.dumps(event.payload), event.hash, event.pk)
    return "an event changed with its hash"


def cut_off(chance: Random) -> str:
    """The last seals go, with their events, places and texts: nothing is left that points at them."""
    last = EventSeal.objects.latest("number").number
    keep = last - chance.randrange(1, min(5, last))
    with connection.cursor() as cursor:
        gone = "SELECT s.event_id FROM core_sealedevent s JOIN core_eventseal l ON l.id = s.seal_id WHERE l.number > %s"
        for table, key in (("core_eventtext", "event_id"), ("core_event", "id")):
            cursor.execute(f"DELETE FROM {table} WHERE {key} IN ({gone})", [keep])
        cursor.execute(f"DELETE FROM core_sealedevent WHERE event_id IN ({gone})", [keep])
        cursor.execute("DELETE FROM core_eventseal WHERE number > %s", [keep])
    return "the end cut off"


def seal_anew(chance: Random) -> str:
    """An event changed with its hash, and every seal from its own on made anew, so that all fits again."""
    rewrite_hash(chance)
    before = FIRST_PREVIOUS
    for seal in EventSeal.objects.order_by("number"):
        rows = SealedEvent.objects.filter(seal=seal).order_by("position").values_list("event_id", "event__hash")
        root = merkle.root_of(merkle.leaf(*row) for row in rows)
        made = seal_hash(
            number=seal.number, count=seal.count, merkle_root=root, previous_hash=before, sealed_at=seal.sealed_at
        )
        if made != seal.hash:
            _run(
                "UPDATE core_eventseal SET merkle_root = %s, previous_hash = %s, hash = %s WHERE id = %s",
                root, before, made, seal.pk,
            )  # fmt: skip
        before = made
    return "sealed anew after a change"


# What an outside anchor alone can find.
COVERED: list[Callable[[Random], str]] = [cut_off, seal_anew]
KINDS: list[Callable[[Random], str]] = [
    _change("core_event", EVENT, "id"),
    _change("core_event", EVENT, "id"),
    _change("core_eventtext", TEXT, "event_id"),
    _change("core_eventseal", SEAL, "id"),
    _change("core_sealedevent", PLACE, "event_id"),
    _delete("core_event", "id"),
    _delete("core_eventtext", "event_id"),
    _delete("core_eventseal", "id"),
    _delete("core_sealedevent", "event_id"),
    swap_contents,
    swap_places,
    delete_with_place,
    forge,
    rewrite_hash,
    *COVERED,
]
