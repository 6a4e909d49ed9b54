"""Several people release the same month and credit a part of it at the same moment."""

from datetime import date
from typing import Any

from tests.invoicing.races.settling import _each_together, _without_row_locks


def release_and_credit_together(number: int, line_id: int, days: list[date], locked: bool, barrier: Any) -> list[str]:
    """Even numbers release up to each day, odd ones credit a pound of its month."""
    from invoicing.documents.models import DocumentLine
    from invoicing.recognition import releasing
    from invoicing.services import credit_invoice
    from marketplace.core.actors import platform
    from marketplace.core.periods import Period

    if not locked:
        _without_row_locks()
        releasing._LOCK = releasing._LOCK.replace("FOR UPDATE", "")
    invoice = DocumentLine.objects.select_related("document").get(pk=line_id).document

    def attempt(month: int) -> None:
        if number % 2 == 0:
            releasing.release_income(on=days[month], actor=platform("race"))
            return
        service = Period(days[month].replace(day=1), days[month])
        credit_invoice(
            invoice=invoice, amounts={line_id: 100}, reason="Race", on=days[month], service=service,
            actor=platform("race"),
        )  # fmt: skip

    return _each_together(barrier, len(days), attempt)


def release_command(on: str) -> None:
    """What a killed process does: a release in chunks of one customer."""
    from invoicing.recognition import releasing
    from marketplace.core.actors import platform

    releasing.CHUNK = 1
    releasing.release_income(on=date.fromisoformat(on), actor=platform("race"))
