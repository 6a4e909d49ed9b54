"""The event log: what happened, to what, by whom, in whose scope."""

import hashlib
import json
from collections.abc import Sequence
from typing import Any

from django.db import transaction

from marketplace.core.actors import Actor
from marketplace.core.bulk import copy_rows
from marketplace.core.models import Event


def fingerprint(
    *, kind: str, subject_kind: str, subject: str, organisation_ids: list[int], payload: dict[str, Any]
) -> str:
    """SHA-256 over the canonical JSON of an event's facts. Holds no personal text."""
    canonical = json.dumps(
        [kind, subject_kind, subject, sorted(organisation_ids), payload], sort_keys=True, separators=(",", ":")
    )
    return hashlib.sha256(canonical.encode()).hexdigest()


def record(
    *,
    kind: str,
    subject_kind: str,
    subject: str,
    organisation_ids: list[int],
    payload: dict[str, Any],
    actor: Actor,
) -> Event:
    """Inserts one append-only event in the caller's transaction, which must be open."""
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("An event must be recorded in the transaction of the change it tells of.")
    facts: dict[str, Any] = {
        "kind": kind,
        "subject_kind": subject_kind,
        "subject": subject,
        "organisation_ids": sorted(set(organisation_ids)),
        "payload": payload,
    }
    return Event.objects.create(
        **facts,
        hash=fingerprint(**facts),
        actor_person_id=actor.person_id,
        actor_label="" if actor.person_id else actor.name[:60],
    )


def record_many(*, facts: Sequence[dict[str, Any]], actor: Actor) -> None:
    """Inserts many events at once by COPY; each dict has the arguments of ``record`` but the actor."""
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("An event must be recorded in the transaction of the change it tells of.")
    label = "" if actor.person_id else actor.name[:60]
    columns = (
        "kind",
        "subject_kind",
        "subject",
        "organisation_ids",
        "payload",
        "hash",
        "actor_person_id",
        "actor_label",
    )
    copy_rows(
        Event,
        columns,
        (
            (
                fact["kind"],
                fact["subject_kind"],
                fact["subject"],
                sorted(set(fact["organisation_ids"])),
                json.dumps(fact["payload"]),
                fingerprint(**{**fact, "organisation_ids": sorted(set(fact["organisation_ids"]))}),
                actor.person_id,
                label,
            )
            for fact in facts
        ),
    )
