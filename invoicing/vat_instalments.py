"""What is paid in instalments, for the VAT return: read for a period, decided by ``documents.instalment_nets``."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from django.db.models import Q, Sum

from invoicing.documents.instalment_nets import NetPart, Received, nets_by_day
from invoicing.documents.models import Document, DocumentLine, Instalment
from invoicing.receivables.models import MONEY, Allocation
from marketplace.core.money import share_out


class InstalmentNet(NamedTuple):
    """Net pence of a VAT category and reason (in small letters) that count on a day; below nought what was credited."""

    category: str
    reason: str
    on: date
    pence: int


class _Key(NamedTuple):
    document: int
    category: str
    rate: Decimal
    reason: str


def instalment_nets(*, supplier_id: int, start: date, end: date) -> list[InstalmentNet]:
    """What counts from ``start`` up to but not including ``end`` of a supplier's invoices in instalments. Five queries."""
    issued = _invoices(supplier_id, start, end)
    parts, credits, received = _parts(list(issued)), _credits(list(issued)), _received(list(issued))
    return [
        InstalmentNet(key.category, key.reason, on, pence)
        for key, own in parts.items()
        for on, pence in nets_by_day(
            own,
            issued_on=issued[key.document],
            received=received.get(key.document, []),
            credits=credits.get(key, []),
        ).items()
        if start <= on < end
    ]


def _invoices(supplier_id: int, start: date, end: date) -> dict[int, date]:
    """Invoices with a payment or a credit in the dates or after them, by id, with their day of issue."""
    planned = Instalment.objects.filter(due_on__gte=start).values("document")
    credited = Document.objects.filter(
        kind=Document.Kind.CREDIT_NOTE, state=Document.State.ISSUED, tax_point__gte=start, tax_point__lt=end,
        credits__in=Instalment.objects.values("document"),
    ).values("credits")  # fmt: skip
    late = Q(tax_point__gte=start, pk__in=Instalment.objects.values("document"))  # due before they were issued
    found = Document.objects.filter(
        Q(pk__in=planned) | Q(pk__in=credited) | late,
        kind=Document.Kind.INVOICE, state=Document.State.ISSUED, supplier_id=supplier_id, tax_point__lt=end,
    )  # fmt: skip
    return dict(found.values_list("pk", "issued_on"))


def _reasons(ids: Sequence[int]) -> dict[tuple[int, str, Decimal], dict[str, int]]:
    """Net pence by reason of each category and rate of an invoice."""
    rows = DocumentLine.objects.filter(document_id__in=ids).order_by().values("document_id", "vat_category", "vat_rate")
    sums = rows.values_list("document_id", "vat_category", "vat_rate", "vat_reason").annotate(net=Sum("net_pence"))
    found: dict[tuple[int, str, Decimal], dict[str, int]] = {}
    for document, category, rate, reason, net in sums.order_by("vat_reason"):
        own = found.setdefault((document, category, rate), {})
        own[reason.lower()] = own.get(reason.lower(), 0) + net
    return found


def _parts(ids: Sequence[int]) -> dict[_Key, list[NetPart]]:
    """The plan of each invoice, its net shared among the reasons that stand behind a rate."""
    reasons = _reasons(ids)
    rows = Instalment.objects.filter(document_id__in=ids).order_by("document_id", "position")
    plan = list(rows.values_list("document_id", "category", "rate", "due_on", "net_pence", "vat_pence"))
    whole: dict[tuple[int, date], int] = {}
    for document, _, _, due_on, net, vat in plan:
        whole[document, due_on] = whole.get((document, due_on), 0) + net + vat
    parts: dict[_Key, list[NetPart]] = {}
    for document, category, rate, due_on, net, _ in plan:
        own = reasons[document, category, rate]
        for reason, pence in zip(own, share_out(net, list(own.values())), strict=True):
            part = NetPart(due_on, pence, whole[document, due_on])
            parts.setdefault(_Key(document, category, rate, reason), []).append(part)
    return parts


def _credits(ids: Sequence[int]) -> dict[_Key, list[tuple[date, int]]]:
    """Net pence credited, by day, of each invoice, category, rate and reason."""
    rows = DocumentLine.objects.filter(document__credits_id__in=ids, document__state=Document.State.ISSUED)
    columns = ("document__credits_id", "vat_category", "vat_rate", "vat_reason", "document__tax_point", "net_pence")
    found: dict[_Key, list[tuple[date, int]]] = {}
    for document, category, rate, reason, on, pence in rows.order_by("pk").values_list(*columns):
        found.setdefault(_Key(document, category, rate, reason.lower()), []).append((on, pence))
    return found


def _received(ids: Sequence[int]) -> dict[int, list[Received]]:
    """Money set against each invoice, and undone: the money that makes a tax point, as allocating has it."""
    rows = Allocation.objects.filter(item__document_id__in=ids, source__kind__in=MONEY)
    columns = ("item__document_id", "item__due_on", "pence", "allocated_on", "undone_on")
    found: dict[int, list[Received]] = {}
    for document, due_on, pence, on, undone_on in rows.order_by("pk").values_list(*columns):
        own = found.setdefault(document, [])
        own.append(Received(on, due_on, pence))
        if undone_on:
            own.append(Received(undone_on, due_on, -pence))
    return found
