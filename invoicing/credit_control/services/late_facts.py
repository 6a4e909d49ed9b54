"""What late payment of open items is worked out from: receipts, credits, queries, dates of service, claims made before."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Max, Sum

from invoicing.credit_control.models import LateClaim, QueryLine, ReferenceRate
from invoicing.credit_control.rules.late_payment import Disputed, LatePayment, late_payment
from invoicing.documents.agency_sales import AgencySale
from invoicing.documents.models import Document, DocumentLine
from invoicing.receivables.models import Allocation, Charge, ReceivableItem, UnallocatedItem
from marketplace.core.money import share_out
from marketplace.organisations.models import CustomerTerms

SOURCE = "late:"
ONE_DAY = timedelta(days=1)


class Facts:
    """What the calculation needs to know of some open items, read for all of them at once. A fixed number of queries."""

    def __init__(self, items: Sequence[ReceivableItem]) -> None:
        documents = {item.document_id for item in items}
        self.rates = dict(ReferenceRate.objects.values_list("half_from", "rate"))
        terms = CustomerTerms.objects.filter(settlement=CustomerTerms.Settlement.COUNCIL_JOURNAL)
        owing = {item.organisation_id for item in items}
        self.journal = set(terms.filter(organisation_id__in=owing).values_list("organisation_id", flat=True))
        sales = AgencySale.objects.filter(pk__in=documents)
        self.others = dict(sales.values_list("document_id", "supplier__name"))
        self.performed = _performed(documents)
        self.paid, self.credited = _settled([item.pk for item in items])
        self.disputed = _disputed(documents)
        self.shares = _shares(documents)
        self.claimed = _claimed([item.pk for item in items])

    def payment(self, item: ReceivableItem, on: date) -> LatePayment:
        if item.organisation_id in self.journal or item.document_id in self.others:
            return LatePayment()
        if item.document.kind == Document.Kind.CLAIM_BACK:  # no price of goods or services (1998 Act, s1)
            return LatePayment()
        return late_payment(
            gross=max(item.pence - self.credited.get(item.pk, 0), 0),
            due_on=item.due_on,
            paid_or_on=on,
            base_rates=self.rates,
            performed_on=self.performed.get(item.document_id),
            paid=self.paid.get(item.pk, ()),
            disputed=[
                Disputed(start, end, self.shares[item.document_id].of(item.pk, pence))
                for start, end, pence in self.disputed.get(item.document_id, ())
            ],
        )


def _performed(documents: Collection[int]) -> dict[int, date]:
    """The last day of service of each invoice: a debt for an advance is created when the whole is performed (s11)."""
    lines = DocumentLine.objects.filter(document_id__in=documents, service_to__isnull=False).order_by()
    latest = lines.values_list("document_id").annotate(last=Max("service_to"))
    return {document_id: last - ONE_DAY for document_id, last in latest}


def _settled(item_ids: Collection[int]) -> tuple[dict[int, list[tuple[date, int]]], dict[int, int]]:
    """Receipts by item with their days, and what credit notes took back of each."""
    paid: dict[int, list[tuple[date, int]]] = defaultdict(list)
    credited: dict[int, int] = defaultdict(int)
    rows = Allocation.objects.filter(item_id__in=item_ids, undone_on__isnull=True)
    for item_id, kind, on, pence in rows.values_list("item_id", "source__kind", "source__received_on", "pence"):
        if kind == UnallocatedItem.Kind.CREDIT_NOTE:
            credited[item_id] += pence
        else:
            paid[item_id].append((on, pence))
    return paid, credited


def _disputed(documents: Collection[int]) -> dict[int, list[tuple[date, date | None, int]]]:
    """Gross pence by invoice that were in query from a day to a day; claims invoiced before never bear interest."""
    found: dict[int, list[tuple[date, date | None, int]]] = defaultdict(list)
    rows = QueryLine.objects.filter(line__document_id__in=documents).values_list(
        "line__document_id", "query__opened_on", "query__resolved_on", "line__net_pence", "line__vat_pence"
    )
    for document_id, start, end, net, vat in rows:
        found[document_id].append((start, end, net + vat))
    claims = Charge.objects.filter(source_key__startswith=SOURCE, document_line__document_id__in=documents)
    for document_id, pence in claims.values_list("document_line__document_id", "document_line__net_pence"):
        found[document_id].append((date.min, None, pence))
    return found


@dataclass(frozen=True)
class _Shares:
    """How pence of an invoice fall on its open items, in proportion to them."""

    pence: dict[int, int]

    def of(self, item_id: int, pence: int) -> int:
        return dict(zip(self.pence, share_out(pence, list(self.pence.values())), strict=True))[item_id]


def _shares(documents: Collection[int]) -> dict[int, _Shares]:
    found: dict[int, dict[int, int]] = defaultdict(dict)
    items = ReceivableItem.objects.filter(document_id__in=documents).order_by("due_on", "pk")
    for document_id, pk, pence in items.values_list("document_id", "pk", "pence"):
        found[document_id][pk] = pence
    return {document_id: _Shares(items) for document_id, items in found.items()}


def _claimed(item_ids: Collection[int]) -> dict[int, tuple[int, int, date | None]]:
    rows = LateClaim.objects.filter(item_id__in=item_ids).order_by().values_list("item_id")
    sums = rows.annotate(interest=Sum("interest_pence"), fixed=Sum("fixed_pence"), until=Max("until_on"))
    return {pk: (interest, fixed, until) for pk, interest, fixed, until in sums}
