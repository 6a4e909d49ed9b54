"""Changing, pausing, resuming and ending what runs: each with a preview that is the same calculation."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta

from django.db import transaction
from django.db.models import F, Max, Value
from django.db.models.functions import Coalesce, Greatest

from marketplace.core.actors import FINANCE, Actor
from marketplace.core.errors import DomainError, WrongInput
from marketplace.core.money import Money
from marketplace.core.text import clean_line
from subscriptions.agreements.models import Agreement, AgreementLine, BillingPeriod, Suspension
from subscriptions.agreements.rules.changes import Change
from subscriptions.agreements.rules.forms import CreditRule, LineTerms, Prorate
from subscriptions.agreements.rules.moves import Planned, Standing, cut, days_left
from subscriptions.agreements.rules.schedule import plan
from subscriptions.agreements.rules.sharing import begins_month
from subscriptions.agreements.services.agreeing import record, require_to_commit
from subscriptions.agreements.services.charging import charge_periods
from subscriptions.agreements.services.moving import Moves
from subscriptions.agreements.services.standing import billing_of, locked, require_running, standings, terms_again
from subscriptions.agreements.services.writing import is_first


class AmountChanged(DomainError):
    """What it comes to is no longer what was shown."""

    code = "amount_changed"


class WrongPause(DomainError):
    """It is paused already, or it is not."""

    code = "wrong_pause"


_BY = {CreditRule.MONTHS: Prorate.MONTHS, CreditRule.DAYS: Prorate.DAYS, CreditRule.NONE: None}


def preview_change(
    *, agreement: Agreement, lines: Sequence[LineTerms], on: date, today: date, stop: Sequence[int] = ()
) -> Change:
    """What ``change`` would do, worked out and not done."""
    return _changing(agreement, lines, stop, on, today).shown()


@transaction.atomic
def change(
    *,
    agreement: Agreement,
    lines: Sequence[LineTerms],
    on: date,
    today: date,
    actor: Actor,
    stop: Sequence[int] = (),
    expected_pence: int | None = None,
) -> Change:
    """Changes what is taken: a line of a slot that is there takes its place from the line's first day, one of a new slot
    is added, and the slots of ``stop`` end on the day ``on``.

    What was charged for the days given up pays for what follows of the same supply; the rest comes back. Where
    ``expected_pence`` (before VAT) is not what it comes to, nothing is done (AmountChanged).
    """
    row = locked(agreement)
    moves = _changing(row, lines, stop, on, today)
    shown = moves.shown()
    require_to_commit(organisation=row.organisation, gross_pence=shown.committed_pence, actor=actor)
    return _do(moves, shown, expected_pence, "agreement.changed", "Changed", {"at": moves.at.isoformat()}, actor)


def _changing(agreement: Agreement, lines: Sequence[LineTerms], stop: Sequence[int], on: date, today: date) -> Moves:
    require_running(agreement)
    if agreement.state == Agreement.State.SUSPENDED:
        raise WrongPause(f"{agreement.number} is paused. Resume it first, then change it.")
    if not lines and not stop:
        raise WrongInput("Choose what to change")
    at = min([*(line.valid.start for line in lines), *([on] if stop else [])])
    _check_day(agreement, at)
    billing = billing_of(agreement)
    by = Prorate.MONTHS if billing.prorate == Prorate.FULL else billing.prorate
    slots = {line.slot for line in lines} | set(stop)
    standing = standings(agreement)
    known = {one.slot for one in standing}
    moves = Moves(agreement, at, today, ended_slots=set(stop))
    for slot in sorted(slots & known):
        days = [line.valid.start for line in lines if line.slot == slot]
        moves.cuts += cut([one for one in standing if one.slot == slot], min(days, default=on), by)
    for index, terms in enumerate(lines):
        _check_line(agreement, terms)
        covered = days_left([one for one in standing if one.slot == terms.slot], moves.cuts)
        fresh = begins_month(terms.base, terms.valid.start, covered) and is_first(terms, lines[:index])
        # A plan taken in the middle of a year is paid for what is left of it, also where joining costs the full year.
        changing = replace(billing, prorate=by) if terms.slot in known else billing
        moves.follow(terms, [Planned(due) for due in plan(terms, changing, fresh=fresh)])
    moves.settle()
    return moves


def _check_line(agreement: Agreement, terms: LineTerms) -> None:
    if terms.valid.end > agreement.runs_to:
        raise WrongInput(
            f"{terms.title} must end with the agreement, by {agreement.runs_to - timedelta(days=1):%-d %B %Y}"
        )


def _check_day(agreement: Agreement, at: date) -> None:
    if not agreement.term_from <= at < agreement.runs_to:
        last = agreement.runs_to - timedelta(days=1)
        raise WrongInput(f"The day must be from {agreement.term_from:%-d %B %Y} to {last:%-d %B %Y}")


def preview_suspend(*, agreement: Agreement, on: date, today: date) -> Change:
    """What ``suspend`` would do."""
    return _suspending(agreement, on, today).shown()


@transaction.atomic
def suspend(*, agreement: Agreement, on: date, today: date, reason: str, actor: Actor) -> Change:
    """Pauses it from a day on: what was charged for later days comes back as the agreement prorates, nothing is charged.

    Only a person pauses what is paid for: an overdue invoice never does.
    """
    reason = clean_line(reason, what="Reason", limit=240)
    actor.require(*FINANCE, to="pause an agreement")
    row = locked(agreement)
    moves = _suspending(row, on, today)
    Agreement.objects.filter(pk=row.pk).update(state=Agreement.State.SUSPENDED)
    Suspension.objects.create(agreement=row, valid_from=on, reason=reason)
    return _do(moves, moves.shown(), None, "agreement.suspended", reason, {"from": on.isoformat()}, actor)


def _suspending(agreement: Agreement, on: date, today: date) -> Moves:
    require_running(agreement)
    if agreement.state == Agreement.State.SUSPENDED:
        raise WrongPause(f"{agreement.number} is paused already.")
    _check_day(agreement, on)
    last = agreement.suspensions.aggregate(last=Max("valid_to"))["last"]
    if last and on < last:
        raise WrongInput(f"It was paused until {last:%-d %B %Y}; pause it from then on")
    moves = Moves(agreement, on, today)
    moves.cuts = cut(standings(agreement), on, Prorate(agreement.prorate))
    moves.settle()
    return moves


def preview_resume(*, agreement: Agreement, on: date, today: date) -> Change:
    """What ``resume`` would do."""
    return _resuming(agreement, on, today).shown()


@transaction.atomic
def resume(*, agreement: Agreement, on: date, today: date, actor: Actor) -> Change:
    """It runs again from a day on, and what is left of it is charged anew."""
    actor.require(*FINANCE, to="resume an agreement")
    row = locked(agreement)
    moves = _resuming(row, on, today)
    Agreement.objects.filter(pk=row.pk).update(state=Agreement.State.ACTIVE)
    Suspension.objects.filter(agreement=row, valid_to=None).update(valid_to=on)
    return _do(moves, moves.shown(), None, "agreement.resumed", "Resumed", {"from": on.isoformat()}, actor)


def _resuming(agreement: Agreement, on: date, today: date) -> Moves:
    pause = agreement.suspensions.filter(valid_to=None).first()
    if agreement.state != Agreement.State.SUSPENDED or pause is None:
        raise WrongPause(f"{agreement.number} is not paused.")
    _check_day(agreement, on)
    if on < pause.valid_from:
        raise WrongInput(f"It is paused from {pause.valid_from:%-d %B %Y}; resume it on that day or later")
    moves = Moves(agreement, on, today)
    standing = standings(agreement)
    before: list[LineTerms] = []
    for line in AgreementLine.objects.filter(agreement=agreement).order_by("slot", "valid_from", "pk"):
        if line.valid_to > max(on, line.valid_from):
            terms = terms_again(line, max(on, line.valid_from))
            own = [one for one in standing if one.slot == line.slot]
            fresh = _fresh_again(agreement, terms, own) and is_first(terms, before)
            moves.follow(terms, [Planned(due) for due in plan(terms, billing_of(agreement), fresh=fresh)], line)
            before.append(terms)
    moves.settle()
    return moves


def _fresh_again(agreement: Agreement, terms: LineTerms, slot: Sequence[Standing]) -> bool:
    """Whether the first month (in full: the whole price) is still to be paid where a line begins again."""
    if agreement.prorate == Prorate.FULL:
        return not any(one.pence or one.kept for one in slot if one.base == terms.base)
    return begins_month(terms.base, terms.valid.start, days_left(slot))


def preview_end(*, agreement: Agreement, on: date, given_on: date, credit: CreditRule) -> Change:
    """What ``end`` would do."""
    return _ending(agreement, on, given_on, credit).shown()


@transaction.atomic
def end(
    *,
    agreement: Agreement,
    on: date,
    given_on: date,
    credit: CreditRule,
    reason: str,
    actor: Actor,
    expected_pence: int | None = None,
) -> Change:
    """Ends it before its term: ``on`` is the first day on which it no longer runs, notice was given on ``given_on``.

    What comes back is chosen by ``credit``; the days that the notice came too late stay due, up to the full cost.
    """
    actor.require(*FINANCE, to="end an agreement")
    reason = clean_line(reason, what="Reason", limit=240)
    row = locked(agreement)
    moves = _ending(row, on, given_on, credit)
    Agreement.objects.filter(pk=row.pk).update(ended_on=on, notice_given_on=row.notice_given_on or given_on)
    Suspension.objects.filter(agreement=row, valid_to=None).update(valid_to=Greatest("valid_from", Value(on)))
    facts = {"on": on.isoformat(), "given_on": given_on.isoformat(), "credit": credit.value}
    return _do(moves, moves.shown(), expected_pence, "agreement.ended", reason, facts, actor)


def _ending(agreement: Agreement, on: date, given_on: date, credit: CreditRule) -> Moves:
    require_running(agreement)
    if not agreement.term_from <= on < agreement.runs_to:
        raise WrongInput(f"The day must be before it ends by itself on {agreement.runs_to:%-d %B %Y}")
    if agreement.successors.filter(state__in=[Agreement.State.ACTIVE, Agreement.State.SUSPENDED]).exists():
        raise WrongInput("It was renewed already. End the renewal first.")
    in_time = given_on + timedelta(weeks=agreement.notice_weeks)
    late = in_time > on and agreement.notice_weeks > 0
    moves = Moves(agreement, on, given_on)
    moves.ended_slots = set(agreement.lines.values_list("slot", flat=True))
    credit_from = min(max(on, in_time), agreement.runs_to) if late else on
    moves.cuts = cut(standings(agreement), on, _BY[credit], credit_from=credit_from)
    if late:
        moves.extra = (
            f"Notice for {on:%-d %B %Y} was due by {on - timedelta(weeks=agreement.notice_weeks):%-d %B %Y}, "
            f"so it is paid until {credit_from - timedelta(days=1):%-d %B %Y}.",
        )
    moves.settle()
    return moves


def _do(
    moves: Moves, shown: Change, expected: int | None, kind: str, reason: str, facts: Mapping[str, object], actor: Actor
) -> Change:
    """Writes the moves of a locked agreement, records them and charges what is due."""
    if expected is not None and expected != shown.net_pence:
        raise AmountChanged(
            f"It now comes to {Money(shown.net_pence)} before VAT, not {Money(expected)}. Nothing was changed. "
            "Look at it again.",
            net_pence=shown.net_pence,
        )
    row = moves.agreement
    moves.perform(reason=reason, actor=actor)
    Agreement.objects.filter(pk=row.pk).update(changes=F("changes") + 1)
    record(kind, row, {**facts, "net_pence": shown.net_pence}, actor, reason)
    if kind != "agreement.suspended":
        # Late notice is due at once, whenever its days would have been charged.
        late = BillingPeriod.objects.filter(line__agreement=row, state=BillingPeriod.State.PLANNED, kept_pence__gt=0)
        late.filter(bill_on__gt=moves.today).update(bill_on=moves.today)
    charge_periods(agreement=row, on=moves.today, actor=actor)
    return shown


@transaction.atomic
def end_those_over(*, on: date, actor: Actor) -> int:
    """Agreements whose last day has passed are ended; returns how many. Twice is once."""
    over = Agreement.objects.filter(state__in=[Agreement.State.ACTIVE, Agreement.State.SUSPENDED])
    rows = (
        over.annotate(last=Coalesce("ended_on", "term_to"))
        .filter(last__lte=on)
        .order_by("pk")
        .select_for_update(skip_locked=True)
    )
    ids = [row.pk for row in rows.select_related("organisation")[:500]]
    for row in Agreement.objects.filter(pk__in=ids).order_by("pk"):
        Agreement.objects.filter(pk=row.pk).update(state=Agreement.State.ENDED)
        record("agreement.over", row, {"on": row.runs_to.isoformat()}, actor)
    return len(ids)
