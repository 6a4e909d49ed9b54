"""Where a document stands for the person who pays it: open, part paid, paid, overdue, credited."""

from datetime import date
from typing import Any

from django.db.models import BigIntegerField, F, Min, OuterRef, Q, QuerySet, Subquery, Sum, Value
from django.db.models.functions import Coalesce

from frontend.buying import Buyer, receivers_for
from invoicing.documents.models import Document
from invoicing.queries import documents_for
from invoicing.receivables.models import Allocation, ReceivableItem, UnallocatedItem
from marketplace.core.actors import Actor


def documents_of(buyer: Buyer, actor: Actor) -> QuerySet[Document]:
    """Documents invoiced to the buyer or, for a trust, to its schools; with what is owed and settled.

    Adds ``outstanding`` and ``credited`` (pence set off by credit notes) and ``earliest_due`` of what is open.
    """
    own = [one.pk for one in receivers_for(buyer, actor)]
    items = ReceivableItem.objects.filter(document=OuterRef("pk"))
    credits = Allocation.objects.filter(
        item__document=OuterRef("pk"), undone_on__isnull=True, source__kind=UnallocatedItem.Kind.CREDIT_NOTE
    )
    return (
        documents_for(actor)
        .filter(customer_id__in=own)
        .annotate(
            outstanding=_sum(items, "document", "outstanding_pence"),
            credited=_sum(credits, "item__document", "pence"),
            earliest_due=Subquery(
                items.filter(outstanding_pence__gt=0).values("document").annotate(d=Min("due_on")).values("d")
            ),
        )
    )


def _sum(rows: QuerySet[Any], by: str, field: str) -> Coalesce:
    summed = rows.order_by().values(by).annotate(total=Sum(field)).values("total")
    return Coalesce(Subquery(summed), Value(0), output_field=BigIntegerField())


def narrowed(documents: QuerySet[Document], show: str, on: date) -> QuerySet[Document]:
    """The documents of one state; anything else shows all."""
    invoices = ~Q(kind=Document.Kind.CREDIT_NOTE)
    wanted = {
        "open": invoices & Q(outstanding__gt=0),
        "overdue": invoices & Q(outstanding__gt=0, earliest_due__lt=on),
        "paid": invoices & Q(outstanding=0, credited__lt=F("gross_pence")),
        "credited": invoices & Q(outstanding=0, credited=F("gross_pence")),
        "credit_notes": Q(kind=Document.Kind.CREDIT_NOTE),
    }
    return documents.filter(wanted[show]) if show in wanted else documents


def state_of(document: Any, on: date) -> str:
    """The word of the tag for a document of ``documents_of``."""
    if document.kind == Document.Kind.CREDIT_NOTE:
        return "issued"
    if document.outstanding == 0:
        return "credited" if document.credited == document.gross_pence else "paid"
    if document.earliest_due is not None and document.earliest_due < on:
        return "overdue"
    return "part paid" if document.outstanding < document.gross_pence else "open"
