"""Setting money on account against invoices as a person was shown it, and not once more by a second click."""

from collections.abc import Sequence
from datetime import date

from django.db import transaction

from invoicing.receivables.allocation import allocate_many
from invoicing.receivables.models import Allocation, ReceivableItem, UnallocatedItem
from marketplace.core.actors import Actor
from marketplace.core.errors import DomainError
from marketplace.core.money import Money


class AllocatedMeanwhile(DomainError):
    """What is left of the money is no longer what the person was shown."""

    code = "allocated_meanwhile"


@transaction.atomic
def allocate_as_shown(
    *, source: UnallocatedItem, to: Sequence[tuple[ReceivableItem, int]], left_shown: int, on: date, actor: Actor
) -> list[Allocation]:
    """Sets pence of one receipt or credit against open items, all or none, while ``left_shown`` pence of it are left.

    The money is locked before it is looked at. Raises AllocatedMeanwhile when another amount is left by now, and what
    ``allocate_many`` raises.
    """
    left = UnallocatedItem.objects.select_for_update().values_list("remaining_pence", flat=True).get(pk=source.pk)
    if left != left_shown:
        raise AllocatedMeanwhile(
            f"{Money(left)} of this money is left, which is not what you were shown: some of it was set against invoices "
            "or taken back a moment ago. Nothing more was done. Look at what is owed now and decide again.",
            remaining=left,
        )
    return allocate_many(pairs=[(source, item, pence) for item, pence in to], on=on, actor=actor)
