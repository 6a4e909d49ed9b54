"""Payables that wait for a customer's money: owed once it came, taken back where it went again."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.db.models import Sum

from invoicing.payables.models import Payable, PayableReduction
from invoicing.payables.posting import Change, post_changes, record_payable
from invoicing.payables.rules import Paid, left_of_payable, owed_of
from invoicing.payables.standing import paid_of
from marketplace.core.actors import FINANCE, Actor

CHUNK = 500
PAID, GONE = "Its customer has paid", "Its customer's payment was taken back"


@dataclass
class Released:
    """How many payables changed, what became owed and what was taken back, in pence."""

    count: int = 0
    pence: int = 0
    taken_back_pence: int = 0


def release_payables(*, on: date, actor: Actor) -> Released:
    """Brings every payable that waits for a customer's money to what that money comes to by now.

    In chunks, each in its own transaction; done twice it changes nothing the second time. Finance and the platform may.
    """
    actor.require(*FINANCE, to="release what is due to providers")
    standing = paid_of()
    rows = Payable.objects.filter(pk__in=list(standing)).order_by("pk")
    credited = _credited(list(standing))
    stale = [row.pk for row in rows if _wanted(row, standing[row.pk], credited.get(row.pk, 0)) is not None]
    report = Released()
    for start in range(0, len(stale), CHUNK):
        with transaction.atomic():
            settle(payable_ids=stale[start : start + CHUNK], on=on, actor=actor, report=report)
    return report


def _credited(payable_ids: Sequence[int]) -> dict[int, int]:
    """What was taken off each because its customer's item was credited."""
    rows = PayableReduction.objects.filter(payable__in=payable_ids, by_credit=True).values("payable")
    return {row["payable"]: int(row["pence"]) for row in rows.annotate(pence=Sum("pence"))}


@dataclass(frozen=True)
class _Wanted:
    less: int
    owed: int


def _wanted(payable: Payable, paid: Paid, credited: int) -> _Wanted | None:
    """By how much it is to be reduced and what is to be owed of the rest; None where all is as it should be."""
    if payable.state == Payable.State.CANCELLED:
        return None
    less = max(0, payable.net_pence - left_of_payable(net=payable.net_pence, paid=paid) - credited)
    less = min(less, payable.due_pence)
    owed = owed_of(due=payable.due_pence - less, paid=paid)
    return None if less == 0 and owed == payable.owed_pence else _Wanted(less, owed)


def settle(*, payable_ids: Sequence[int], on: date, actor: Actor, report: Released | None = None) -> None:
    """The same for these payables in the caller's transaction: locked in the order of their ids, read anew, moved."""
    report = report if report is not None else Released()
    rows = list(Payable.objects.select_for_update().filter(pk__in=payable_ids).order_by("pk"))
    standing, credited = paid_of([row.pk for row in rows]), _credited([row.pk for row in rows])
    changes, credits = [], []
    for row in rows:
        wanted = _wanted(row, standing[row.pk], credited.get(row.pk, 0)) if row.pk in standing else None
        if wanted is None:
            continue
        if wanted.less:
            credits.append(_credit(row, wanted.less, credited.get(row.pk, 0), on))
        if change := _move(row, wanted, actor):
            changes.append(change)
            report.pence += max(0, change.pence)
            report.taken_back_pence += max(0, -change.pence)
        report.count += 1
    PayableReduction.objects.bulk_create(credits)
    if changes:
        post_changes(changes, on=on, actor=actor)


def _credit(row: Payable, pence: int, credited: int, on: date) -> PayableReduction:
    return PayableReduction(
        source_key=f"payable:{row.pk}:credited:{credited + pence}", payable=row, pence=pence, reduced_on=on,
        reason="Its customer's item was credited", by_credit=True,
    )  # fmt: skip


def _move(row: Payable, wanted: _Wanted, actor: Actor) -> Change | None:
    """Writes the new figures of a locked payable. Returns what is to be posted for it, if anything."""
    left = row.due_pence - wanted.less
    state = Payable.State.OWED if wanted.owed else Payable.State.WAITING if left else Payable.State.CANCELLED
    pence = wanted.owed - row.owed_pence
    Payable.objects.filter(pk=row.pk).update(
        state=state, owed_pence=wanted.owed, reduced_pence=row.reduced_pence + wanted.less
    )
    if wanted.less:
        record_payable("payable.reduced", row, {"pence": wanted.less, "left_pence": left}, actor)
    if pence:
        record_payable("payable.owed" if pence > 0 else "payable.taken_back", row, {"pence": abs(pence)}, actor)
    return Change(row, pence, PAID if pence > 0 else GONE) if pence else None
