"""Taking back how a bank line was explained, by reversing entries."""

from datetime import date

from django.db import transaction
from django.db.models.functions import Now

from invoicing.banking.models import BankLine, BankMatch
from invoicing.banking.services.confirming import claim, may_match, record
from invoicing.banking.services.errors import LineTaken
from invoicing.ledger.posting import reverse
from invoicing.paying_out.answering import payments_not_left
from invoicing.receivables.allocation import lock_settled_by, undo_allocation
from invoicing.receivables.receipts import reverse_receipt
from marketplace.core.actors import Actor
from marketplace.core.text import clean_line


@transaction.atomic
def undo_match(*, line: BankLine, reason: str, actor: Actor, on: date | None = None) -> BankMatch:
    """Takes back a line's match: the line waits again, and all balances are as before it.

    A receipt is reversed with its allocations and the credit notes set off beside it; a receipt that was unidentified
    first becomes unidentified again. Reversals are posted ``on`` a day, the line's own unless said, never before what
    they reverse. Raises LineTaken when there is nothing (more) to undo.
    """
    may_match(actor)
    reason = clean_line(reason, what="Reason", limit=240)
    match = line.matches.filter(state=BankMatch.State.CONFIRMED).select_related("receipt", "identifies").first()
    if match is None:
        raise LineTaken("This line is not matched, so there is nothing to undo. Open the list again.", line=line.pk)
    back = BankLine.State.UNIDENTIFIED if match.identifies else BankLine.State.UNMATCHED
    claim(line, _state_of(match), to=back)
    label = "" if actor.person_id else actor.name[:60]
    undone = BankMatch.objects.filter(pk=match.pk, state=BankMatch.State.CONFIRMED).update(
        state=BankMatch.State.UNDONE,
        undone_by_person_id=actor.person_id,
        undone_by_label=label,
        undone_at=Now(),
        undone_reason=reason,
    )
    if undone != 1:
        raise LineTaken("Somebody else undid this match at the same time. Nothing was changed.", line=line.pk)
    if match.identifies:
        BankMatch.objects.filter(pk=match.identifies.pk).update(state=BankMatch.State.CONFIRMED)
    _reverse(match, on or line.on, reason, actor)
    match.refresh_from_db()
    payers = [match.receipt.organisation_id] if match.receipt else []
    record("bank_line.undone", match, payers, actor, reason=reason)
    return match


def _state_of(match: BankMatch) -> BankLine.State:
    if match.kind == BankMatch.Kind.UNIDENTIFIED:
        return BankLine.State.UNIDENTIFIED
    return BankLine.State.IGNORED if match.kind == BankMatch.Kind.IGNORED else BankLine.State.MATCHED


def _reverse(match: BankMatch, on: date, reason: str, actor: Actor) -> None:
    set_off = list(match.set_off.filter(undone_on__isnull=True).order_by("pk"))
    lock_settled_by({*(one.source_id for one in set_off), *([match.receipt.pk] if match.receipt else [])})
    for allocation in set_off:
        undo_allocation(allocation=allocation, on=on, reason=reason, actor=actor)
    if match.receipt and match.receipt.reversed_on is None:
        reverse_receipt(item=match.receipt, on=on, reason=reason, actor=actor)
    if match.entry_id:
        payments_not_left(entry_id=match.entry_id, actor=actor)
        reverse(entry_id=match.entry_id, on=on, narrative=f"Undone: {reason}"[:240], actor=actor)
