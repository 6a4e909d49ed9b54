"""Reads of deferred income for finance and the auditor: by customer, by month to come, and the schedule of a document."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection
from django.db.models import F, Max, Q, QuerySet, Sum

from invoicing.recognition.models import Deferral, DeferralPart
from invoicing.recognition.rules import TOLD
from marketplace.core.actors import FINANCE_READERS, Actor
from marketplace.core.errors import NotFound

_MONTHS = """
SELECT date_trunc('month', greatest(p.income_on, d.since))::date AS month, sum(p.pence - p.cancelled_pence)
FROM invoicing_deferralpart p JOIN invoicing_deferral d ON d.id = p.deferral_id
WHERE p.state = 'waiting' AND p.pence > p.cancelled_pence GROUP BY 1 ORDER BY 1
"""


@dataclass(frozen=True)
class MonthToCome:
    """What becomes income in a month (``first`` is its first day), and what is still deferred at its end, in pence."""

    first: date
    pence: int
    left_pence: int


@dataclass(frozen=True)
class Outlook:
    """All deferred income: in months to come, and what waits for a use or a verification (``told_pence``)."""

    pence: int
    months: list[MonthToCome]
    told_pence: int


@dataclass(frozen=True)
class LineSchedule:
    """One line of an invoice with the parts in which it becomes income, in the order of their days."""

    deferral: Deferral
    parts: list[DeferralPart]

    @property
    def released_pence(self) -> int:
        """What is income and was not taken back."""
        return sum(part.left_pence for part in self.parts if part.entry_id)

    @property
    def credited_pence(self) -> int:
        return sum(part.cancelled_pence + part.reversed_pence for part in self.parts)


def _require_reader(actor: Actor) -> None:
    if not (actor.system or actor.has(*FINANCE_READERS)):
        raise NotFound("There is no such page.")


def outlook(actor: Actor) -> Outlook:
    """Deferred income as it stands, by the month in which it will be released. Two statements."""
    _require_reader(actor)
    total = Deferral.objects.filter(open_pence__gt=0).aggregate(pence=Sum("open_pence", default=0))["pence"]
    with connection.cursor() as cursor:
        cursor.execute(_MONTHS)
        rows = [(first, int(pence)) for first, pence in cursor.fetchall()]
    left, months = total, []
    for first, pence in rows:
        left -= pence
        months.append(MonthToCome(first, pence, left))
    return Outlook(total, months, told_pence=left)


def deferred_by_customer(actor: Actor) -> QuerySet[Any, Any]:
    """A row for each customer of whom something is deferred, by name: ``number``, ``name``, ``pence``, ``told_pence`` of it
    that waits for a use or a verification, and where its longest service ``ends`` (half-open; may be missing).
    """
    _require_reader(actor)
    rows = Deferral.objects.filter(open_pence__gt=0).values(
        number=F("organisation__number"), name=F("organisation__name")
    )
    return rows.annotate(
        pence=Sum("open_pence"),
        told_pence=Sum("open_pence", filter=Q(pattern__in=TOLD), default=0),
        ends=Max("service_to"),
    ).order_by("name", "number")


def schedules_of(actor: Actor, line_ids: Iterable[int]) -> list[LineSchedule]:
    """The schedules of these invoice lines, in the order of the lines. Two statements."""
    _require_reader(actor)
    deferrals = list(
        Deferral.objects.filter(line_id__in=list(line_ids)).select_related("line").order_by("line__position", "pk")
    )
    parts: dict[int, list[DeferralPart]] = {}
    if deferrals:
        found = DeferralPart.objects.filter(deferral__in=deferrals).select_related("entry")
        for part in found.order_by("income_on", "pk"):
            parts.setdefault(part.deferral_id, []).append(part)
    return [LineSchedule(deferral, parts.get(deferral.pk, [])) for deferral in deferrals]
