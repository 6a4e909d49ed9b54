"""How an invoice in instalments stands: each payment with its net and VAT by rate, its tax point and what is left to pay."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Sum

from invoicing.documents.models import Document, Instalment
from invoicing.ledger.models import JournalEntry
from invoicing.receivables.models import MONEY, Allocation, ReceivableItem, UnallocatedItem


@dataclass(frozen=True)
class PlannedPart:
    """What a payment holds of one VAT category and rate, in pence."""

    category: str
    rate: Decimal
    net_pence: int
    vat_pence: int
    reached_vat_pence: int
    cancelled_vat_pence: int


@dataclass(frozen=True)
class PlannedPayment:
    """One payment of the plan: amounts in pence, ``received_pence`` what money (no credit note) has settled of it.

    ``written_off_pence`` is what was given up of it; the rest of what is settled was credited.

    ``tax_point`` is the day on which its VAT last fell due; None while none has, or where none ever will.
    """

    position: int
    due_on: date
    parts: list[PlannedPart]
    outstanding_pence: int
    received_pence: int
    written_off_pence: int
    tax_point: date | None

    @property
    def net_pence(self) -> int:
        return sum(part.net_pence for part in self.parts)

    @property
    def vat_pence(self) -> int:
        return sum(part.vat_pence for part in self.parts)

    @property
    def gross_pence(self) -> int:
        return self.net_pence + self.vat_pence

    @property
    def waiting_vat_pence(self) -> int:
        """VAT whose tax point has not come and that no credit note has taken back."""
        settled = sum(part.reached_vat_pence + part.cancelled_vat_pence for part in self.parts)
        return self.vat_pence - settled

    @property
    def cancelled_vat_pence(self) -> int:
        return sum(part.cancelled_vat_pence for part in self.parts)


def payment_plan(document: Document) -> list[PlannedPayment]:
    """The payments of an invoice in instalments, in order; empty for any other document. Five queries at most.

    The caller has already asked whether the actor may see the document.
    """
    rows = list(document.instalments.order_by("position", "category", "rate"))
    if not rows:
        return []
    left = dict(_left(document))
    received = dict(_settled(document, MONEY))
    given_up = dict(_settled(document, [UnallocatedItem.Kind.WRITE_OFF]))
    reached = _tax_points(document, rows)
    payments: dict[int, list[Instalment]] = {}
    for row in rows:
        if row.net_pence or row.vat_pence:
            payments.setdefault(row.position, []).append(row)
    return [
        PlannedPayment(
            position=position,
            due_on=parts[0].due_on,
            parts=[_part(row) for row in parts],
            outstanding_pence=left.get(parts[0].due_on, 0),
            received_pence=received.get(parts[0].due_on, 0),
            written_off_pence=given_up.get(parts[0].due_on, 0),
            tax_point=max((reached[row.pk] for row in parts if row.pk in reached), default=None),
        )
        for position, parts in payments.items()
    ]


def _part(row: Instalment) -> PlannedPart:
    return PlannedPart(
        row.category, row.rate, row.net_pence, row.vat_pence, row.reached_vat_pence, row.cancelled_vat_pence
    )


def _left(document: Document) -> Iterable[tuple[date, int]]:
    """What is left to pay by due date: the items of one payment share theirs."""
    items = ReceivableItem.objects.filter(document=document).order_by().values("due_on")
    return items.annotate(left=Sum("outstanding_pence")).values_list("due_on", "left")


def _settled(document: Document, kinds: Sequence[str]) -> Iterable[tuple[date, int]]:
    """What these kinds of money on account have settled, by due date."""
    settled = Allocation.objects.filter(item__document=document, undone_on__isnull=True, source__kind__in=kinds)
    sums = settled.order_by().values("item__due_on").annotate(received=Sum("pence"))
    return sums.values_list("item__due_on", "received")


def _tax_points(document: Document, rows: Iterable[Instalment]) -> dict[int, date]:
    """The day of each instalment's last tax point: that of its ledger entry, or of issue where it was due by then.

    The key of an entry says up to which sum the VAT had fallen due (see ``documents.tax_points``).
    """
    due = {f"tax-point:{row.pk}:{row.reached_vat_pence}": row for row in rows if row.reached_vat_pence}
    found = JournalEntry.objects.filter(source_key__in=list(due)).values_list("source_key", "tax_point")
    days = {due[key].pk: on for key, on in found}
    return {row.pk: days.get(row.pk, document.issued_on) for row in due.values()}
