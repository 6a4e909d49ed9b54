"""The event log: what happened, to what, by whom, in whose scope; written with the change it tells of.

Each row carries its own hash, so that writers never wait for each other; ``sealing`` gathers the rows afterwards.
What a person wrote lies aside (``EventText``), bound by a keyed hash whose key is erased with it.
"""

import hashlib
import hmac
import json
import secrets
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, cast

import orjson
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.utils import timezone
from django.utils.functional import SimpleLazyObject

from marketplace.core import outbox
from marketplace.core.actors import Actor
from marketplace.core.bulk import as_array, copy_rows, next_ids, run_prepared
from marketplace.core.models import Delivery, Event

SCHEME = 2
COLUMNS = (
    "id",
    "kind",
    "at",
    "actor_person_id",
    "actor_label",
    "subject_kind",
    "subject",
    "organisation_ids",
    "payload",
    "text_mac",
    "scheme",
    "hash",
)


def _canonical(value: Any) -> bytes:
    """JSON in one way only: keys in the order of their code points, no spaces, UTF-8."""
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS)


def fingerprint(
    *,
    kind: str,
    subject_kind: str,
    subject: str,
    organisation_ids: Sequence[int],
    payload: dict[str, Any],
    at: datetime | None = None,
    actor_person_id: int | None = None,
    actor_label: str = "",
    text_mac: str = "",
    scheme: int = SCHEME,
) -> str:
    """SHA-256 over the canonical JSON of an event's facts; holds no personal text.

    Scheme 1, of the first events, covered neither the time, nor who acted, nor the text.
    """
    facts = (kind, subject_kind, subject, sorted(set(organisation_ids)), payload)
    if scheme < SCHEME:
        return hashlib.sha256(json.dumps(facts, sort_keys=True, separators=(",", ":")).encode()).hexdigest()
    moment = at.astimezone(UTC).isoformat(timespec="microseconds") if at else ""
    return hashlib.sha256(_canonical((*facts, scheme, moment, actor_person_id, actor_label, text_mac))).hexdigest()


def _digest(facts: tuple[object, ...], payload: bytes, end: tuple[object, ...]) -> str:
    """``fingerprint`` by the newest scheme, of organisations in order and a payload that is canonical JSON already."""
    return hashlib.sha256(orjson.dumps((*facts, orjson.Fragment(payload), *end))).hexdigest()


def _moment(at: datetime) -> datetime | str:
    """A moment in UTC, for ``_digest``: the writer of JSON gives it the same six decimals, and leaves out 000000."""
    return at if at.microsecond else at.isoformat(timespec="microseconds")


def fingerprint_of(event: Event) -> str:
    """The hash that the stored row must have."""
    return fingerprint(
        kind=event.kind,
        subject_kind=event.subject_kind,
        subject=event.subject,
        organisation_ids=event.organisation_ids,
        payload=event.payload,
        at=event.at,
        actor_person_id=event.actor_person_id,
        actor_label=event.actor_label,
        text_mac=event.text_mac,
        scheme=event.scheme,
    )


def text_mac(key: bytes, words: Mapping[str, str]) -> str:
    """HMAC-SHA256 of what was written, under the event's own key."""
    return hmac.new(key, _canonical(dict(words)), hashlib.sha256).hexdigest()


def record(
    *,
    kind: str,
    subject_kind: str,
    subject: str,
    organisation_ids: Sequence[int],
    payload: dict[str, Any],
    actor: Actor,
    text: Mapping[str, str] | None = None,
) -> Event:
    """Inserts one append-only event, with a delivery for each handler of its kind, in the caller's open transaction.

    ``payload`` holds codes, numbers, dates and pence; put the state ``before`` and ``after`` a change there under
    those names. ``text`` is what a person wrote or is called (``{"reason": …}``): it is kept aside and can be erased.
    """
    used = _in_transaction()
    words = {name: value for name, value in text.items() if value} if text else {}
    key = secrets.token_bytes(32) if words else b""
    at, label, organisations, payload = timezone.now(), _label(actor), sorted(set(organisation_ids)), _exact(payload)
    mac = text_mac(key, words) if words else ""
    stored = _canonical(payload)
    end = (SCHEME, _moment(at), actor.person_id, label, mac)
    made = _digest((kind, subject_kind, subject, organisations), stored, end)
    row = [kind, at, actor.person_id, label, subject_kind, subject, organisations, stored.decode(), made]
    pk = _insert(used, row, kind, mac, key, words)
    values = (pk, kind, at, actor.person_id, label, subject_kind, subject, organisations, payload, mac, SCHEME, made)
    # Most callers never look at it, and making a model is a tenth of what an event costs.
    return cast(Event, SimpleLazyObject(lambda: Event.from_db(DEFAULT_DB_ALIAS, _FIELDS, values)))


# One prepared statement instead of a model's save: half of what writing an event costs would be Python's. It also puts
# the event into the sealer's queue, which a trigger would do at twice the price (decision 12).
_ROW = """
INSERT INTO core_event (kind, at, actor_person_id, actor_label, subject_kind, subject, organisation_ids, payload, hash,
scheme, text_mac) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, {scheme}, {text_mac}) RETURNING id
"""
_EVENT = f"""
WITH event AS ({_ROW.format(scheme=SCHEME, text_mac="''")})
INSERT INTO core_unsealedevent (event_id) SELECT id FROM event RETURNING event_id
"""
_EVENT_AND_MORE = f"""
WITH event AS ({_ROW.format(scheme=SCHEME, text_mac="%s")}),
queue AS (INSERT INTO core_unsealedevent (event_id) SELECT id FROM event),
text AS (INSERT INTO core_eventtext (event_id, key, words) SELECT id, %s, %s::jsonb FROM event WHERE %s),
outbox AS (INSERT INTO core_delivery (event_id, handler) SELECT id, unnest(%s::varchar[]) FROM event)
SELECT id FROM event
"""
_QUEUE_MANY = "INSERT INTO core_unsealedevent (event_id) SELECT unnest(%s::bigint[])"
_FIELDS = tuple(field.attname for field in Event._meta.concrete_fields)


def _insert(
    used: BaseDatabaseWrapper, row: list[Any], kind: str, mac: str, key: bytes, words: Mapping[str, str]
) -> int:
    """Writes the event with its text and its deliveries; returns its id."""
    handlers = outbox.handlers_for(kind)
    if words or handlers:
        more = [mac, key, _canonical(words).decode(), bool(words), list(handlers)]
        return run_prepared(_EVENT_AND_MORE, row + more, used=used)
    return run_prepared(_EVENT, row, used=used)


_SIMPLE = {str, int, bool, type(None)}


def _exact(payload: dict[str, Any]) -> dict[str, Any]:
    """The payload as the database gives it back, so that its hash is that of what is stored. Refuses floats."""
    if {*map(type, payload)} <= {str} and {*map(type, payload.values())} <= _SIMPLE:
        return payload
    stored: dict[str, Any] = orjson.loads(_canonical(payload))
    _refuse_floats(stored)
    return stored


def _refuse_floats(value: Any) -> None:
    if isinstance(value, float):
        raise TypeError(f"An event's payload holds whole numbers and text, not {value}: money is pence.")
    for one in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        _refuse_floats(one)


def record_many(*, facts: Sequence[dict[str, Any]], actor: Actor) -> None:
    """Inserts many events and their deliveries by COPY; each dict has the arguments of ``record`` but actor and text."""
    used = _in_transaction()
    ids = next_ids(Event, len(facts))
    row_of = _Rows(at=timezone.now(), person_id=actor.person_id, label=_label(actor)).row
    copy_rows(Event, COLUMNS, (row_of(pk, **fact) for pk, fact in zip(ids, facts, strict=True)))
    with used.cursor() as cursor:
        cursor.execute(_QUEUE_MANY, [as_array(ids)])
    deliveries = [
        (pk, handler) for pk, fact in zip(ids, facts, strict=True) for handler in outbox.handlers_for(str(fact["kind"]))
    ]
    if deliveries:
        copy_rows(Delivery, ("event_id", "handler"), deliveries)


class _Rows:
    """Rows of many events at one moment by one actor."""

    def __init__(self, *, at: datetime, person_id: int | None, label: str) -> None:
        self._at, self._person_id, self._label = at, person_id, label
        self._end = (SCHEME, _moment(at), person_id, label, "")

    def row(
        self,
        pk: int,
        *,
        kind: str,
        subject_kind: str,
        subject: str,
        organisation_ids: Sequence[int],
        payload: dict[str, Any],
    ) -> tuple[Any, ...]:
        """The columns of COLUMNS, the last being what ``fingerprint`` makes of the others."""
        organisations, payload = sorted(set(organisation_ids)), _exact(payload)
        stored = _canonical(payload)
        return (
            pk, kind, self._at, self._person_id, self._label, subject_kind, subject,
            as_array(organisations), stored.decode(), "", SCHEME,
            _digest((kind, subject_kind, subject, organisations), stored, self._end),
        )  # fmt: skip


def _label(actor: Actor) -> str:
    return "" if actor.person_id else actor.name[:60]


def _in_transaction() -> BaseDatabaseWrapper:
    used = connections[DEFAULT_DB_ALIAS]
    if not used.in_atomic_block:
        raise RuntimeError("An event must be recorded in the transaction of the change it tells of.")
    return used
