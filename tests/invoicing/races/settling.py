"""Several people use the same money, credit the same line and push the same charge at the same moment."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

ON = date(2026, 9, 20)
PROCESSES = 6


def _each_together(barrier: Any, count: int, attempt: Callable[[int], None]) -> list[str]:
    """What came of each attempt: ``done`` or the name of the error."""
    from django.core.exceptions import MultipleObjectsReturned
    from django.db import IntegrityError

    from marketplace.core.errors import DomainError

    told = []
    for number in range(count):
        barrier.wait(timeout=60)
        try:
            attempt(number)
            told.append("done")
        except (DomainError, IntegrityError, MultipleObjectsReturned, RuntimeError) as error:
            told.append(type(error).__name__)
    return told


def _without_row_locks() -> None:
    """For controls: this process no longer locks the rows that it looks at."""
    from django.db.models import QuerySet

    QuerySet.select_for_update = lambda self, *_, **__: self.all()  # type: ignore[method-assign]


def allocate_together(pairs: list[tuple[int, int]], guarded: bool, barrier: Any) -> list[str]:
    """£60.00 of each receipt of £100.00 against an invoice that owes more."""
    from invoicing.receivables import allocation
    from invoicing.receivables.models import ReceivableItem, UnallocatedItem
    from marketplace.core.actors import platform

    if not guarded:
        allocation._take = _take_by_looking
        allocation._lock = _no_lock

    def attempt(number: int) -> None:
        source, item = pairs[number]
        allocation.allocate(
            source=UnallocatedItem.objects.get(pk=source), to=ReceivableItem.objects.get(pk=item), pence=6_000, on=ON,
            actor=platform("race"),
        )  # fmt: skip

    return _each_together(barrier, len(pairs), attempt)


def _no_lock(*_: Any) -> None:
    return None


def _take_by_looking(source: Any, item: Any, pence: int) -> None:
    """The control: looks at the balances, then writes what it worked out."""
    from invoicing.receivables.allocation import AllocationTooLarge
    from invoicing.receivables.models import ReceivableItem, UnallocatedItem

    left = UnallocatedItem.objects.get(pk=source.pk).remaining_pence - pence
    owed = ReceivableItem.objects.get(pk=item.pk).outstanding_pence - pence
    if left < 0 or owed < 0:
        raise AllocationTooLarge("Too much")
    UnallocatedItem.objects.filter(pk=source.pk).update(remaining_pence=left)
    ReceivableItem.objects.filter(pk=item.pk).update(outstanding_pence=owed)


def credit_together(lines: list[int], locked: bool, barrier: Any) -> list[str]:
    """£60.00 of each line of £100.00."""
    if not locked:
        _without_row_locks()
    from invoicing.documents.models import DocumentLine
    from invoicing.services import credit_invoice
    from marketplace.core.actors import platform

    def attempt(number: int) -> None:
        line = DocumentLine.objects.select_related("document").get(pk=lines[number])
        credit_invoice(
            invoice=line.document, amounts={line.pk: 6_000}, reason="Race", on=ON, actor=platform("race")
        )  # fmt: skip

    return _each_together(barrier, len(lines), attempt)


def reduce_together(keys: list[str], locked: bool, barrier: Any) -> list[str]:
    """The same reduction of each charge, as a task delivered several times would."""
    if not locked:
        _without_row_locks()
    from invoicing.services import reduce
    from marketplace.core.actors import platform

    def attempt(number: int) -> None:
        key = keys[number]
        reduce(source_key=f"less:{key}", of=key, pence=4_000, reason="Race", on=ON, actor=platform("race"))

    return _each_together(barrier, len(keys), attempt)


def charge_together(school_id: int, count: int, barrier: Any) -> list[str]:
    """The same charge, as a double click would push it."""
    from invoicing.services import charge
    from invoicing.vat.treatment import VatTreatment
    from marketplace.core.actors import platform
    from marketplace.core.money import Money
    from marketplace.organisations.models import Organisation

    school = Organisation.objects.get(pk=school_id)

    def attempt(number: int) -> None:
        charge(
            source_key=f"same:{number}", consumer=school, invoice_to=school, description="Day", quantity=Decimal(1),
            unit_price=Money(10_000), net=Money(10_000), vat=VatTreatment("S", Decimal("0.20")), account_code="4200",
            stream_code="BS", bill_on=ON, actor=platform("race"),
        )  # fmt: skip

    return _each_together(barrier, count, attempt)
