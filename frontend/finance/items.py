"""Items to invoice: the list of what waits, and the page of one with its working."""

from datetime import date
from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import F, Q, QuerySet, Sum
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from frontend.addresses import own_address
from frontend.fields import ShortDateField
from frontend.finance.access import READ_AND_WRITE, FinanceRequest, finance_page, posted, said, show
from frontend.finance.history import history_of
from frontend.finance.listing import chosen, csv_response, csv_url, page_of, pounds, sort_by, wants_csv
from frontend.formats import money
from frontend.jinja import url
from invoicing.funds.models import FundSupport
from invoicing.queries import charges_for
from invoicing.receivables.models import Charge
from invoicing.services import amend_unbilled
from marketplace.core.actors import Actor, Role
from marketplace.core.errors import DomainError, NotFound
from marketplace.trading.models import OrderLine

_SORTS = {
    "due": ["bill_on", "pk"],
    "customer": ["invoice_to__name", "pk"],
    "item": ["description", "pk"],
    "net": ["net_pence", "pk"],
}
_NEEDS_ORDER = Q(invoice_to__terms__purchase_order_rule="required", purchase_order="")


# By a person, or for want of the purchase order that the customer's terms ask for.
HELD = ~Q(held_reason="") | _NEEDS_ORDER


class ItemFilter(forms.Form):
    """Which items to show."""

    customer = forms.CharField(required=False, label="Customer", max_length=100)
    due_by = ShortDateField(required=False, label="Due by")
    held = forms.ChoiceField(
        required=False,
        label="Held",
        choices=[("", "All"), ("no", "Ready"), ("order", "Purchase order missing"), ("yes", "Held for any reason")],
    )


class ItemForm(forms.Form):
    """What may change before an item is invoiced."""

    purchase_order = forms.CharField(
        required=False, label="Purchase order", max_length=20, help_text="Up to 20 characters, as the payer writes it"
    )
    bill_on = ShortDateField(label="Invoice on or after")
    held_reason = forms.CharField(
        required=False, label="Hold, because", max_length=120, help_text="Leave empty to let it be invoiced"
    )


def waiting_items(actor: Actor) -> QuerySet[Charge]:
    """Items to invoice with the terms of whom they are invoiced to; ``HELD`` tells which of them wait."""
    return charges_for(actor).filter(state=Charge.State.PENDING).select_related("invoice_to__terms")


def hold_of(item: Charge) -> str:
    """Why an item waits, in words; empty when it may be invoiced. The batch says the same."""
    if item.held_reason:
        return item.held_reason
    terms = getattr(item.invoice_to, "terms", None)
    if terms and terms.purchase_order_rule == "required" and not item.purchase_order:
        return f"{terms.payer_reference_name} missing"
    return ""


def _filtered(items: QuerySet[Charge], form: ItemFilter) -> QuerySet[Charge]:
    if not form.is_valid():
        return items
    wanted = form.cleaned_data
    if wanted["customer"]:
        named = Q(invoice_to__name__icontains=wanted["customer"]) | Q(consumer__name__icontains=wanted["customer"])
        items = items.filter(named | Q(invoice_to__number__iexact=wanted["customer"]))
    if wanted["due_by"]:
        items = items.filter(bill_on__lte=wanted["due_by"])
    if wanted["held"] == "order":
        return items.filter(_NEEDS_ORDER)
    if wanted["held"]:
        return items.filter(HELD) if wanted["held"] == "yes" else items.exclude(HELD)
    return items


@finance_page(section="finance-invoicing")
def items(request: FinanceRequest) -> HttpResponse:
    """What waits to be invoiced, with the total of the whole filter."""
    form = ItemFilter(request.GET)
    found = _filtered(waiting_items(request.actor), form)
    found = found.order_by(*sort_by(request, _SORTS, default="due"))
    if wants_csv(request):
        return csv_response("items-to-invoice", _CSV, (_csv_row(item) for item in found))
    page = page_of(request, found)
    sums = found.aggregate(net=Sum(F("net_pence") - F("reduced_pence")))
    return show(
        request,
        "items.html",
        {
            "form": form,
            "chosen": chosen(request, form),
            "page_obj": page,
            "rows": [(item, hold_of(item)) for item in page],
            "net_pence": sums["net"] or 0,
            "csv_url": csv_url(request),
            "today": timezone.localdate(),
        },
    )


_CSV = ["invoice_on", "customer_number", "customer", "school", "item", "purchase_order", "held", "net"]


def _csv_row(item: Charge) -> list[object]:
    return [
        item.bill_on, item.invoice_to.number, item.invoice_to.name, item.consumer.name, item.description,
        item.purchase_order, hold_of(item), pounds(item.due_pence),
    ]  # fmt: skip


def _order_line(found: Charge) -> OrderLine | None:
    lines = OrderLine.objects.select_related("order__placed_by_person")
    return lines.filter(charge_source_key=found.source_key).first()


def _steps(found: Charge, ordered: OrderLine | None) -> list[dict[str, Any]]:
    """The steps of the quote with their pence where an order kept them, otherwise the working of the item.

    The order's last step is its VAT, which an invoice works out anew over its whole rate group.
    """
    if ordered:
        return list(ordered.steps[:-1])
    if found.steps:
        return [{"text": step, "pence": None} for step in found.steps]
    quantity, price = f"{found.quantity.normalize():f}", money(found.unit_price_pence)
    return [{"text": f"{quantity} × {price}", "pence": found.net_pence}]


def item_for(actor: Actor, pk: int) -> Charge:
    """One item to invoice with what its page tells, or NotFound."""
    items = charges_for(actor).select_related(
        "invoice_to__terms", "supplier", "account", "stream", "document_line__document"
    )
    found = items.filter(pk=pk).first()
    if found is None:
        raise NotFound("There is no such item.")
    return found


@finance_page(READ_AND_WRITE, section="finance-invoicing")
def item(request: FinanceRequest, pk: int) -> HttpResponse:
    """One item: how its price came about, who asked for it and when, and what may still change."""
    found = item_for(request.actor, pk)
    form = ItemForm(posted(request), initial=_initial(found))
    ordered = _order_line(found)
    status = 200
    if request.method == "POST":
        if form.is_valid():
            try:
                _amend(found, form, request.actor, release="release" in request.POST)
            except DomainError as error:
                form.add_error(None, " ".join(said(error)))
            else:
                messages.success(request, f"{found.description}: saved.")
                return redirect(_return_to(request) or url("finance-item", pk=pk))
        status = 400
    return show(
        request,
        "item.html",
        {
            "form": form,
            "item": found,
            "ordered": ordered,
            "steps": _steps(found, ordered),
            "hold": hold_of(found) if found.state == Charge.State.PENDING else "",
            "reductions": found.reductions.order_by("pk"),
            "fund_support": FundSupport.objects.filter(charge=found).exists(),
            "may_support": request.actor.has(Role.FINANCE_MANAGER),
            "history": history_of(subject_kind="charge", subject=str(found.pk)),
            "back_url": _return_to(request) or url("finance-invoicing"),
            "return_to": _return_to(request),
        },
        status=status,
    )


def _initial(found: Charge) -> dict[str, str | date]:
    return {
        "purchase_order": found.purchase_order,
        "bill_on": found.bill_on,
        "held_reason": found.held_reason,
    }


def _amend(found: Charge, form: ItemForm, actor: Actor, *, release: bool) -> None:
    amend_unbilled(
        source_key=found.source_key,
        purchase_order=form.cleaned_data["purchase_order"],
        bill_on=form.cleaned_data["bill_on"],
        held_reason="" if release else form.cleaned_data["held_reason"],
        actor=actor,
    )


def _return_to(request: FinanceRequest) -> str:
    """The page that sent the person here, when it is one of ours."""
    return own_address(request.POST.get("return_to") or request.GET.get("return_to"))
