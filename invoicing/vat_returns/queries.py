"""Reads of VAT returns, for finance and the auditor."""

from collections.abc import Iterator
from datetime import date
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import QuerySet

from invoicing.queries import require_finance_reader
from invoicing.vat_returns.models import VatReturn
from invoicing.vat_returns.reckoning import TAKEN, WAITING, first_day
from invoicing.vat_returns.rules import end_of
from invoicing.vat_returns.verbs import taken_to
from marketplace.core.actors import FINANCE, Actor, Role
from marketplace.core.errors import NotFound
from marketplace.core.periods import add_months

State = VatReturn.State
QUARTER = 3


def vat_returns_for(actor: Actor) -> QuerySet[VatReturn]:
    """Every return that was not withdrawn, latest first."""
    require_finance_reader(actor)
    rows = VatReturn.objects.exclude(state=State.WITHDRAWN).select_related("prepared_by", "locked_by")
    return rows.order_by("-end")


def vat_return_for(actor: Actor, key: str) -> VatReturn:
    """The return whose last month is ``key``, such as "2026-10"; NotFound where none is made."""
    require_finance_reader(actor)
    end = end_of(key)
    found = vat_returns_for(actor).filter(end=end).first() if end else None
    if found is None:
        raise NotFound(f"There is no VAT return {key[:20]}. A return is called by its last month, like 2026-10.")
    return found


class NextPeriod(NamedTuple):
    """The period for which a return is made next, half-open; ``fixed`` where its start follows from the last one."""

    start: date
    end: date
    fixed: bool


def next_period(*, today: date) -> NextPeriod:
    """After the last return as long as it was; without one the calendar quarter that ended last."""
    before = taken_to()
    if before is None:
        end = today.replace(day=1, month=(today.month - 1) // QUARTER * QUARTER + 1)
        return NextPeriod(add_months(end, -QUARTER), end, fixed=False)
    last = VatReturn.objects.exclude(state=State.WITHDRAWN).filter(end=before).get()
    months = (last.end.year - last.start.year) * 12 + last.end.month - last.start.month
    return NextPeriod(before, add_months(before, months), fixed=True)


class EntryRow(NamedTuple):
    """An entry with VAT of a return: ids, dates and pence."""

    entry: int
    posted_on: date
    tax_point: date
    kind: str
    narrative: str
    sales_vat: int
    purchases_vat: int


def entries_of(actor: Actor, found: VatReturn) -> Iterator[EntryRow]:
    """Each entry whose VAT stands in the return, as it was locked or as it would be now, by tax point."""
    require_finance_reader(actor)
    values: dict[str, Any] = {"pk": found.pk, "end": found.end, "first": first_day(found)}
    statement = WAITING if found.sums is None else TAKEN
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT v.id, e.posted_on, v.tax_point, v.kind, e.narrative, v.sales, v.purchases"
            f" FROM ({statement}) v JOIN invoicing_journalentry e ON e.id = v.id ORDER BY v.tax_point, v.id",
            values,
        )
        yield from (EntryRow(*row) for row in cursor.fetchall())


def may_prepare(actor: Actor) -> bool:
    """Whether the actor may prepare a return, take it back, or write down that it was sent."""
    return actor.has(*FINANCE) and actor.person_id is not None


def may_lock(actor: Actor, found: VatReturn) -> bool:
    """Whether the actor may lock the return: a finance manager who did not prepare it."""
    prepared = found.state == State.PREPARED
    return prepared and actor.has(Role.FINANCE_MANAGER) and actor.person_id not in (None, found.prepared_by_id)
