"""Money received: posted to the payer's account first, set against invoices afterwards."""

from datetime import date

from django.db import transaction

from invoicing.ledger import chart
from invoicing.ledger.models import LedgerAccount
from invoicing.ledger.posting import NewEntry, NewMovement, post, reverse
from invoicing.receivables.allocation import lock_settled_by, undo_allocation
from invoicing.receivables.keeping import kept_stays
from invoicing.receivables.models import UnallocatedItem
from marketplace.core import events
from marketplace.core.actors import Actor
from marketplace.core.errors import DomainError, WrongInput
from marketplace.core.text import clean_line
from marketplace.organisations.models import Organisation


class ReceiptReversed(DomainError):
    """A receipt is reversed once."""

    code = "receipt_reversed"


class PassedOn(DomainError):
    """What went back to the customer or to another account cannot be taken back with the receipt."""

    code = "passed_on"


@transaction.atomic
def record_receipt(
    *,
    source_key: str,
    payer: Organisation,
    pence: int,
    received_on: date,
    reference: str,
    bank_account: LedgerAccount,
    actor: Actor,
) -> UnallocatedItem:
    """A receipt on the payer's account: bank → unallocated (payer). The same source twice is refused."""
    if pence <= 0:
        raise WrongInput("A receipt must be more than £0.00")
    [entry] = post(
        entries=[
            NewEntry(
                kind="receipt",
                source_key=f"receipt:{source_key}",
                on=received_on,
                narrative=f"Received from {payer.name}",
                movements=[
                    NewMovement(debit=bank_account.code, credit=chart.UNALLOCATED, credit_party=payer.pk, pence=pence)
                ],
            )
        ],
        actor=actor,
    )
    item = UnallocatedItem.objects.create(
        kind=UnallocatedItem.Kind.RECEIPT,
        source_key=source_key,
        organisation=payer,
        received_on=received_on,
        reference=clean_line(reference, what="Reference", limit=120, required=False),
        pence=pence,
        remaining_pence=pence,
        entry_id=entry,
    )
    _record("receipt.recorded", item, actor)
    return item


@transaction.atomic
def reverse_receipt(*, item: UnallocatedItem, on: date, reason: str, actor: Actor) -> None:
    """Takes a receipt back, or undoes a write-off, by a reversing entry, after undoing what it was set against.

    Raises PassedOn where some of it was refunded or carried to another customer, MoneyKept where it is kept for orders.
    """
    lock_settled_by({item.pk})
    locked = UnallocatedItem.objects.get(pk=item.pk)
    if locked.kind not in (UnallocatedItem.Kind.RECEIPT, UnallocatedItem.Kind.WRITE_OFF):
        raise WrongInput(f"This is a {locked.get_kind_display().lower()}, not a receipt, and cannot be reversed as one")
    if locked.source_key.startswith("opening:"):
        raise WrongInput(
            "This credit was taken over with the opening position, so it is refunded or set against invoices"
        )
    what = "write-off" if locked.kind == UnallocatedItem.Kind.WRITE_OFF else "receipt"
    if locked.reversed_on is not None:
        raise ReceiptReversed(f"This {what} was reversed on {locked.reversed_on:%-d %B %Y} already.")
    if locked.refunds.exists() or locked.carried_away.exists():
        raise PassedOn(
            "Some of this money was refunded or carried to another customer, so it cannot be taken back whole. "
            "Nothing was changed."
        )
    for allocation in locked.allocations.filter(undone_on__isnull=True).order_by("pk"):
        undo_allocation(allocation=allocation, on=on, reason=reason, actor=actor, bounced=True)
    reverse(entry_id=locked.entry_id, on=on, narrative=f"{what.capitalize()} taken back: {reason}"[:240], actor=actor)
    with kept_stays():
        changed = UnallocatedItem.objects.filter(pk=locked.pk, remaining_pence=locked.pence).update(
            remaining_pence=0, reversed_on=on
        )
    if changed != 1:
        raise RuntimeError(f"Receipt {locked.pk} was not whole after undoing its allocations")
    _record("receipt.reversed", locked, actor, reason=reason)


def _record(kind: str, item: UnallocatedItem, actor: Actor, reason: str = "") -> None:
    events.record(
        kind=kind,
        subject_kind="receipt",
        subject=str(item.pk),
        organisation_ids=[item.organisation_id],
        payload={"pence": item.pence, "received_on": item.received_on.isoformat()},
        text={"reason": reason},
        actor=actor,
    )
