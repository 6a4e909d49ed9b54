"""Releasing deferred income: every part whose day has come becomes income, once, whoever is killed whenever.

A chunk is one transaction: it locks the deferrals of some customers in the order of their ids, posts what of their
parts still waits, one entry for each customer and day, and moves parts and deferrals by conditional updates. So a run
that is killed keeps what it committed, and of two runs at once the second finds nothing left to do. Credits lock the
same deferrals first (``taking_back``).
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from operator import attrgetter
from typing import NamedTuple

from django.db import connection, transaction

from invoicing.ledger import chart
from invoicing.ledger.posting import NewEntry, NewMovement, post
from marketplace.core import events
from marketplace.core.actors import Actor, Role
from marketplace.core.bulk import as_array
from marketplace.organisations.models import Organisation

CHUNK = 200

# What is prepaid and ran out becomes income on its last day, as a part of its own.
_RUN_OUT = """
INSERT INTO invoicing_deferralpart (deferral_id, income_on, pence, source_key)
SELECT id, expires_on, open_pence, 'run-out:' || id FROM invoicing_deferral
WHERE id = ANY(%s::bigint[]) AND open_pence > 0 AND expires_on <= %s AND since <= %s
ON CONFLICT DO NOTHING
"""
_WAITING = """
SELECT p.id, d.id AS deferral_id, d.organisation_id, greatest(p.income_on, d.since) AS posted_on, d.account_id,
       d.stream_id, d.analysis_code, p.pence - p.cancelled_pence AS pence
FROM invoicing_deferralpart p JOIN invoicing_deferral d ON d.id = p.deferral_id
WHERE p.state = 'waiting' AND p.pence > p.cancelled_pence AND p.income_on <= %(on)s AND d.since <= %(on)s
"""
# Every customer with something to release, and how many pence; the sum of what is waiting and of what runs out.
_DUE = f"""
SELECT organisation_id, sum(pence) FROM (
    SELECT organisation_id, pence FROM ({_WAITING}) waiting
    UNION ALL
    SELECT organisation_id, open_pence FROM invoicing_deferral
    WHERE open_pence > 0 AND expires_on <= %(on)s AND since <= %(on)s
) due GROUP BY organisation_id ORDER BY organisation_id
"""
_LOCK = """
SELECT id FROM invoicing_deferral
WHERE organisation_id = ANY(%s::bigint[]) AND open_pence > 0 AND since <= %s ORDER BY id FOR UPDATE
"""
_RELEASE = """
UPDATE invoicing_deferralpart p SET state = 'released', entry_id = given.entry
FROM unnest(%s::bigint[], %s::bigint[]) AS given(id, entry)
WHERE p.id = given.id AND p.state = 'waiting'
"""
_LESS_OPEN = """
UPDATE invoicing_deferral d SET open_pence = d.open_pence - given.pence
FROM unnest(%s::bigint[], %s::bigint[]) AS given(id, pence)
WHERE d.id = given.id AND d.open_pence >= given.pence
"""


class WaitingPart(NamedTuple):
    """A part to be released on ``posted_on``: its own day, or the invoice's where that is later."""

    id: int
    deferral_id: int
    organisation_id: int
    posted_on: date
    account: str
    stream: str
    analysis_code: str
    pence: int


@dataclass
class ReleaseReport:
    """What a run did: pence that became income, of so many parts, by so many entries, for so many customers."""

    on: date
    pence: int = 0
    parts: int = 0
    entries: int = 0
    customers: int = 0


@dataclass(frozen=True)
class Due:
    """What a run up to a day would release: pence, and the customers in the order of their ids."""

    on: date
    pence: int
    organisation_ids: list[int]

    def chunks(self) -> list[list[int]]:
        ids = self.organisation_ids
        return [ids[start : start + CHUNK] for start in range(0, len(ids), CHUNK)]


def due_for_release(*, on: date) -> Due:
    """What would become income by a release up to and including a day."""
    with connection.cursor() as cursor:
        cursor.execute(_DUE, {"on": on})
        rows = cursor.fetchall()
    return Due(on, int(sum(pence for _, pence in rows)), [pk for pk, _ in rows])


def release_income(*, on: date, actor: Actor, progress: Callable[[int, int], None] | None = None) -> ReleaseReport:
    """Posts every waiting part dated up to and including ``on`` from deferred income to income.

    Each entry is dated the part's day, or the invoice's where that is later. In chunks of customers, one transaction
    each; a second run does nothing. Only a finance officer or manager may release.
    """
    actor.require(Role.FINANCE_OFFICER, Role.FINANCE_MANAGER, to="release deferred income")
    due, report, done = due_for_release(on=on), ReleaseReport(on=on), 0
    for chunk in due.chunks():
        release_chunk(organisation_ids=chunk, report=report, actor=actor)
        done += len(chunk)
        if progress:
            progress(done, len(due.organisation_ids))
    return report


@transaction.atomic
def release_chunk(*, organisation_ids: list[int], report: ReleaseReport, actor: Actor) -> None:
    """Releases what waits of these customers up to the report's day, and adds it to the report. Finance only."""
    actor.require(Role.FINANCE_OFFICER, Role.FINANCE_MANAGER, to="release deferred income")
    with connection.cursor() as cursor:
        cursor.execute(_LOCK, [as_array(organisation_ids), report.on])
        locked = [pk for (pk,) in cursor.fetchall()]
        cursor.execute(_RUN_OUT, [as_array(locked), report.on, report.on])
        cursor.execute(
            f"{_WAITING} AND d.id = ANY(%(locked)s::bigint[]) ORDER BY 3, 4, p.id",
            {"on": report.on, "locked": as_array(locked)},
        )
        parts = [WaitingPart._make(row) for row in cursor.fetchall()]
    if not parts:
        return
    entries = _post(parts, actor)
    mark_released(parts, entries)
    pence, customers = sum(part.pence for part in parts), len({part.organisation_id for part in parts})
    report.pence += pence
    report.parts += len(parts)
    report.entries += len(set(entries))
    report.customers += customers
    events.record(
        kind="income.released",
        subject_kind="release",
        subject=report.on.isoformat(),
        organisation_ids=[],
        payload={"pence": pence, "parts": len(parts), "customers": customers},
        actor=actor,
    )


def _post(parts: list[WaitingPart], actor: Actor) -> list[int]:
    """One entry for each customer and day; the id of its entry for each part, in order."""
    names = dict(Organisation.objects.filter(pk__in={part.organisation_id for part in parts}).values_list("pk", "name"))
    groups = [list(group) for _, group in groupby(parts, key=lambda part: (part.organisation_id, part.posted_on))]
    ids = post(
        entries=[
            entry_of(group, source_key=f"release:{group[0].id}", of=names[group[0].organisation_id]) for group in groups
        ],
        actor=actor,
    )
    return [entry for entry, group in zip(ids, groups, strict=True) for _ in group]


def entry_of(parts: list[WaitingPart], *, source_key: str, of: str) -> NewEntry:
    """Deferred income of one customer → income on one day, a movement for each account, stream and analysis code."""
    first, kind = parts[0], attrgetter("account", "stream", "analysis_code")
    sums: dict[tuple[str, str, str], int] = {}
    for part in parts:
        sums[kind(part)] = sums.get(kind(part), 0) + part.pence
    return NewEntry(
        kind="income.released",
        source_key=source_key,
        on=first.posted_on,
        narrative=f"Deferred income of {of} released, {first.posted_on:%-d %B %Y}",
        movements=[
            NewMovement(chart.DEFERRED_INCOME, account, pence, first.organisation_id, None, stream, analysis_code)
            for (account, stream, analysis_code), pence in sums.items()
        ],
    )


def mark_released(parts: Iterable[WaitingPart], entries: Iterable[int]) -> None:
    """Moves parts that wait to released, by their entries, and takes them off what is open: all of them, or none."""
    parts = list(parts)
    sums: dict[int, int] = {}
    for part in parts:
        sums[part.deferral_id] = sums.get(part.deferral_id, 0) + part.pence
    with connection.cursor() as cursor:
        cursor.execute(_RELEASE, [as_array(part.id for part in parts), as_array(entries)])
        released = cursor.rowcount
        cursor.execute(_LESS_OPEN, [as_array(sums), as_array(sums.values())])
        if (released, cursor.rowcount) != (len(parts), len(sums)):
            raise RuntimeError(f"{released} of {len(parts)} parts and {cursor.rowcount} of {len(sums)} deferrals moved")
