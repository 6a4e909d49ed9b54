"""Setting money on account against what is owed, and undoing it."""

from collections.abc import Iterable, Sequence
from contextlib import nullcontext
from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import F, Q, Sum

from invoicing.documents.tax_points import reach_by_payment
from invoicing.ledger import chart
from invoicing.ledger.posting import NewEntry, NewMovement, post, reverse
from invoicing.receivables.backing import kept_backed
from invoicing.receivables.keeping import kept_stays
from invoicing.receivables.models import MONEY, Allocation, ReceivableItem, UnallocatedItem
from marketplace.core import events
from marketplace.core.actors import Actor
from marketplace.core.bulk import next_ids
from marketplace.core.errors import DomainError, WrongInput
from marketplace.core.money import Money


class AllocationTooLarge(DomainError):
    """More than is on account, or more than is owed."""

    code = "allocation_too_large"


class AlreadyUndone(DomainError):
    """An allocation is undone once."""

    code = "already_undone"


@transaction.atomic
def allocate(*, source: UnallocatedItem, to: ReceivableItem, pence: int, on: date, actor: Actor) -> Allocation:
    """Sets ``pence`` of a receipt or credit against an open document.

    Posts unallocated (payer) → receivable (invoice-to), so one payer may settle another's invoice. Both balances move
    by conditional update: AllocationTooLarge names the one that does not suffice, and nothing is changed. Raises
    MoneyKept where some of it is kept for what was ordered.
    """
    [allocation] = allocate_many(pairs=[(source, to, pence)], on=on, actor=actor)
    return allocation


@transaction.atomic
def allocate_many(
    *, pairs: Sequence[tuple[UnallocatedItem, ReceivableItem, int]], on: date, actor: Actor
) -> list[Allocation]:
    """Several allocations at once: all or none. Rows are locked in the order of their ids.

    Each is posted on the day given, or on the later of the receipt's and the invoice's day where that comes after.
    """
    _lock(pairs)
    for source, item, pence in pairs:
        _check_own(source, item)
        _take(source, item, pence)
    ids = next_ids(Allocation, len(pairs))
    entries = post(
        entries=[
            NewEntry(
                kind="allocation",
                source_key=f"allocation:{pk}",
                on=max(on, source.received_on, item.document.issued_on),
                narrative=f"{_origin(source)} set against {item.document.number}",
                movements=[
                    NewMovement(
                        debit=chart.UNALLOCATED,
                        debit_party=source.organisation_id,
                        credit=chart.RECEIVABLES,
                        credit_party=item.organisation_id,
                        pence=pence,
                    )
                ],
            )
            for pk, (source, item, pence) in zip(ids, pairs, strict=True)
        ],
        actor=actor,
    )
    rows = [
        Allocation(pk=pk, source=source, item=item, pence=pence, allocated_on=on, entry_id=entry)
        for pk, (source, item, pence), entry in zip(ids, pairs, entries, strict=True)
    ]
    Allocation.objects.bulk_create(rows)
    _reach_tax_points(pairs, on, actor)
    events.record_many(facts=[_event("allocation.made", row) for row in rows], actor=actor)
    return rows


def _reach_tax_points(pairs: Sequence[tuple[UnallocatedItem, ReceivableItem, int]], on: date, actor: Actor) -> None:
    """Money received for an instalment that is not due yet makes its tax point; a credit note set against it does not."""
    paid = {
        item.pk for source, item, _ in pairs if source.kind in MONEY and item.document.issued_on <= on < item.due_on
    }
    if not paid:
        return
    received = (
        ReceivableItem.objects.filter(pk__in=paid)
        .annotate(
            received=Sum(
                "allocations__pence",
                filter=Q(allocations__undone_on__isnull=True, allocations__source__kind__in=MONEY),
            )
        )
        .values_list("document_id", "due_on", "received", "pence")
    )
    reach_by_payment(
        paid={(document, due): (settled or 0, gross) for document, due, settled, gross in received}, on=on, actor=actor
    )


def _lock(pairs: Sequence[tuple[UnallocatedItem, ReceivableItem, int]]) -> None:
    """Sources before items, each in id order: the one order in which anybody locks them."""
    list(UnallocatedItem.objects.select_for_update().filter(pk__in={s.pk for s, _, _ in pairs}).order_by("pk"))
    list(ReceivableItem.objects.select_for_update().filter(pk__in={i.pk for _, i, _ in pairs}).order_by("pk"))


def _check_own(source: UnallocatedItem, item: ReceivableItem) -> None:
    """A debt that was given up settles its own invoice and no other."""
    if source.kind == UnallocatedItem.Kind.WRITE_OFF and source.source_key.split(":")[1] != item.document.number:
        raise WrongInput("A debt that was written off is no money. Undo the write-off instead.")


def _take(source: UnallocatedItem, item: ReceivableItem, pence: int) -> None:
    if pence <= 0:
        raise WrongInput("An amount to set against an invoice must be more than £0.00")
    with kept_stays():
        taken = UnallocatedItem.objects.filter(pk=source.pk, remaining_pence__gte=pence).update(
            remaining_pence=F("remaining_pence") - pence
        )
    if taken != 1:
        left = UnallocatedItem.objects.get(pk=source.pk).remaining_pence
        raise AllocationTooLarge(
            f"Only {Money(left)} is left on account, not {Money(pence)}. Choose a smaller amount.", remaining=left
        )
    settled = ReceivableItem.objects.filter(pk=item.pk, outstanding_pence__gte=pence).update(
        outstanding_pence=F("outstanding_pence") - pence
    )
    if settled != 1:
        owed = ReceivableItem.objects.get(pk=item.pk).outstanding_pence
        raise AllocationTooLarge(
            f"Only {Money(owed)} is still owed on {item.document.number}, not {Money(pence)}. "
            "Leave the rest on account or choose another invoice.",
            remaining=owed,
        )


def _origin(source: UnallocatedItem) -> str:
    if source.document is not None:
        return f"Credit note {source.document.number}"
    return f"{source.get_kind_display()}, {source.received_on:%-d %B %Y}"


def lock_settled_by(source_ids: Iterable[int]) -> None:
    """Locks money on account, then every document that it settles now, each in the order of their ids.

    Whoever takes back several allocations calls this first: it is the order in which allocating locks, so that the two
    wait for each other and never in a ring.
    """
    sources = sorted(set(source_ids))
    list(UnallocatedItem.objects.select_for_update().filter(pk__in=sources).order_by("pk"))
    settled = Allocation.objects.filter(source_id__in=sources, undone_on__isnull=True).values("item_id")
    list(ReceivableItem.objects.select_for_update().filter(pk__in=settled).order_by("pk"))


@transaction.atomic
def undo_allocation(
    *, allocation: Allocation, on: date, reason: str, actor: Actor, bounced: bool = False
) -> Allocation:
    """Takes an allocation back by a reversing entry, never before its own day; both balances are as before it.

    Raises CreditNotBacked where the invoice was credited and the customer would have the money twice; not where the
    payment ``bounced``, which is a fact: then the customer owes what it was given back.
    """
    lock_settled_by({allocation.source_id})
    locked = Allocation.objects.select_for_update().get(pk=allocation.pk)
    if locked.undone_on is not None:
        raise AlreadyUndone(f"This was undone on {locked.undone_on:%-d %B %Y} already.")
    if locked.source.kind == UnallocatedItem.Kind.WITHDRAWN:
        raise WrongInput("A repayment request that was withdrawn stays so. Claim the money back anew.")
    on = max(on, locked.allocated_on)
    with nullcontext() if bounced else kept_backed(locked.item.document):
        entry = reverse(entry_id=locked.entry_id, on=on, narrative=f"Undone: {reason}"[:240], actor=actor)
        Allocation.objects.filter(pk=locked.pk, undone_on__isnull=True).update(
            undone_on=on, undone_reason=reason[:240], undone_entry_id=entry
        )
        UnallocatedItem.objects.filter(pk=locked.source_id).update(remaining_pence=F("remaining_pence") + locked.pence)
        ReceivableItem.objects.filter(pk=locked.item_id).update(outstanding_pence=F("outstanding_pence") + locked.pence)
    locked.refresh_from_db()
    events.record(**_event("allocation.undone", locked), text={"reason": reason}, actor=actor)
    return locked


def _event(kind: str, row: Allocation) -> dict[str, Any]:
    return {
        "kind": kind,
        "subject_kind": "allocation",
        "subject": str(row.pk),
        "organisation_ids": [row.source.organisation_id, row.item.organisation_id],
        "payload": {"pence": row.pence, "item": row.item_id, "source": row.source_id},
    }
