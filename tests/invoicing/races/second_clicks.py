"""What the processes do that press the same button at the same moment."""

from typing import Any

from tests.invoicing.races.settling import ON, _each_together


def credit_as_shown_together(lines: list[int], guarded: bool, barrier: Any) -> list[str]:
    """£10.00 of each line of £100.00, of which everybody was shown that £100.00 is left."""
    from invoicing.documents.models import DocumentLine
    from invoicing.services import credit_invoice
    from marketplace.core.actors import platform

    def attempt(number: int) -> None:
        line = DocumentLine.objects.select_related("document").get(pk=lines[number])
        credit_invoice(
            invoice=line.document, amounts={line.pk: 1_000}, reason="Race", on=ON,
            left_shown={line.pk: 10_000} if guarded else None, actor=platform("race"),
        )  # fmt: skip

    return _each_together(barrier, len(lines), attempt)


def allocate_as_shown_together(pairs: list[tuple[int, int]], barrier: Any) -> list[str]:
    """£10.00 of each receipt of £100.00, of which everybody was shown that £100.00 is left."""
    from invoicing.receivables.models import ReceivableItem, UnallocatedItem
    from invoicing.services import allocate_as_shown
    from marketplace.core.actors import platform

    def attempt(number: int) -> None:
        source, item = pairs[number]
        allocate_as_shown(
            source=UnallocatedItem.objects.get(pk=source), to=[(ReceivableItem.objects.get(pk=item), 1_000)],
            left_shown=10_000, on=ON, actor=platform("race"),
        )  # fmt: skip

    return _each_together(barrier, len(pairs), attempt)
