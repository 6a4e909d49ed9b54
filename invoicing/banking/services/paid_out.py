"""Explaining money that left the bank as payments to providers: a whole batch, or single payments of one."""

from collections.abc import Sequence

from django.db import transaction
from django.db.models import Sum

from invoicing.banking.models import BankLine, BankMatch
from invoicing.banking.services.confirming import claim, may_match, record
from invoicing.banking.services.errors import WrongMatch
from invoicing.ledger import chart
from invoicing.ledger.posting import NewEntry, NewMovement, post
from invoicing.paying_out.answering import lock_on_their_way, payments_left
from invoicing.paying_out.models import PaymentBatch, PaymentBatchLine
from marketplace.core.actors import Actor
from marketplace.core.money import Money

_SENT = PaymentBatchLine.State.SENT


def payments_offered(line: BankLine) -> list[tuple[str, list[int]]]:
    """What a line of money out may be, each in words with the ids of its payments: batches first, then single payments.

    Only sums that are the line's to the penny are offered.
    """
    if line.pence >= 0:
        return []
    batches = PaymentBatch.objects.filter(
        state__in=[PaymentBatch.State.SENT, PaymentBatch.State.UNKNOWN],
        bank_account_id=line.account.ledger_account_id,
        lines__state=_SENT,
    ).annotate(on_its_way=Sum("lines__pence"))
    found = [
        (f"Payment batch {batch.number}, {Money(-line.pence)}", list(batch.lines.filter(state=_SENT).values_list("pk", flat=True)))
        for batch in batches.filter(on_its_way=-line.pence).order_by("pk")
    ]  # fmt: skip
    single = PaymentBatchLine.objects.filter(
        state=_SENT, pence=-line.pence, batch__bank_account_id=line.account.ledger_account_id
    ).select_related("batch", "provider")
    offered = [ids for _, ids in found]
    for one in single.order_by("pk")[:20]:
        if [one.pk] not in offered:
            found.append((f"Payment to {one.provider.name} in {one.batch.number}", [one.pk]))
    return found


@transaction.atomic
def confirm_payments(*, line: BankLine, payment_ids: Sequence[int], actor: Actor) -> BankMatch:
    """Explains money out as payments that were on their way: payments on their way → bank. Undone as any match.

    Refuses money in, and payments whose sum is not the line's (WrongMatch); payments that are no longer on their way
    (NotOnItsWay); of two people, the second gets LineTaken.
    """
    may_match(actor)
    lines = lock_on_their_way(payment_ids)
    pence = sum(one.pence for one in lines)
    bank = line.account.ledger_account_id
    if line.pence != -pence or any(one.batch.bank_account_id != bank for one in lines):
        raise WrongMatch(
            f"The payments chosen come to {Money(pence)} from that account, the line to {Money(-line.pence)}."
        )
    claim(line, BankLine.State.UNMATCHED, to=BankLine.State.MATCHED)
    numbers = ", ".join(sorted({one.batch.number for one in lines}))
    reason = f"{len(lines)} {'payment' if len(lines) == 1 else 'payments'} of {numbers} left the bank."
    entry = _post(line, lines, reason, actor)
    label = "" if actor.person_id else actor.name[:60]
    match = BankMatch.objects.create(
        line=line, kind=BankMatch.Kind.OTHER, reason=reason, entry_id=entry, confirmed_by_person_id=actor.person_id,
        confirmed_by_label=label,
    )  # fmt: skip
    payments_left(lines=lines, entry_id=entry, actor=actor)
    record("bank_line.other", match, [], actor, reason=reason)
    return match


def _post(line: BankLine, lines: Sequence[PaymentBatchLine], reason: str, actor: Actor) -> int:
    movements = [
        NewMovement(
            debit=chart.ON_THEIR_WAY,
            debit_party=one.provider_id,
            credit=line.account.ledger_account_id,
            pence=one.pence,
        )
        for one in lines
    ]
    source = f"bank-line:{line.pk}:{line.matches.count() + 1}"
    [entry] = post(
        entries=[NewEntry(kind="bank", source_key=source, on=line.on, narrative=reason, movements=movements)],
        actor=actor,
    )
    return entry
