"""What of an invoice can still be credited, line by line."""

from collections.abc import Mapping

from django.db.models import Sum

from invoicing.documents.models import Document, DocumentLine, LineCredit
from invoicing.receivables.models import Reduction
from marketplace.core.errors import DomainError
from marketplace.core.money import Money


class CreditExceedsInvoice(DomainError):
    """A line cannot be credited by more than is left of it."""

    code = "credit_exceeds_invoice"


def left_to_credit(invoice: Document) -> dict[int, int]:
    """Pence that can still be credited, by line id: what no credit note took and no credit that is due will take."""
    credited = dict(LineCredit.objects.filter(line__document=invoice).values_list("line_id", "credited_pence"))
    due = due_by_line(invoice)
    return {
        line.pk: line.net_pence - credited.get(line.pk, 0) - due.get(line.pk, 0)
        for line in invoice.lines.order_by("position")
    }


def due_by_line(invoice: Document) -> dict[int, int]:
    """Pence of credits that are due on an invoice and not issued yet, by line id."""
    due = Reduction.objects.filter(charge__document_line__document=invoice, state=Reduction.State.DUE)
    sums = due.order_by().values("charge__document_line").annotate(pence=Sum("pence"))
    return dict(sums.values_list("charge__document_line", "pence"))


def require_left(invoice: Document, amounts: Mapping[int, int], left: Mapping[int, int]) -> None:
    """What is due as a credit already is not given by hand as well."""
    for line in invoice.lines.filter(pk__in=amounts).order_by("position"):
        if amounts[line.pk] > left[line.pk]:
            raise exceeds(line, left[line.pk], amounts[line.pk])


def exceeds(line: DocumentLine, left: int, wanted: int) -> CreditExceedsInvoice:
    """The refusal of a line of which only so many pence are left."""
    return CreditExceedsInvoice(
        f"Line {line.position} ({line.description}) has {Money(left)} left to credit, not {Money(wanted)}. Enter a "
        "smaller amount.",
        remaining=left,
    )
