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
from typing import Any

from django.db import transaction
from django.utils import timezone

from marketplace.core import outbox
from marketplace.core.actors import Actor
from marketplace.core.bulk import copy_rows, next_ids
from marketplace.core.models import Delivery, Event, EventText

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
    facts: list[Any] = [kind, subject_kind, subject, sorted(set(organisation_ids)), payload]
    if scheme >= SCHEME:
        moment = at.astimezone(UTC).isoformat(timespec="microseconds") if at else ""
        facts += [scheme, moment, actor_person_id, actor_label, text_mac]
    return hashlib.sha256(json.dumps(facts, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


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
    canonical = json.dumps(dict(words), sort_keys=True, separators=(",", ":"))
    return hmac.new(key, canonical.encode(), hashlib.sha256).hexdigest()


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
    _in_transaction()
    words = {name: value for name, value in (text or {}).items() if value}
    key = secrets.token_bytes(32) if words else b""
    facts: dict[str, Any] = {
        "kind": kind,
        "subject_kind": subject_kind,
        "subject": subject,
        "organisation_ids": sorted(set(organisation_ids)),
        "payload": payload,
        "at": timezone.now(),
        "actor_person_id": actor.person_id,
        "actor_label": _label(actor),
        "text_mac": text_mac(key, words) if words else "",
        "scheme": SCHEME,
    }
    event = Event.objects.create(**facts, hash=fingerprint(**facts))
    if words:
        EventText.objects.create(event=event, key=key, words=words)
    handlers = outbox.handlers_for(kind)
    if handlers:
        Delivery.objects.bulk_create([Delivery(event=event, handler=handler) for handler in handlers])
    return event


def record_many(*, facts: Sequence[dict[str, Any]], actor: Actor) -> None:
    """Inserts many events and their deliveries by COPY; each dict has the arguments of ``record`` but actor and text."""
    _in_transaction()
    at, label = timezone.now(), _label(actor)
    ids = next_ids(Event, len(facts))
    copy_rows(Event, COLUMNS, (_row(pk, fact, at, actor.person_id, label) for pk, fact in zip(ids, facts, strict=True)))
    deliveries = [
        (pk, handler) for pk, fact in zip(ids, facts, strict=True) for handler in outbox.handlers_for(str(fact["kind"]))
    ]
    if deliveries:
        copy_rows(Delivery, ("event_id", "handler"), deliveries)


def _row(pk: int, fact: dict[str, Any], at: datetime, person_id: int | None, label: str) -> tuple[Any, ...]:
    organisations = sorted(set(fact["organisation_ids"]))
    made = fingerprint(**{**fact, "at": at, "actor_person_id": person_id, "actor_label": label})
    return (
        pk,
        fact["kind"],
        at,
        person_id,
        label,
        fact["subject_kind"],
        fact["subject"],
        organisations,
        json.dumps(fact["payload"]),
        "",
        SCHEME,
        made,
    )


def _label(actor: Actor) -> str:
    return "" if actor.person_id else actor.name[:60]


def _in_transaction() -> None:
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("An event must be recorded in the transaction of the change it tells of.")
