"""Checking the whole event log: every row against its hash, every seal against its events, every link and anchor.

Reads in streams and holds a constant amount of memory, whatever the length of the log. Changes nothing, and says of
each broken thing what it is and where. Safe while events are written and sealed: each check is one statement, and
what comes after the last seal that stood at the start is left to the next run.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import groupby
from operator import itemgetter
from typing import Any, NamedTuple

from django.db import connection
from django.utils import timezone

from marketplace.core import merkle
from marketplace.core.events import SCHEME, fingerprint, text_mac
from marketplace.core.log_loose_ends import LOOSE_ENDS
from marketplace.core.models import EventSeal
from marketplace.core.sealing import FIRST_PREVIOUS, seal_hash

MOST = 1000
_SEALS_AT_ONCE = 200
_ROWS_AT_ONCE = 2000
_KEY_BYTES = 32

_COLUMNS = """e.id, e.kind, e.at, e.actor_person_id, e.actor_label, e.subject_kind, e.subject, e.organisation_ids,
e.payload::text, e.text_mac, e.scheme, e.hash, t.key, t.words::text"""
_SEALED = f"""
SELECT s.seal_id, s.position, s.event_id, {_COLUMNS} FROM core_sealedevent s
LEFT JOIN core_event e ON e.id = s.event_id LEFT JOIN core_eventtext t ON t.event_id = s.event_id
WHERE s.seal_id = ANY(%s) ORDER BY s.seal_id, s.position
"""
_UNSEALED = f"""
SELECT w.event_id IS NOT NULL, w.since < clock_timestamp() - interval '5 minutes', {_COLUMNS} FROM core_event e
LEFT JOIN core_eventtext t ON t.event_id = e.id LEFT JOIN core_unsealedevent w ON w.event_id = e.id
WHERE NOT EXISTS (SELECT FROM core_sealedevent s WHERE s.event_id = e.id)
"""


class Broken(NamedTuple):
    """One thing that is not as it was written: ``code`` for programs, ``sentence`` for people."""

    code: str
    sentence: str


@dataclass
class LogReport:
    """What a check of the log looked at and found. ``broken`` holds the first thousand of ``found``."""

    first_seal: int
    last_seal: int = 0
    last_hash: str = ""
    seals: int = 0
    events: int = 0
    waiting: int = 0
    texts: int = 0
    erased: int = 0
    anchors: int = 0
    found: int = 0
    broken: list[Broken] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        return self.found == 0

    def add(self, code: str, sentence: str) -> None:
        self.found += 1
        if len(self.broken) < MOST:
            self.broken.append(Broken(code, sentence))


class _Row(NamedTuple):
    """An event's stored row with its text, as the streams read it; all None where the event is gone."""

    id: int
    kind: str
    at: datetime
    actor_person_id: int | None
    actor_label: str
    subject_kind: str
    subject: str
    organisation_ids: list[int]
    payload: str
    text_mac: str
    scheme: int
    hash: str
    key: bytes | None
    words: str | None

    @property
    def name(self) -> str:
        return f"Event {self.id} ({self.kind}, {self.subject_kind} {self.subject})"


def verify_log(
    *,
    anchors: Mapping[date, str] | None = None,
    first: int = 1,
    last: int | None = None,
    loose_ends: bool | None = None,
) -> LogReport:
    """Recomputes the log and names each thing that does not hold.

    ``anchors`` are hashes kept outside: the last seal of that day must stand and have that hash. Without one, a log
    cut off at its end, or sealed anew from a changed event on, cannot be told from an honest one. ``first`` and
    ``last`` are numbers of seals: a part is checked with its links. Events without a seal, and what hangs loose
    elsewhere, are looked at with the whole log, or as ``loose_ends`` says.
    """
    report = LogReport(first_seal=first)
    for seals in _chunks(first, last):
        _check_seals(report, seals)
    if (first == 1 and last is None) if loose_ends is None else loose_ends:
        _check_unsealed(report)
        _check_loose_ends(report)
    for day, told in (anchors or {}).items():
        _check_anchor(report, day, told)
    return report


def _chunks(first: int, last: int | None) -> Iterator[list[EventSeal]]:
    """The seals in the order of their numbers, some at a time; those that come while we read are left out."""
    newest = EventSeal.objects.order_by("-number").values_list("number", flat=True).first() or 0
    to, after = newest if last is None else min(last, newest), first - 1
    while found := list(EventSeal.objects.filter(number__gt=after, number__lte=to).order_by("number")[:_SEALS_AT_ONCE]):
        yield found
        after = found[-1].number


def _check_seals(report: LogReport, seals: Sequence[EventSeal]) -> None:
    roots = _roots(report, [seal.pk for seal in seals])
    for seal in seals:
        _check_link(report, seal)
        held = roots.get(seal.pk, _Held())
        name = f"Seal {seal.number}"
        if seal.count != held.count:
            report.add("seal_count", f"{name} closed {seal.count} events, but {held.count} stand in it.")
        elif not held.gapless:
            report.add("seal_positions", f"{name} has its events at other places than 1 to {held.count}.")
        if held.root != seal.merkle_root:
            report.add("seal_root", f"{name}: its events do not give its root. One was exchanged, moved or added.")
        report.seals += 1
        report.last_seal, report.last_hash = seal.number, seal.hash


def _check_link(report: LogReport, seal: EventSeal) -> None:
    """A seal's own hash, its number after the one before, and that it names that one's hash."""
    name = f"Seal {seal.number}"
    due = report.last_seal + 1 if report.seals else report.first_seal
    if seal.number != due:
        gone = f"Seal {due} is" if seal.number == due + 1 else f"Seals {due} to {seal.number - 1} are"
        report.add("seal_missing", f"{gone} missing.")
    before = report.last_hash if report.seals else _hash_before(seal.number)
    if seal.number == due and seal.previous_hash != before:
        report.add("seal_link", f"{name} does not link to the seal before it.")
    made = seal_hash(
        number=seal.number,
        count=seal.count,
        merkle_root=seal.merkle_root,
        previous_hash=seal.previous_hash,
        sealed_at=seal.sealed_at,
    )
    if made != seal.hash:
        report.add("seal_hash", f"{name}: its hash is not that of what it states.")


def _hash_before(number: int) -> str:
    if number <= 1:
        return FIRST_PREVIOUS
    return EventSeal.objects.filter(number=number - 1).values_list("hash", flat=True).first() or ""


@dataclass
class _Held:
    """What a seal was found to hold."""

    root: str = ""
    count: int = 0
    gapless: bool = True


def _roots(report: LogReport, seal_ids: list[int]) -> dict[int, _Held]:
    """Checks the events of some seals, in the order of their places; what each seal holds that holds anything."""
    found: dict[int, _Held] = {}
    for seal_id, rows in groupby(_stream(_SEALED, [seal_ids]), key=itemgetter(0)):
        held = found[seal_id] = _Held()
        held.root = merkle.root_of(_leaves(report, held, rows))
    return found


def _leaves(report: LogReport, held: _Held, rows: Iterator[tuple[Any, ...]]) -> Iterator[bytes]:
    for _, position, event_id, *stored in rows:
        held.count += 1
        held.gapless = held.gapless and position == held.count
        yield _leaf(report, event_id, stored)


def _leaf(report: LogReport, event_id: int, stored: Sequence[Any]) -> bytes:
    """The leaf of a sealed event after checking it; of one that is gone, a leaf that fits no root."""
    if stored[0] is None:
        report.add("event_missing", f"Event {event_id} was sealed and is gone.")
        return b"\xff" * 32
    row = _Row(*stored)
    report.events += 1
    _check_event(report, row)
    try:
        return merkle.leaf(row.id, row.hash)
    except ValueError:
        return b"\xff" * 32


def _check_event(report: LogReport, row: _Row) -> None:
    """An event's hash against its row, and its text against the keyed hash."""
    made = fingerprint(
        kind=row.kind, subject_kind=row.subject_kind, subject=row.subject, organisation_ids=row.organisation_ids,
        payload=json.loads(row.payload), at=row.at, actor_person_id=row.actor_person_id, actor_label=row.actor_label,
        text_mac=row.text_mac, scheme=row.scheme,
    )  # fmt: skip
    if made != row.hash or row.organisation_ids != sorted(set(row.organisation_ids)) or row.scheme > SCHEME:
        report.add("event_hash", f"{row.name} is not what was written: its facts do not give its hash.")
    if row.words is None or row.key is None:
        report.erased += bool(row.text_mac)
        return
    report.texts += 1
    key = bytes(row.key)
    if len(key) != _KEY_BYTES or text_mac(key, json.loads(row.words)) != row.text_mac:
        report.add("text", f"{row.name}: its text is not what was written.")


def _check_unsealed(report: LogReport) -> None:
    """Events without a seal must wait for the sealer, and no longer than five minutes."""
    for queued, late, *stored in _stream(_UNSEALED, []):
        row = _Row(*stored)
        report.waiting += 1
        _check_event(report, row)
        if not queued:
            report.add("event_unsealed", f"{row.name} stands in no seal and does not wait for one.")
        elif late:
            at = timezone.localtime(row.at)
            words = f"{row.name} is of {at:%-d %B %Y, %H:%M} and not sealed yet. Is the sealer running?"
            report.add("event_unsealed", words)


def _check_loose_ends(report: LogReport) -> None:
    with connection.cursor() as cursor:
        for code, statement in LOOSE_ENDS.items():
            cursor.execute(f"SELECT * FROM ({statement}) AS loose LIMIT {MOST}")
            for (sentence,) in cursor.fetchall():
                report.add(code, sentence)
        cursor.execute("SELECT count(*) FROM core_eventanchor")
        report.anchors += cursor.fetchone()[0]


def _check_anchor(report: LogReport, day: date, told: str) -> None:
    """A hash kept outside against the last seal up to the end of its day."""
    report.anchors += 1
    told = told.strip().lower()
    found = EventSeal.objects.filter(sealed_at__date__lte=day).order_by("-number").first()
    name = f"The anchor of {day:%-d %B %Y}"
    if found is None:
        report.add("anchor", f"{name} was {told}, but no seal of that day or before stands.")
    elif found.hash != told:
        report.add("anchor", f"{name} was {told}, but the last seal up to that day, {found.number}, has {found.hash}.")


def _stream(statement: str, parameters: list[Any]) -> Iterator[tuple[Any, ...]]:
    """Rows by a cursor on the server, some at a time."""
    with connection.chunked_cursor() as cursor:
        cursor.execute(statement, parameters)
        while rows := cursor.fetchmany(_ROWS_AT_ONCE):
            yield from rows
