"""Reads of credit control, scoped to an actor."""

from collections import defaultdict
from collections.abc import Collection
from typing import Any

from django.db.models import F, Prefetch, Q, QuerySet, Sum

from invoicing.credit_control.models import InvoiceQuery, QueryLine, Reminder, ReminderLevel
from invoicing.credit_control.rules.in_query import in_query_of_items
from invoicing.documents.models import Document, DocumentLine
from invoicing.queries import require_finance_reader
from invoicing.receivables.models import ReceivableItem
from marketplace.core.actors import FINANCE_READERS, INVOICED, Actor
from marketplace.core.errors import NotFound
from marketplace.organisations.models import Organisation


def queries_for(actor: Actor) -> QuerySet[InvoiceQuery]:
    """Queries of the actor's organisations and of invoices to them; all for finance and the auditor."""
    found = InvoiceQuery.objects.select_related("document__customer", "organisation")
    if actor.system or actor.has(*FINANCE_READERS):
        return found
    own = actor.organisations(*INVOICED)
    return found.filter(Q(organisation_id__in=own) | Q(document__customer_id__in=own))


def query_for(actor: Actor, number: str) -> InvoiceQuery:
    """One query by its number, or NotFound."""
    lines = QueryLine.objects.select_related("line").order_by("line__position")
    found = queries_for(actor).prefetch_related(Prefetch("lines", lines), "messages__person").filter(number=number)
    if (query := found.first()) is None:
        raise NotFound(f"There is no query {number}.")
    return query


def queryable_for(actor: Actor, organisation: Organisation, number: str) -> Document:
    """An invoice to the organisation, or one on which lines stand that it receives; otherwise NotFound.

    A school sees no more of its trust's invoice than its own lines: read them by ``own_lines``.
    """
    invoices = Document.objects.filter(kind=Document.Kind.INVOICE, state=Document.State.ISSUED, number=number)
    own = invoices.filter(Q(customer=organisation) | Q(lines__consumer=organisation)).distinct()
    if not (actor.system or organisation.pk in actor.organisations(*INVOICED)) or (found := own.first()) is None:
        raise NotFound(f"There is no invoice {number}.")
    return found


def queried_pence(queries: Collection[InvoiceQuery] | QuerySet[InvoiceQuery, Any]) -> dict[int, int]:
    """What is in query of each, by id: gross pence of its live lines less what was credited of them. Two queries."""
    lines = QueryLine.objects.filter(query__in=queries, live=True).order_by()
    whole = F("line__net_pence") + F("line__vat_pence")
    gross: dict[int, int] = dict(lines.values_list("query_id").annotate(pence=Sum(whole)))
    credits = lines.filter(line__credited_by__document__state=Document.State.ISSUED)
    back = F("line__credited_by__net_pence") + F("line__credited_by__vat_pence")
    credited: dict[int, int] = dict(credits.values_list("query_id").annotate(pence=Sum(back)))
    return {pk: pence - credited.get(pk, 0) for pk, pence in gross.items()}


def in_query_by_item(document_ids: Collection[int] | QuerySet[Any, Any] | None = None) -> dict[int, int]:
    """Pence in query by open item, of these invoices or of all. Three queries, however many are in query."""
    live = QueryLine.objects.filter(live=True).order_by()
    credits = DocumentLine.objects.filter(credits_line__queried__live=True, document__state=Document.State.ISSUED)
    if document_ids is not None:
        live = live.filter(line__document_id__in=document_ids)
        credits = credits.filter(credits_line__document_id__in=document_ids)
    queried: dict[int, int] = defaultdict(int)
    for document_id, net, vat in live.values_list("line__document_id", "line__net_pence", "line__vat_pence"):
        queried[document_id] += net + vat
    if not queried:
        return {}
    for document_id, net, vat in credits.order_by().values_list("credits_line__document_id", "net_pence", "vat_pence"):
        queried[document_id] -= net + vat
    items: dict[int, list[tuple[int, int]]] = defaultdict(list)
    open_items = ReceivableItem.objects.filter(document_id__in=queried, outstanding_pence__gt=0).order_by(
        "due_on", "pk"
    )
    for pk, document_id, pence in open_items.values_list("pk", "document_id", "outstanding_pence"):
        items[document_id].append((pk, pence))
    return {
        pk: share
        for document_id, rows in items.items()
        for (pk, _), share in zip(rows, in_query_of_items(queried[document_id], [p for _, p in rows]), strict=True)
        if share
    }


def reminder_levels(actor: Actor) -> QuerySet[ReminderLevel]:
    """The levels in their order, for finance and the auditor."""
    require_finance_reader(actor)
    return ReminderLevel.objects.order_by("position")


def reminders_for(actor: Actor) -> QuerySet[Reminder]:
    """Reminders that were sent: all for finance and the auditor, otherwise those to the actor's organisations."""
    found = Reminder.objects.select_related("organisation", "level")
    if actor.system or actor.has(*FINANCE_READERS):
        return found
    return found.filter(organisation_id__in=actor.organisations(*INVOICED))


def reminder_for(actor: Actor, pk: int) -> Reminder:
    """One reminder, or NotFound."""
    found = reminders_for(actor).filter(pk=pk).first()
    if found is None:
        raise NotFound("There is no such reminder.")
    return found
