"""What the bank answers: payments that left it, payments that it rejected. Banking calls this with its entries."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db import transaction

from invoicing.ledger import chart
from invoicing.ledger.posting import NewEntry, NewMovement, post
from invoicing.paying_out.errors import BatchMoved, NotOnItsWay
from invoicing.paying_out.models import PaymentBatch, PaymentBatchLine, PaymentBatchPart, PaymentSending
from invoicing.paying_out.releasing import move_outstanding
from marketplace.core import events
from marketplace.core.actors import FINANCE, Actor
from marketplace.core.text import clean_line

_LINE, _PART = PaymentBatchLine.State, PaymentBatchPart.State
_BATCH = PaymentBatch.State


def lock_on_their_way(line_ids: Iterable[int]) -> list[PaymentBatchLine]:
    """The payments, locked, with their batches; NotOnItsWay unless all are on their way."""
    wanted = set(line_ids)
    batches = PaymentBatch.objects.filter(lines__in=wanted)
    list(PaymentBatch.objects.select_for_update().filter(pk__in=batches).order_by("pk"))
    rows = PaymentBatchLine.objects.select_for_update(of=("self",)).select_related("batch", "provider")
    found = list(rows.filter(pk__in=wanted, state=_LINE.SENT).order_by("pk"))
    if not found or len(found) < len(wanted):
        raise NotOnItsWay("A payment chosen is not on its way any more: somebody else was first. Nothing was changed.")
    return found


def payments_left(*, lines: list[PaymentBatchLine], entry_id: int, actor: Actor) -> None:
    """Marks locked payments as paid by the bank's entry; a batch of which none is on its way is confirmed."""
    ids = [line.pk for line in lines]
    PaymentBatchLine.objects.filter(pk__in=ids).update(state=_LINE.PAID, paid_entry_id=entry_id)
    PaymentBatchPart.objects.filter(line_id__in=ids).update(state=_PART.PAID)
    for line in lines:
        _record("payment.left", line, actor, entry=entry_id)
    _settle({line.batch_id for line in lines})


def payments_not_left(*, entry_id: int, actor: Actor) -> int:
    """Takes back that payments were paid by an entry which is being reversed: they are on their way again.

    Returns how many. Refused where a credit taken off by one of them stands in another batch by now (BatchMoved).
    """
    lines = list(PaymentBatchLine.objects.filter(paid_entry_id=entry_id).select_related("batch", "provider"))
    if not lines:
        return 0
    ids = [line.pk for line in lines]
    list(PaymentBatch.objects.select_for_update().filter(lines__in=ids).order_by("pk"))
    invoices = PaymentBatchPart.objects.filter(line_id__in=ids).values("provider_invoice")
    others = PaymentBatchPart.objects.filter(provider_invoice__in=invoices, state=_PART.UNDER_WAY)
    if others.exclude(line_id__in=ids).exists():
        raise BatchMoved("A credit note that this payment took off stands in a later batch. Withdraw that one first.")
    PaymentBatchLine.objects.filter(pk__in=ids).update(state=_LINE.SENT, paid_entry=None)
    PaymentBatchPart.objects.filter(line_id__in=ids).update(state=_PART.UNDER_WAY)
    batches = {line.batch_id for line in lines}
    PaymentBatch.objects.filter(pk__in=batches, state=_BATCH.CONFIRMED).update(state=_BATCH.SENT)
    confirmed = PaymentSending.objects.filter(batch_id__in=batches, state=PaymentSending.State.CONFIRMED)
    confirmed.update(state=PaymentSending.State.SENT)
    for line in lines:
        _record("payment.not_left", line, actor, entry=entry_id)
    return len(lines)


@transaction.atomic
def reject_payment(*, line: PaymentBatchLine, reason: str, on: date, actor: Actor) -> PaymentBatchLine:
    """The bank did not pay one payment: it is owed again, its invoices are open, the provider is told. Finance only."""
    actor.require(*sorted(FINANCE), to="record rejected payments")
    words = clean_line(reason, what="Reason", limit=240)
    [found] = lock_on_their_way([line.pk])
    move_outstanding(found.batch_id, sign=1, line_id=found.pk)
    [entry] = post(
        entries=[
            NewEntry(
                kind="payment_rejected", source_key=f"payment-rejected:{found.pk}", on=on,
                narrative=f"{found.batch.number}, payment to {found.provider.name} rejected: {words}"[:240],
                movements=[
                    NewMovement(
                        debit=chart.ON_THEIR_WAY, debit_party=found.provider_id, credit=chart.PAYABLES,
                        credit_party=found.provider_id, pence=found.pence,
                    )
                ],
            )
        ],
        actor=actor,
    )  # fmt: skip
    PaymentBatchLine.objects.filter(pk=found.pk).update(state=_LINE.REJECTED, back_entry_id=entry, reason=words)
    found.parts.update(state=_PART.GIVEN_BACK)
    found.refresh_from_db()
    _record("payment.rejected", found, actor, text=words, entry=entry)
    _settle({found.batch_id})
    return found


def _settle(batch_ids: set[int]) -> None:
    """A batch of which nothing is on its way is answered whole."""
    waiting = PaymentBatchLine.objects.filter(batch_id__in=batch_ids, state=_LINE.SENT).values("batch_id")
    answered = PaymentBatch.objects.filter(pk__in=batch_ids, state__in=[_BATCH.SENT, _BATCH.UNKNOWN])
    done = list(answered.exclude(pk__in=waiting).values_list("pk", flat=True))
    PaymentBatch.objects.filter(pk__in=done).update(state=_BATCH.CONFIRMED)
    sendings = PaymentSending.objects.filter(batch_id__in=done).exclude(state=PaymentSending.State.FAILED)
    sendings.update(state=PaymentSending.State.CONFIRMED)


def _record(kind: str, line: PaymentBatchLine, actor: Actor, *, text: str = "", **payload: Any) -> None:
    events.record(
        kind=kind,
        subject_kind="payment",
        subject=str(line.pk),
        organisation_ids=[line.provider_id],
        payload={"batch": line.batch.number, "pence": line.pence, **payload},
        text={"reason": text} if text else None,
        actor=actor,
    )
