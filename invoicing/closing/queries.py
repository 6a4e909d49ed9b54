"""Reads of months: each with where it stands, and the balances that a closed one keeps. For finance and the auditor."""

import re
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Count, Min, Q, Sum
from django.db.models.functions import TruncMonth

from invoicing.ledger.models import JournalEntry, LedgerAccount
from invoicing.ledger.months import CLOSED, MonthBalance, MonthClose
from invoicing.ledger.reports import Balance
from invoicing.queries import require_finance_reader
from marketplace.core.actors import FINANCE, Actor, Role
from marketplace.core.errors import NotFound
from marketplace.core.periods import add_months

State = MonthClose.State
OPEN, RUNNING, BEFORE = "open", "running", "closed_before"
# What a month's state may be: a closing's own, or one of a month that nobody asked to close.
STATES = {
    RUNNING: "Not over yet",
    OPEN: "Open",
    BEFORE: "Closed with the first month that was closed",
    State.ASKED.value: State.ASKED.label,
    State.CLOSED.value: State.CLOSED.label,
    State.REOPEN_ASKED.value: State.REOPEN_ASKED.label,
}


@dataclass(frozen=True)
class Month:
    """A month by its first day: its state (one of ``STATES``), its entries, and the closing that stands or waits."""

    month: date
    state: str
    entries: int
    close: MonthClose | None

    @property
    def key(self) -> str:
        """ "2026-09" """
        return f"{self.month:%Y-%m}"

    @property
    def last_day(self) -> date:
        return add_months(self.month, 1) - timedelta(days=1)

    def __str__(self) -> str:
        return f"{self.month:%B %Y}"


def months_for(actor: Actor, *, today: date) -> list[Month]:
    """Every month from the first with an entry to the one that ``today`` lies in, latest first. Three queries."""
    require_finance_reader(actor)
    current = today.replace(day=1)
    first: date | None = JournalEntry.objects.aggregate(first=Min("posted_on"))["first"]
    begins = min(first.replace(day=1), current) if first else current
    counted = JournalEntry.objects.filter(posted_on__gte=begins).annotate(month=TruncMonth("posted_on"))
    entries = dict(counted.values("month").annotate(count=Count("pk")).values_list("month", "count"))
    closes = {row.month: row for row in _standing()}
    shut = [month for month, row in closes.items() if row.state in CLOSED]
    found, month = [], current
    while month >= begins:
        state = _state(month, closes.get(month), current=current, first_closed=min(shut, default=None))
        found.append(Month(month, state, entries.get(month, 0), closes.get(month)))
        month = add_months(month, -1)
    return found


def _standing() -> list[MonthClose]:
    """Closings that were asked for or done, not those withdrawn or undone."""
    rows = MonthClose.objects.filter(Q(state=State.ASKED) | Q(state__in=CLOSED))
    return list(rows.select_related("asked_by", "closed_by", "reopen_asked_by"))


def _state(month: date, close: MonthClose | None, *, current: date, first_closed: date | None) -> str:
    if close is not None:
        return str(close.state)
    if first_closed is not None and month < first_closed:
        return BEFORE
    return RUNNING if month >= current else OPEN


def month_for(actor: Actor, key: str, *, today: date) -> Month:
    """The month called "2026-09", or NotFound for one outside the books."""
    found = re.fullmatch(r"[0-9]{4}-[0-9]{2}", key) and [
        one for one in months_for(actor, today=today) if one.key == key
    ]
    if not found:
        require_finance_reader(actor)
        raise NotFound(f"The books have no month {key[:20]}. A month is written like 2026-09.")
    return found[0]


def balances_of(close: MonthClose) -> list[Balance]:
    """What each account stood at when the month was closed, by code; accounts at nought are left out."""
    kept = MonthBalance.objects.filter(close=close).values_list("account_id").annotate(pence=Sum("pence")).order_by()
    sums = {account: pence for account, pence in kept if pence}
    accounts = LedgerAccount.objects.filter(pk__in=sums).order_by("code")
    return [Balance(one.code, one.name, one.type, int(sums[one.code])) for one in accounts]


def is_redated(entry: JournalEntry) -> bool:
    """Whether an entry is dated the first open day because the month that it belongs to was closed."""
    if entry.posted_on.day != 1 or entry.posted_on <= max(entry.issued_on, entry.tax_point):
        return False
    shut = MonthClose.objects.filter(month=add_months(entry.posted_on, -1), closed_at__lte=entry.written_at)
    return shut.filter(Q(reopened_at__isnull=True) | Q(reopened_at__gt=entry.written_at)).exists()


def may_close(actor: Actor, close: MonthClose) -> bool:
    """Whether the actor may close the month, or open it again: a finance manager who did not ask for it."""
    asked_by = close.asked_by_id if close.state == State.ASKED else close.reopen_asked_by_id
    return actor.has(Role.FINANCE_MANAGER) and actor.person_id not in (None, asked_by)


def may_ask(actor: Actor) -> bool:
    """Whether the actor may ask for a closing or reopening, or take back what was asked."""
    return actor.has(*FINANCE) and actor.person_id is not None
