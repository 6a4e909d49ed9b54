"""Closing a month and opening it again: asked for by one person, done by another.

From then on nothing is posted into it: what belongs there is dated the first open day. A month closes only when it is
over, the one before is closed, what should have become income or VAT by its end has, and every check of the books holds.
"""

from datetime import date, datetime, timedelta
from typing import NamedTuple

from django.db import IntegrityError, connection, transaction

from invoicing.documents.models import VAT_WAITS, Instalment
from invoicing.ledger.month_triggers import LOCKS
from invoicing.ledger.months import CLOSED, MonthClose
from invoicing.recognition.releasing import due_for_release
from marketplace.core import events
from marketplace.core.actors import FINANCE, Actor, Role
from marketplace.core.errors import DomainError, WrongInput
from marketplace.core.money import Money
from marketplace.core.periods import add_months
from marketplace.core.text import clean_line
from marketplace.core.verification import verify


class NotReadyToClose(DomainError):
    """Something of the month is still to be done."""

    code = "month_not_ready"


class MonthWaits(DomainError):
    """Closing of the month was asked for already, or it is closed."""

    code = "month_waits"


class MonthMoved(DomainError):
    """The month is not in the state that this needs."""

    code = "month_moved"


class OwnClosing(DomainError):
    """Nobody approves what they asked for."""

    code = "own_closing"


# Balances at a month's end from every movement up to it: party, stream and fund as far as the leg has them.
BALANCES = """
SELECT account, party, stream, fund, sum(pence) AS pence FROM (
    SELECT m.debit_account_id AS account, m.debit_party_id AS party, m.stream_id AS stream, m.fund_id AS fund,
           m.pence, e.posted_on
    FROM invoicing_movement m JOIN invoicing_journalentry e ON e.id = m.entry_id
    UNION ALL
    SELECT m.credit_account_id, m.credit_party_id, m.stream_id, m.fund_id, -m.pence, e.posted_on
    FROM invoicing_movement m JOIN invoicing_journalentry e ON e.id = m.entry_id
) legs WHERE posted_on < {before} GROUP BY account, party, stream, fund HAVING sum(pence) <> 0
"""
_SNAPSHOT = (
    "INSERT INTO invoicing_monthbalance (close_id, account_id, party_id, stream_id, fund_id, pence)"
    f" SELECT %s, account, party, stream, fund, pence FROM ({BALANCES.format(before='%s')}) now"
)


def last_closed() -> MonthClose | None:
    """The latest month that is closed."""
    return MonthClose.objects.filter(state__in=CLOSED).order_by("-month").first()


class ToDo(NamedTuple):
    """What stands in the way of closing a month: its kind, and a sentence that says what to do."""

    kind: str
    words: str


def to_do(*, month: date, on: date, thorough: bool = False) -> list[ToDo]:
    """What stands in the way of closing a month, in sentences; ``thorough`` also recomputes every check of the books."""
    following, before = add_months(month, 1), last_closed()
    last_day = following - timedelta(days=1)
    found = []
    if following > on:
        found.append(ToDo("running", f"{month:%B %Y} is not over yet. It can be closed from {following:%-d %B %Y} on."))
    if before is not None and add_months(before.month, 1) != month:
        next_one = add_months(before.month, 1)
        found.append(ToDo("order", f"Months close in order: {next_one:%B %Y} is the next to close."))
    if due := due_for_release(on=last_day).pence:
        words = f"{Money(due)} of deferred income is due by {last_day:%-d %B %Y}. Release it first."
        found.append(ToDo("deferred", words))
    waiting = Instalment.objects.filter(VAT_WAITS, due_on__lte=last_day)
    if count := waiting.count():
        words = f"The VAT of {count} instalments due by {last_day:%-d %B %Y} waits for its tax point. Run the duties."
        found.append(ToDo("vat", words))
    if thorough and not found:
        wrong = [finding.invariant.name for finding in verify() if finding.violations]
        if wrong:
            words = f"The books do not hold: {', '.join(wrong)}. See the checks of the ledger."
            found.append(ToDo("checks", words))
    return found


@transaction.atomic
def ask_to_close(*, month: date, on: date, at: datetime, actor: Actor) -> MonthClose:
    """Asks another person to close the month that begins on ``month``. Raises NotReadyToClose, MonthWaits."""
    actor.require(*FINANCE, to="ask to close a month")
    if actor.person_id is None or month.day != 1:
        raise WrongInput("A person asks to close a month, named by its first day.")
    _require_ready(month, on)
    try:
        with transaction.atomic():
            made = MonthClose.objects.create(month=month, asked_by_id=actor.person_id, asked_at=at)
    except IntegrityError as error:
        if "month_closed_once" not in str(error):
            raise
        raise MonthWaits(f"{month:%B %Y} is closed, or waits to be closed, already.") from None
    _record("month.asked_to_close", made, actor)
    return made


@transaction.atomic
def close_month(*, close: MonthClose, on: date, at: datetime, actor: Actor) -> MonthClose:
    """A finance manager who did not ask closes the month, with its balances. What is being posted into it is waited for.

    Raises NotReadyToClose where something is still to be done by now, OwnClosing, MonthMoved.
    """
    actor.require(Role.FINANCE_MANAGER, to="close months")
    locked = _locked(close, MonthClose.State.ASKED)
    if actor.person_id is None or actor.person_id == locked.asked_by_id:
        raise OwnClosing("You asked for this, so someone else must close the month.")
    with connection.cursor() as cursor:  # whoever posts into the month has ended once this is ours
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [LOCKS, locked.month.year * 100 + locked.month.month])
    _require_ready(locked.month, on, thorough=True)
    MonthClose.objects.filter(pk=locked.pk, state=MonthClose.State.ASKED).update(
        state=MonthClose.State.CLOSED, closed_by_id=actor.person_id, closed_at=at
    )
    with connection.cursor() as cursor:
        cursor.execute(_SNAPSHOT, [locked.pk, add_months(locked.month, 1)])
    locked.refresh_from_db()
    _record("month.closed", locked, actor)
    return locked


def _require_ready(month: date, on: date, *, thorough: bool = False) -> None:
    if reasons := to_do(month=month, on=on, thorough=thorough):
        raise NotReadyToClose(" ".join(reason.words for reason in reasons))


@transaction.atomic
def withdraw_closing(*, close: MonthClose, actor: Actor) -> MonthClose:
    """Takes back what was asked and not done: the closing, or the reopening of a closed month."""
    actor.require(*FINANCE, to="withdraw this")
    locked = _locked(close, MonthClose.State.ASKED, MonthClose.State.REOPEN_ASKED)
    if locked.state == MonthClose.State.ASKED:
        return _moved(locked, MonthClose.State.WITHDRAWN, "month.closing_withdrawn", actor)
    return _moved(locked, MonthClose.State.CLOSED, "month.reopening_withdrawn", actor, reason="", reopen_asked_by=None)


@transaction.atomic
def ask_to_reopen(*, close: MonthClose, reason: str, actor: Actor) -> MonthClose:
    """Asks another person to open the last closed month again, and says why."""
    actor.require(*FINANCE, to="ask to reopen a month")
    if actor.person_id is None:
        raise WrongInput("A person asks to reopen a month.")
    locked = _locked(close, MonthClose.State.CLOSED)
    latest = last_closed()
    if latest is None or latest.pk != locked.pk:
        raise MonthMoved(f"Months open again in reverse order: {latest} is the last that was closed.")
    reason = clean_line(reason, what="Reason", limit=240)
    return _moved(
        locked, MonthClose.State.REOPEN_ASKED, "month.asked_to_reopen", actor,
        reason=reason, reopen_asked_by_id=actor.person_id,
    )  # fmt: skip


@transaction.atomic
def reopen_month(*, close: MonthClose, at: datetime, actor: Actor) -> MonthClose:
    """A finance manager who did not ask opens the month again. Its balances are kept as they were."""
    actor.require(Role.FINANCE_MANAGER, to="reopen months")
    locked = _locked(close, MonthClose.State.REOPEN_ASKED)
    if actor.person_id is None or actor.person_id == locked.reopen_asked_by_id:
        raise OwnClosing("You asked for this, so someone else must reopen the month.")
    return _moved(
        locked, MonthClose.State.REOPENED, "month.reopened", actor, reopened_by_id=actor.person_id, reopened_at=at
    )


def _locked(close: MonthClose, *states: str) -> MonthClose:
    found = MonthClose.objects.select_for_update().get(pk=close.pk)
    if found.state not in states:
        raise MonthMoved(f"{found} is no longer as you saw it: {found.get_state_display().lower()}.")
    return found


def _moved(locked: MonthClose, state: str, kind: str, actor: Actor, **changes: object) -> MonthClose:
    MonthClose.objects.filter(pk=locked.pk, state=locked.state).update(state=state, **changes)
    locked.refresh_from_db()
    _record(kind, locked, actor)
    return locked


def _record(kind: str, close: MonthClose, actor: Actor) -> None:
    events.record(
        kind=kind,
        subject_kind="month",
        subject=f"{close.month:%Y-%m}",
        organisation_ids=[],
        payload={"state": str(close.state)},
        text={"reason": close.reason} if close.reason else None,
        actor=actor,
    )
