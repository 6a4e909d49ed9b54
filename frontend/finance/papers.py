"""Papers for customers: a document's PDF, and the statement of a customer's account on a day."""

from collections import Counter, defaultdict
from datetime import date

from django.conf import settings
from django.db.models import Q, Sum

from invoicing.banking.paid_into import paid_into
from invoicing.documents.files import pdf_of, ubl_of
from invoicing.documents.issue import parties_on
from invoicing.documents.models import Document
from invoicing.documents.pdf import Ageing, StatementLine, StatementSnapshot, render_statement
from invoicing.documents.snapshot import Party
from invoicing.receivables.models import Allocation, Carry, ReceivableItem, Refund, UnallocatedItem
from marketplace.organisations.models import Organisation
from marketplace.organisations.queries import partnership

_BUCKETS = (
    "not_yet_due_pence",
    "days_1_to_30_pence",
    "days_31_to_60_pence",
    "days_61_to_90_pence",
    "over_90_days_pence",
)


def pay_to() -> list[str]:
    """How to pay, printed on invoices and statements: the first bank account that has its numbers."""
    bank = paid_into(account_name=settings.PARTNERSHIP_NAME)
    return bank.printed() if bank else []


def document_pdf(document: Document) -> bytes:
    """The kept PDF of an issued document."""
    bank = paid_into(account_name=settings.PARTNERSHIP_NAME)
    return pdf_of(document, demonstration=settings.DEMONSTRATION, pay_to=bank)


def document_ubl(document: Document) -> bytes:
    """The kept e-invoice of an issued document. Raises EInvoiceNotMade where none can be made."""
    bank = paid_into(account_name=settings.PARTNERSHIP_NAME)
    return ubl_of(document, demonstration=settings.DEMONSTRATION, pay_to=bank)


def statement_pdf(customer: Organisation, *, as_at: date) -> bytes:
    """The customer's open items at the end of a day, on paper."""
    return render_statement(statement_snapshot(customer, as_at=as_at))


def statement_snapshot(customer: Organisation, *, as_at: date) -> StatementSnapshot:
    """What was open between us and a customer at the end of a day, whatever has been settled since.

    An allocation counts from the day it was posted to the day its undoing was; so the total is the ledger's balance of
    the customer on that day.
    """
    us = partnership()
    parties = parties_on({us.pk, customer.pk}, as_at)
    lines, ageing = _open_invoices(customer, as_at)
    credits = _open_credits(customer, as_at)
    ageing["not_yet_due_pence"] += sum(line.balance_pence for line in credits)
    lines = sorted([*lines, *credits], key=lambda line: (line.on, line.number))
    return StatementSnapshot(
        customer=Party(**parties[customer.pk]),
        seller=Party(**parties[us.pk]),
        as_at=as_at,
        lines=lines,
        ageing=Ageing(**ageing),
        total_due_pence=sum(line.balance_pence for line in lines),
        pay_to=pay_to(),
        demonstration=settings.DEMONSTRATION,
    )


def _settled(as_at: date, by: str, **of: object) -> dict[int, int]:
    """Pence allocated and not undone at the end of a day, by item or by source."""
    live = Q(undone_entry__isnull=True) | Q(undone_entry__posted_on__gt=as_at)
    rows = Allocation.objects.filter(live, entry__posted_on__lte=as_at, **of)
    return dict(rows.order_by().values_list(by).annotate(pence=Sum("pence")))


def _open_invoices(customer: Organisation, as_at: date) -> tuple[list[StatementLine], dict[str, int]]:
    settled = _settled(as_at, "item_id", item__organisation=customer)
    items = ReceivableItem.objects.filter(organisation=customer, document__entry__posted_on__lte=as_at)
    lines: list[StatementLine] = []
    ageing: dict[str, int] = defaultdict(int)
    for item in items.select_related("document"):
        paid = settled.get(item.pk, 0)
        if left := item.pence - paid:
            number = item.document.number or ""
            lines.append(
                StatementLine(item.document.issued_on, number, "Invoice", item.pence, paid, left, due_on=item.due_on)
            )
            ageing[_BUCKETS[_bucket((as_at - item.due_on).days)]] += left
    return lines, ageing


def _bucket(days_late: int) -> int:
    return 0 if days_late <= 0 else min((days_late - 1) // 30 + 1, 4)


def _open_credits(customer: Organisation, as_at: date) -> list[StatementLine]:
    """Money on account and credit notes not yet used: charged with a minus, or paid."""
    used = Counter(_settled(as_at, "source_id", source__organisation=customer)) + _gone(customer, as_at)
    sources = UnallocatedItem.objects.filter(organisation=customer, entry__posted_on__lte=as_at)
    kept = sources.filter(Q(reversed_on__isnull=True) | Q(entry__reversed_by__posted_on__gt=as_at))
    lines = []
    for source in kept.select_related("document"):
        left = source.pence - used[source.pk]
        if left and source.document:
            number, spent = source.document.number or "", source.pence - left
            lines.append(StatementLine(source.received_on, number, "Credit note", -source.pence, -spent, -left))
        elif left:
            what = "Received, not yet set against an invoice"
            lines.append(StatementLine(source.received_on, source.reference[:40], what, 0, left, -left))
    return lines


def _gone(customer: Organisation, as_at: date) -> Counter[int]:
    """Pence that went back to the customer or became another's by the end of a day, such as a purse's, by source."""
    gone: Counter[int] = Counter()
    refunds = Refund.objects.filter(source__organisation=customer, entry__posted_on__lte=as_at)
    carries = Carry.objects.filter(source__organisation=customer, target__entry__posted_on__lte=as_at)
    for found in (refunds, carries):
        for source, pence in found.values_list("source_id", "pence"):
            gone[source] += pence
    return gone
