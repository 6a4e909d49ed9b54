"""The one way in which payables reach the ledger: an entry for each change, either way."""

from collections.abc import Sequence
from datetime import date
from typing import Any, NamedTuple

from django.db.models import Count

from invoicing.ledger import chart
from invoicing.ledger.posting import NewEntry, NewMovement, post
from invoicing.payables.models import Payable, PayableMove
from marketplace.core import events
from marketplace.core.actors import Actor

KIND, BACK = "payable", "payable_back"


class Change(NamedTuple):
    """``pence`` more is owed of a payable, or less where it is below nought."""

    payable: Payable
    pence: int
    reason: str


def post_changes(changes: Sequence[Change], *, on: date, actor: Actor) -> None:
    """Posts each: expense → payables (provider), or the mirror. In the transaction that locked the payables."""
    ids = [change.payable.pk for change in changes]
    counted = PayableMove.objects.filter(payable__in=ids).values("payable").annotate(count=Count("pk"))
    done = {row["payable"]: row["count"] for row in counted}
    entries = post(entries=[_entry(change, done.get(change.payable.pk, 0) + 1, on) for change in changes], actor=actor)
    PayableMove.objects.bulk_create(
        PayableMove(payable=change.payable, pence=change.pence, made_on=on, reason=change.reason[:240], entry_id=entry)
        for change, entry in zip(changes, entries, strict=True)
    )


def _entry(change: Change, ordinal: int, on: date) -> NewEntry:
    payable, pence = change.payable, abs(change.pence)
    labels: dict[str, Any] = {"stream": payable.stream_id, "analysis_code": payable.analysis_code}
    if change.pence > 0:
        movement = NewMovement(payable.account_id, chart.PAYABLES, pence, credit_party=payable.provider_id, **labels)
    else:
        movement = NewMovement(chart.PAYABLES, payable.account_id, pence, debit_party=payable.provider_id, **labels)
    return NewEntry(
        kind=KIND if change.pence > 0 else BACK,
        source_key=f"payable:{payable.pk}:{ordinal}",
        on=on,
        narrative=f"{payable.description}: {change.reason}",
        movements=[movement],
    )


def record_payable(kind: str, payable: Payable, payload: dict[str, Any], actor: Actor, reason: str = "") -> None:
    """``reason`` is text that a person may have written, so it lies aside."""
    events.record(
        kind=kind,
        subject_kind="payable",
        subject=str(payable.pk),
        organisation_ids=[payable.provider_id],
        payload=payload,
        text={"reason": reason} if reason else None,
        actor=actor,
    )
