"""What a credit takes back of deferred income: months that wait are cancelled, months that were released are reversed.

The caller posts both by the credit note's own entry: what is cancelled from deferred income, the rest from income.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

from django.db import connection, transaction

from invoicing.recognition.models import Deferral, DeferralPart
from invoicing.recognition.rules import TOLD, Part, days_of_part, take_back
from marketplace.core.bulk import as_array
from marketplace.core.periods import Period

_TAKE_PARTS = """
UPDATE invoicing_deferralpart p SET cancelled_pence = p.cancelled_pence + given.cancelled,
       reversed_pence = p.reversed_pence + given.reversed
FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[]) AS given(id, cancelled, reversed)
WHERE p.id = given.id AND CASE p.state WHEN 'waiting' THEN given.reversed = 0 ELSE given.cancelled = 0 END
"""
_TAKE_OPEN = """
UPDATE invoicing_deferral d SET open_pence = d.open_pence - given.pence
FROM unnest(%s::bigint[], %s::bigint[]) AS given(id, pence)
WHERE d.id = given.id AND d.open_pence >= given.pence
"""


class Credited(NamedTuple):
    """So many pence of an invoice line are credited, for the days of a service where they are given."""

    line_id: int
    pence: int
    service: Period | None = None


@dataclass
class _Taking:
    """What is taken from one deferral: pence by part id, and of what nobody has told of yet (``untold``)."""

    line_id: int
    deferral: Deferral
    parts: list[DeferralPart]
    cancelled: dict[int, int] = field(default_factory=dict)
    reversed: dict[int, int] = field(default_factory=dict)
    untold: int = 0

    def take(self, pence: int, service: Period | None) -> None:
        """Of what is told when it is used or verified the rest gives first, then what is income already."""
        if self.deferral.pattern in TOLD:
            rest = min(pence, self.deferral.open_pence - self.untold)
            self.untold += rest
            pence, service = pence - rest, None
        states = {part.pk: part.state for part in self.parts}
        for part, share in take_back([self._part(part) for part in self.parts], pence, service):
            into = self.cancelled if states[part.id] == DeferralPart.State.WAITING else self.reversed
            into[part.id] = into.get(part.id, 0) + share

    @property
    def deferred(self) -> int:
        """What comes from deferred income, in pence; the rest comes from income."""
        return self.untold + sum(self.cancelled.values())

    def _part(self, part: DeferralPart) -> Part:
        d = self.deferral
        service = Period(d.service_from, d.service_to) if d.service_from and d.service_to else None
        taken = self.cancelled.get(part.pk, 0) + self.reversed.get(part.pk, 0)
        return Part(part.pk, days_of_part(d.pattern, part.income_on, service), part.left_pence - taken)


def deferred_of(credits: Sequence[Credited]) -> dict[int, int]:
    """Pence by line id that such a credit would take from deferred income; lines of which nothing was deferred left out."""
    return {taking.line_id: taking.deferred for taking in _plan(credits, lock=False)}


def take_back_deferred(*, credits: Sequence[Credited], on: date) -> dict[int, int]:
    """Takes credits, in their order, from the schedules of their lines, in the caller's transaction.

    Returns what ``deferred_of`` would: the credit's entry debits deferred income by it and income by the rest, so that
    the two are the net credited. Locks the deferrals in the order of their ids.
    """
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("A credit takes back what was deferred in its own transaction.")
    takings = _plan(credits, lock=True)
    _take_parts(takings)
    opened = {taking.deferral.pk: taking.deferred for taking in takings if taking.deferred}
    if opened:
        with connection.cursor() as cursor:
            cursor.execute(_TAKE_OPEN, [as_array(opened), as_array(opened.values())])
            if cursor.rowcount != len(opened):
                raise RuntimeError(f"{cursor.rowcount} of {len(opened)} deferrals could be credited")
    DeferralPart.objects.bulk_create(
        [
            DeferralPart(deferral=taking.deferral, income_on=on, pence=taking.untold, cancelled_pence=taking.untold)
            for taking in takings
            if taking.untold
        ]
    )
    return {taking.line_id: taking.deferred for taking in takings}


def _plan(credits: Sequence[Credited], *, lock: bool) -> list[_Taking]:
    found = Deferral.objects.filter(line_id__in={credit.line_id for credit in credits}).order_by("pk")
    takings = {
        d.line_id: _Taking(d.line_id, d, []) for d in (found.select_for_update() if lock else found) if d.line_id
    }
    if not takings:
        return []
    lines = {taking.deferral.pk: line for line, taking in takings.items()}
    for part in DeferralPart.objects.filter(deferral_id__in=lines).order_by("income_on", "pk"):
        takings[lines[part.deferral_id]].parts.append(part)
    for credit in credits:
        if taking := takings.get(credit.line_id):
            taking.take(credit.pence, credit.service)
    return list(takings.values())


def _take_parts(takings: Sequence[_Taking]) -> None:
    changes = {
        pk: (taking.cancelled.get(pk, 0), taking.reversed.get(pk, 0))
        for taking in takings
        for pk in {*taking.cancelled, *taking.reversed}
    }
    if not changes:
        return
    cancelled, turned = zip(*changes.values(), strict=True)
    with connection.cursor() as cursor:
        cursor.execute(_TAKE_PARTS, [as_array(changes), as_array(cancelled), as_array(turned)])
        if cursor.rowcount != len(changes):
            raise RuntimeError(f"{cursor.rowcount} of {len(changes)} parts could be credited")
