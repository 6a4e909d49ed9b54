"""Invoices that a commissioner approves for payment, with a purchase order, or queries."""

from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import Sum
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from frontend.council.access import READ_AND_WRITE, CouncilRequest, council_page, show
from frontend.finance.listing import page_of
from frontend.jinja import url
from invoicing.credit_control.models import InvoiceQuery
from invoicing.documents.models import Document
from invoicing.services import open_query
from marketplace.core.errors import DomainError, NotFound
from subscriptions.commissions.models import InvoiceApproval
from subscriptions.commissions.queries import contract_numbers_of, invoices_to_approve
from subscriptions.commissions.services.approving import PURCHASE_ORDER_LIMIT, approve_invoice
from subscriptions.outcomes.models import OutcomeContract


class ApproveForm(forms.Form):
    """The purchase order, and whether it goes on later invoices, too."""

    purchase_order = forms.CharField(
        label="Purchase order", max_length=PURCHASE_ORDER_LIMIT, error_messages={"required": "Enter the purchase order"},
        help_text="The number that your payments need",
    )  # fmt: skip
    keep = forms.BooleanField(label="Put it on later invoices of this contract, too", required=False, initial=True)


class QueryForm(forms.Form):
    """What is not right."""

    text = forms.CharField(
        label="What is not right", max_length=2000, widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": "Enter what is not right"}, help_text="Do not name pupils",
    )  # fmt: skip


@council_page(section="council-invoices")
def invoices(request: CouncilRequest) -> HttpResponse:
    """Invoices to the commissioner's councils, the latest first."""
    page = page_of(request, invoices_to_approve(request.actor), per_page=25)
    found = list(page)
    queried = _queried(found)
    left = _left_of(found)
    rows = [
        {"document": one, "state": state_of(one, queried, left.get(one.pk) or 0), "left": left.get(one.pk) or 0}
        for one in found
    ]
    return show(request, "invoices.html", {"rows": rows, "page_obj": page})


def _left_of(documents: list[Document]) -> dict[int, int | None]:
    """What is left to pay of each, in pence. One query."""
    found = Document.objects.filter(pk__in=[one.pk for one in documents]).order_by().values_list("pk")
    return dict(found.annotate(pence=Sum("items__outstanding_pence")))


def state_of(document: Document, queried: set[int], left: int) -> str:
    """The key in ``formats.STATES``; what nothing is left of, in pence, waits for nobody."""
    if document.pk in queried:
        return "in query"
    if approval_of(document):
        return "invoice approved"
    return "invoice to approve" if left else "invoice settled"


def approval_of(document: Document) -> InvoiceApproval | None:
    """The approval of an invoice that was read with it."""
    found: InvoiceApproval | None = getattr(document, "commissioner_approval", None)
    return found


def _queried(documents: list[Document]) -> set[int]:
    live = InvoiceQuery.objects.filter(document__in=documents).exclude(state=InvoiceQuery.State.RESOLVED)
    return set(live.values_list("document_id", flat=True))


@council_page(READ_AND_WRITE, section="council-invoices")
def invoice(request: CouncilRequest, number: str) -> HttpResponse:
    """One invoice: what it pays for, then approve or query."""
    found = invoices_to_approve(request.actor).filter(number=number).first()
    if found is None:
        raise NotFound("Page not found")
    numbers = contract_numbers_of([found]).get(found.pk, [])
    contracts = list(OutcomeContract.objects.filter(number__in=numbers))
    order = found.purchase_order or next((one.purchase_order for one in contracts if one.purchase_order), "")
    do = request.POST.get("do", "")
    form = ApproveForm(request.POST if do == "approve" else None, initial={"purchase_order": order, "keep": True})
    query = QueryForm(request.POST if do == "query" else None)
    bound = query if do == "query" else form
    if do and bound.is_valid():
        try:
            messages.success(request, _done(request, found, do, bound.cleaned_data))
            return redirect(url("council-invoice", number=number))
        except DomainError as error:
            bound.add_error(None, error.message)
    queries = list(found.queries.exclude(state=InvoiceQuery.State.RESOLVED))
    left = _left_of([found]).get(found.pk) or 0
    context: dict[str, Any] = {
        "document": found, "lines": list(found.lines.order_by("position")), "contracts": contracts,
        "state": state_of(found, {found.pk} if queries else set(), left), "queries": queries, "form": form, "query": query,
        "approval": approval_of(found), "left": left, "forms": [form, query], "back_url": url("council-invoices"),
    }  # fmt: skip
    return show(request, "invoice.html", context, status=400 if bound.errors else 200)


def _done(request: CouncilRequest, found: Document, do: str, given: dict[str, Any]) -> str:
    """Does it and says who acts next."""
    if do == "query":
        made = open_query(
            document=found, organisation=found.customer, text=given["text"], at=timezone.now(), actor=request.actor
        )
        return f"{made.number} is asked. Our finance office answers; you need not pay until then."
    approve_invoice(
        document=found, purchase_order=given["purchase_order"], keep=given["keep"], on=timezone.localdate(),
        actor=request.actor,
    )  # fmt: skip
    return f"{found.number} is approved for payment with purchase order {given['purchase_order']}."
