"""A provider sends an invoice of its own, as a PDF or an e-invoice, or a credit note for one that it sent before."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from catalogue.offer_queries import provider_for
from frontend.buying import SignedInRequest
from frontend.fields import PoundsField, ShortDateField
from frontend.finance.access import posted, said
from frontend.finance.self_billing import last_day
from frontend.formats import long_date
from frontend.jinja import url
from invoicing.provider_invoices.agreements import agreement_on
from invoicing.provider_invoices.matching import owed_amounts
from invoicing.provider_invoices.models import ProviderInvoice
from invoicing.provider_invoices.queries import provider_invoice_for
from invoicing.provider_invoices.receiving import left_to_credit, receive_invoice
from invoicing.provider_invoices.receiving_ubl import receive_ubl
from marketplace.core.errors import DomainError, NotFound
from providers.models import Provider


class SendForm(forms.Form):
    """An invoice of the provider's own."""

    number = forms.CharField(
        label="Your invoice number", max_length=40, error_messages={"required": "Enter the number that you gave it"}
    )
    dated_on = ShortDateField(
        label="Invoice date", help_text="Such as 30/9/26", error_messages={"required": "Enter the date on it"}
    )
    net_pence = PoundsField(label="Net, before VAT", least=1, error_messages={"required": "Enter the net amount"})
    vat_pence = PoundsField(
        label="VAT", initial=0, help_text="0 where you are not registered for VAT",
        error_messages={"required": "Enter the VAT, 0 where there is none"},
    )  # fmt: skip
    file = forms.FileField(
        label="The invoice", help_text="PDF, at most 10 MB", error_messages={"required": "Choose the PDF"}
    )


class UblForm(forms.Form):
    """An e-invoice of the provider's own, which says all by itself."""

    ubl = forms.FileField(
        label="E-invoice",
        help_text="UBL, a file that ends in .xml",
        error_messages={"required": "Choose the e-invoice"},
    )


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def send(request: SignedInRequest, provider: str) -> HttpResponse:
    """Sends an invoice of the provider's own; an e-invoice that does not tie is told line by line."""
    found = provider_for(request.actor, provider)
    by_ubl = request.POST.get("do") == "ubl"
    form = SendForm() if by_ubl else SendForm(posted(request), request.FILES or None)
    ubl = UblForm(posted(request), request.FILES or None) if by_ubl else UblForm()

    def take(given: dict[str, Any]) -> ProviderInvoice:
        values: dict[str, Any] = {"provider": found.organisation, "on": timezone.localdate(), "actor": request.actor}
        if by_ubl:
            return receive_ubl(upload=given["ubl"].read(), file_name=given["ubl"].name, **values)
        return receive_invoice(**_written(given), **values)

    made, errors, status = _taken(ubl if by_ubl else form, take)
    if made is not None:
        return _thanks(request, found, made)
    context = {
        "provider": found, "form": form, "ubl": ubl, "forms": [form, ubl], "errors": errors,
        "running": agreement_on(found.organisation, timezone.localdate()), "last_day": last_day,
        "owed_pence": sum(row.pence for row in owed_amounts(found.organisation)),
        "back_url": url("provider-money", provider=provider),
    }  # fmt: skip
    return render(request, "provider/invoice_send.html", context, status=status)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def credit(request: SignedInRequest, provider: str, pk: int) -> HttpResponse:
    """Sends a credit note for an agreed invoice of the provider's own."""
    found = provider_for(request.actor, provider)
    invoice = provider_invoice_for(request.actor, pk)
    if invoice.provider_id != found.organisation_id or not may_credit(invoice):
        raise NotFound("Page not found")
    form = SendForm(posted(request), request.FILES or None)

    def take(given: dict[str, Any]) -> ProviderInvoice:
        return receive_invoice(
            provider=found.organisation,
            on=timezone.localdate(),
            actor=request.actor,
            credits=invoice,
            **_written(given),
        )

    made, errors, status = _taken(form, take)
    if made is not None:
        return _thanks(request, found, made)
    context = {
        "provider": found, "invoice": invoice, "form": form, "forms": [form], "errors": errors,
        "left_pence": left_to_credit(invoice), "owed": owed_amounts(found.organisation, credit=True),
        "back_url": url("provider-invoice", provider=provider, pk=pk),
    }  # fmt: skip
    return render(request, "provider/credit_send.html", context, status=status)


def may_credit(invoice: ProviderInvoice) -> bool:
    """Whether the provider may send a credit note for it: it wrote it, we agreed it, and something is left."""
    own = invoice.kind == ProviderInvoice.Kind.OWN and invoice.state == ProviderInvoice.State.AGREED
    return own and left_to_credit(invoice) > 0


def _written(given: dict[str, Any]) -> dict[str, Any]:
    plain = {name: given[name] for name in ("number", "dated_on", "net_pence", "vat_pence")}
    return {**plain, "upload": given["file"].read(), "file_name": given["file"].name}


def _taken(
    form: forms.Form, take: Callable[[dict[str, Any]], ProviderInvoice]
) -> tuple[ProviderInvoice | None, list[str], int]:
    """What was taken in, or the sentences why not, and the status of the page."""
    if not form.is_bound:
        return None, [], 200
    if not form.is_valid():
        return None, [], 400
    try:
        return take(form.cleaned_data), [], 200
    except DomainError as error:
        return None, said(error), error.status


def _thanks(request: SignedInRequest, found: Provider, made: ProviderInvoice) -> HttpResponse:
    if made.is_credit:
        words = f"We check {made.number} and take it from your next payment once it is agreed."
    else:
        words = f"We check {made.number} and pay it on {long_date(made.due_on)} once it is agreed."
    messages.success(request, words)
    return redirect(url("provider-invoice", provider=found.code, pk=made.pk))
