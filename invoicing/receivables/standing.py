"""How an invoice stands: open, paid, credited or written off. The one place that decides, for pages, files and programs."""

from datetime import date
from enum import StrEnum
from typing import Any

from django.db.models import BigIntegerField, Case, F, Min, OuterRef, Q, QuerySet, Subquery, Sum, Value, When
from django.db.models.functions import Coalesce

from invoicing.documents.models import Document
from invoicing.receivables.models import Allocation, ReceivableItem, UnallocatedItem


class Standing(StrEnum):
    """What became of an invoice, or of one payment of it."""

    OPEN = "open"
    PART_PAID = "part_paid"
    OVERDUE = "overdue"
    PAID = "paid"
    CREDITED = "credited"
    WITHDRAWN = "withdrawn"
    WRITTEN_OFF = "written_off"
    PART_WRITTEN_OFF = "part_written_off"

    @property
    def words(self) -> str:
        """As files and tags spell it: "part paid"."""
        return self.value.replace("_", " ")


_OWED = ReceivableItem.objects.filter(document=OuterRef("pk"))
_SETTLED = Allocation.objects.filter(item__document=OuterRef("pk"), undone_on__isnull=True)
_GIVEN_UP = _SETTLED.filter(source__kind=UnallocatedItem.Kind.WRITE_OFF)
_WITHDRAWN = _SETTLED.filter(source__kind=UnallocatedItem.Kind.WITHDRAWN)
_REPAYMENT = Q(kind=Document.Kind.CLAIM_BACK)
_CREDIT_NOTES = Document.objects.filter(credits=OuterRef("pk"), state=Document.State.ISSUED)


def _sum(rows: QuerySet[Any], by: str, field: str) -> Coalesce:
    summed = rows.order_by().values(by).annotate(total=Sum(field)).values("total")
    return Coalesce(Subquery(summed), Value(0), output_field=BigIntegerField())


# In pence: what is left to pay, what its own credit notes say (of a repayment request, what was withdrawn), what was given up
# and not taken back; and the day on which the earliest of what is left was due.
FIGURES: dict[str, Any] = {
    "outstanding": _sum(_OWED, "document", "outstanding_pence"),
    "credited": Case(
        When(_REPAYMENT, then=_sum(_WITHDRAWN, "item__document", "pence")),
        default=_sum(_CREDIT_NOTES, "credits", "gross_pence"),
    ),
    "written_off": _sum(_GIVEN_UP, "item__document", "pence"),
    "earliest_due": Subquery(
        _OWED.filter(outstanding_pence__gt=0).order_by().values("document").annotate(d=Min("due_on")).values("d")
    ),
}


def with_figures(documents: QuerySet[Document]) -> QuerySet[Document]:
    """The documents with ``FIGURES`` beside each, from which ``standing_of`` decides."""
    return documents.annotate(**FIGURES)


def standing(
    *, gross: int, outstanding: int, credited: int, written_off: int, earliest_due: date | None, on: date
) -> Standing:
    """How an amount invoiced stands on a day; all in pence.

    | nothing is left, and … | it is |
    |---|---|
    | its credit notes say the whole of it | credited |
    | all was given up | written off |
    | some was given up, the rest paid or credited | part written off |
    | else | paid |

    While something is left it is overdue once a part of that is, part paid where any of it was paid, else open.
    """
    if outstanding:
        if earliest_due is not None and earliest_due < on:
            return Standing.OVERDUE
        return Standing.PART_PAID if outstanding + credited + written_off < gross else Standing.OPEN
    if credited == gross:
        return Standing.CREDITED
    if written_off:
        return Standing.WRITTEN_OFF if written_off == gross else Standing.PART_WRITTEN_OFF
    return Standing.PAID


def standing_of(document: Any, on: date) -> Standing:
    """How an invoice stands on a day. It comes from ``with_figures``; a credit note stands nowhere and is refused."""
    if document.kind == Document.Kind.CREDIT_NOTE:
        raise ValueError(f"{document.number} is a credit note: ask what is left of it on account")
    found = standing(gross=document.gross_pence, on=on, **{name: getattr(document, name) for name in FIGURES})
    repayment = document.kind == Document.Kind.CLAIM_BACK
    return Standing.WITHDRAWN if repayment and found == Standing.CREDITED else found


def standing_in(documents: QuerySet[Document], wanted: Standing, on: date) -> QuerySet[Document]:
    """Those documents of ``with_figures`` that stand so on a day. ``OPEN`` means everything with something left to pay,
    overdue or in part paid as well, and ``WRITTEN_OFF`` what was given up in whole or in part: so people ask."""
    credited, given_up = Q(credited=F("gross_pence")), Q(written_off__gt=0)
    where = {
        Standing.OPEN: Q(outstanding__gt=0),
        Standing.PART_PAID: Q(outstanding__gt=0, outstanding__lt=F("gross_pence") - F("credited") - F("written_off")),
        Standing.OVERDUE: Q(outstanding__gt=0, earliest_due__lt=on),
        Standing.PAID: Q(outstanding=0) & ~credited & ~given_up,
        Standing.CREDITED: Q(outstanding=0) & credited & ~_REPAYMENT,
        Standing.WITHDRAWN: Q(outstanding=0) & credited & _REPAYMENT,
        Standing.WRITTEN_OFF: Q(outstanding=0) & ~credited & given_up,
        Standing.PART_WRITTEN_OFF: Q(outstanding=0, written_off__lt=F("gross_pence")) & ~credited & given_up,
    }
    return documents.exclude(kind=Document.Kind.CREDIT_NOTE).filter(where[wanted])
