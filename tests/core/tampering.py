"""How the invariants of the event log are broken by someone who has switched the guards off.

Each tampering first writes and seals a small log through the public verbs, then changes what no verb would.
"""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.utils import timezone

from marketplace.core import outbox
from marketplace.core.actors import platform
from marketplace.core.anchoring import anchor_ended_days
from marketplace.core.events import record
from marketplace.core.models import Event
from marketplace.core.sealing import seal_all, seal_waiting
from tests.invoicing.books import run_sql

ACTOR = platform("test")
SHA = "repeat('0', 64)"


def event(subject: str, kind: str = "test.written", **more: Any) -> Event:
    """One event about nothing in particular."""
    facts: dict[str, Any] = {"subject_kind": "test", "organisation_ids": [], "payload": {"pence": 100}}
    return record(kind=kind, subject=subject, actor=ACTOR, **facts | more)


def a_sealed_log() -> None:
    """Whatever stands and seven events more, in seals; yesterday is anchored, three have a text. Ends without guards."""
    run_sql("SET LOCAL session_replication_role = DEFAULT")  # the guards fill the sealer's queue
    seal_all()
    yesterday = timezone.now() - timedelta(days=1)
    for number, moment in enumerate((yesterday, yesterday, timezone.now())):
        event(f"{number}.1", text={"reason": "It was late"})
        event(f"{number}.2")
        seal_waiting(now=moment)
    anchor_ended_days(today=timezone.localdate(), actor=ACTOR)
    seal_all()
    run_sql("SET LOCAL session_replication_role = replica")


def _told_to_a_handler() -> None:
    """Three events that a handler hears, the one between left out of the outbox."""
    run_sql("SET LOCAL session_replication_role = DEFAULT")

    @outbox.handles("test.told", name="test.tampered")
    def hear(_: Event) -> None:
        """Never run here."""

    try:
        for subject in ("first", "second", "third"):
            event(subject, kind="test.told")
    finally:
        del outbox._handlers["test.tampered"]
        outbox.handlers_for.cache_clear()
    run_sql("SET LOCAL session_replication_role = replica")
    told = "SELECT id FROM core_event WHERE kind = 'test.told' AND subject = 'second'"
    assert run_sql(f"DELETE FROM core_delivery WHERE event_id = ({told})") == 1


def _sql(statement: str) -> Callable[[], None]:
    def tamper() -> None:
        a_sealed_log()
        assert run_sql(statement) >= 1, f"Nothing was tampered with by: {statement}"

    return tamper


def _waiting(statement: str) -> Callable[[], None]:
    def tamper() -> None:
        a_sealed_log()
        run_sql("SET LOCAL session_replication_role = DEFAULT")
        event("waiting")
        run_sql("SET LOCAL session_replication_role = replica")
        assert run_sql(statement) == 1

    return tamper


_LAST = "(SELECT max(id) FROM core_event)"
_SEAL = "(SELECT max(id) FROM core_eventseal)"

TAMPERINGS: dict[str, Callable[[], None]] = {
    "events-sealed": _sql(f"DELETE FROM core_sealedevent WHERE event_id = {_LAST}"),
    "seals-link": _sql("DELETE FROM core_eventseal WHERE number = 2"),
    "seal-roots": _sql(f"UPDATE core_event SET hash = {SHA} WHERE id = {_LAST}"),
    "anchors-match": _sql(f"UPDATE core_eventanchor SET hash = {SHA}"),
    "texts-erased-openly": _sql("DELETE FROM core_eventtext"),
    "deliveries-written": _told_to_a_handler,
}

FURTHER: list[tuple[str, str, Callable[[], None]]] = [
    (
        "events-sealed", "the sealer stands still",
        _waiting("UPDATE core_unsealedevent SET since = since - interval '6 minutes'"),
    ),
    (
        "events-sealed", "an event deleted while it waits",
        _waiting("DELETE FROM core_event WHERE subject = 'waiting'"),
    ),
    (
        "events-sealed", "a sealed event that waits again",
        _sql("INSERT INTO core_unsealedevent (event_id) SELECT max(event_id) FROM core_sealedevent"),
    ),
    (
        "events-sealed", "an event from nowhere",
        _sql(
            "INSERT INTO core_event (kind, actor_label, subject_kind, subject, organisation_ids, payload, hash)"
            f" VALUES ('order.placed', '', 'order', 'O-1', '{{}}', '{{}}', {SHA})"
        ),
    ),
    ("events-sealed", "an event of a seal that is gone", _sql(f"DELETE FROM core_eventseal WHERE id = {_SEAL}")),
    ("seals-link", "the time of a seal changed", _sql("UPDATE core_eventseal SET sealed_at = now()")),
    ("seals-link", "the count changed", _sql(f"UPDATE core_eventseal SET count = count + 1 WHERE id = {_SEAL}")),
    (
        "seals-link", "a seal exchanged with its hash",
        _sql(
            "UPDATE core_eventseal l SET previous_hash = o.hash FROM core_eventseal o"
            " WHERE l.number = 3 AND o.number = 1"
        ),
    ),
    ("seals-link", "an event moved away", _sql("UPDATE core_sealedevent SET position = position + 1000000")),
    ("seal-roots", "an event deleted", _sql(f"DELETE FROM core_event WHERE id = {_LAST}")),
    ("seal-roots", "another root", _sql(f"UPDATE core_eventseal SET merkle_root = {SHA} WHERE id = {_SEAL}")),
    (
        "seal-roots", "two events exchanged",
        _sql(
            "UPDATE core_event e SET hash = o.hash FROM core_event o JOIN core_event p ON p.id <> o.id"
            " WHERE e.id = p.id AND (o.subject, p.subject) IN (('0.1', '0.2'), ('0.2', '0.1'))"
        ),
    ),
    ("anchors-match", "an anchor taken away", _sql("DELETE FROM core_eventanchor")),
    ("anchors-match", "an anchor of another time", _sql("UPDATE core_eventanchor SET told_at = told_at - interval '1s'")),
    (
        "texts-erased-openly", "a text of no event",
        _sql("INSERT INTO core_eventtext (event_id, key, words) VALUES (-1, '', '{}')"),
    ),
    (
        "deliveries-written", "a delivery of no event",
        _sql("INSERT INTO core_delivery (event_id, handler) VALUES (-1, 'test.gone')"),
    ),
]  # fmt: skip
