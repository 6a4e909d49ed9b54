"""Reads of payment requests: all for finance and the auditor; the funder and the invoice's customer see their own."""

from typing import Any

from django.db.models import BigIntegerField, F, OuterRef, Q, QuerySet, Subquery, Sum, Value
from django.db.models.functions import Coalesce, Least

from invoicing.documents.models import Document
from invoicing.funds.payment_request_models import PaymentRequest
from invoicing.receivables.models import Allocation, ReceivableItem, UnallocatedItem
from marketplace.core.actors import FINANCE_READERS, INVOICED, Actor
from marketplace.core.errors import NotFound
from marketplace.organisations.models import Organisation

_MONEY = [UnallocatedItem.Kind.RECEIPT, UnallocatedItem.Kind.CARRIED]
_PENCE = BigIntegerField()
_ZERO = Value(0, output_field=_PENCE)


def requests_with_figures(requests: QuerySet[PaymentRequest]) -> QuerySet[Any]:
    """The requests with ``paid_pence``, ``left_pence`` and ``standing``, read from the allocations of this moment.

    Paid is what the funder's own money was set against the invoice, at most what it was asked for. Left is the rest, at
    most what the invoice is still owed, since another may have paid it or a credit note lowered it.
    """
    own = Allocation.objects.filter(
        item__document=OuterRef("document"), source__organisation=OuterRef("funder"), source__kind__in=_MONEY,
        undone_on__isnull=True,
    )  # fmt: skip
    paid = own.order_by().values("source__organisation").annotate(sum=Sum("pence")).values("sum")
    items = ReceivableItem.objects.filter(document=OuterRef("document")).order_by().values("document")
    owed = items.annotate(sum=Sum("outstanding_pence")).values("sum")
    return requests.select_related("funder", "document__customer").annotate(
        paid_pence=Least(Coalesce(Subquery(paid, output_field=_PENCE), _ZERO), F("pence"), output_field=_PENCE),
        owed_pence=Coalesce(Subquery(owed, output_field=_PENCE), _ZERO),
        left_pence=Least(F("pence") - F("paid_pence"), F("owed_pence"), output_field=_PENCE),
    )


def standing_of(request: Any) -> str:
    """One of open, part_paid, paid, closed (nothing left to pay, by others or a credit) and withdrawn."""
    if request.state == PaymentRequest.State.WITHDRAWN:
        return "withdrawn"
    if request.paid_pence >= request.pence:
        return "paid"
    if not request.left_pence:
        return "closed"
    return "part_paid" if request.paid_pence else "open"


def payment_requests_for(actor: Actor) -> QuerySet[Any]:
    """Payment requests with their figures, latest first. Others are told nothing of them."""
    found = requests_with_figures(PaymentRequest.objects.order_by("-pk"))
    if actor.system or actor.has(*FINANCE_READERS):
        return found
    own = actor.organisations(*INVOICED)
    return found.filter(Q(funder_id__in=own) | Q(document__customer_id__in=own))


def requests_of(actor: Actor, document: Document) -> list[tuple[Any, str]]:
    """What others were asked to pay of one document, each with its standing; without what was withdrawn."""
    found = payment_requests_for(actor).filter(document=document, state=PaymentRequest.State.OPEN)
    return [(one, standing_of(one)) for one in found]


def asked_of(actor: Actor, funder: Organisation) -> list[tuple[Any, str]]:
    """What one funder was asked to pay and what is left of it, latest first; without what is over."""
    found = payment_requests_for(actor).filter(funder=funder, state=PaymentRequest.State.OPEN, left_pence__gt=0)
    return [(one, standing_of(one)) for one in found[:50]]


def still_asked() -> QuerySet[Any]:
    """Every request of which something is left to pay, oldest first: for matching the bank's lines."""
    found = PaymentRequest.objects.filter(state=PaymentRequest.State.OPEN).order_by("pk")
    return requests_with_figures(found).filter(left_pence__gt=0)


def payment_request_for(actor: Actor, number: str) -> Any:
    """One payment request by its number, or NotFound whether it is missing or not the actor's."""
    found = payment_requests_for(actor).filter(number=number).first()
    if found is None:
        raise NotFound(f"There is no payment request {number}.")
    return found
