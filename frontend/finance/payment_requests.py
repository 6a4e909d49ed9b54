"""Asking somebody else to pay a part of a school's invoice: the list, asking, one request with its letter."""

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from frontend.fields import PoundsField
from frontend.finance.access import READ_AND_WRITE, FinanceRequest, finance_page, posted, said, show
from frontend.finance.funds import organisation_named
from frontend.finance.history import history_of
from frontend.finance.listing import chosen, csv_response, csv_url, page_of, pounds, wants_csv
from frontend.finance.papers import pay_to
from frontend.formats import money
from frontend.jinja import url
from invoicing.documents.issue import parties_on
from invoicing.documents.models import Document
from invoicing.documents.pdf import PaymentRequestLetter, render_payment_request
from invoicing.documents.snapshot import Party
from invoicing.funds.asked import payment_request_for, payment_requests_for, standing_of
from invoicing.models import PaymentRequest, ReceivableItem
from invoicing.queries import document_for
from invoicing.services import request_payment, withdraw_payment_request
from marketplace.core.actors import FINANCE
from marketplace.core.errors import DomainError, NotFound
from marketplace.organisations.models import Organisation
from marketplace.organisations.queries import partnership

_CSV = ["number", "asked_on", "asked", "asked_number", "invoice", "customer", "amount", "paid", "left", "state"]
_FINISHED_WORDS = {
    "paid": "It is paid.",
    "closed": "The invoice was paid otherwise or credited, so nothing is left to pay.",
    "withdrawn": "It was withdrawn: nothing is asked for any more.",
}


class PaymentRequestFilter(forms.Form):
    """Which requests to show."""

    show = forms.ChoiceField(
        label="Show", required=False, choices=[("", "All"), ("open", "Still to pay"), ("withdrawn", "Withdrawn")]
    )


class AskForm(forms.Form):
    """Whom to ask for how much of the invoice, and why."""

    funder = forms.CharField(label="Who pays", max_length=200, help_text="Name or customer number")
    pence = PoundsField(label="Amount", least=1)
    reason = forms.CharField(label="What it pays for", max_length=200, help_text="It stands on the request")
    reference = forms.CharField(
        label="Their reference", max_length=40, required=False, help_text="Such as their purchase order"
    )

    def clean_funder(self) -> Organisation:
        return organisation_named(self.cleaned_data["funder"].strip())


class WithdrawForm(forms.Form):
    """Why nothing is asked for any more."""

    reason = forms.CharField(label="Reason", max_length=200)


@finance_page(section="finance-invoicing")
def payment_requests(request: FinanceRequest) -> HttpResponse:
    """Every payment request, latest first, with what came of it."""
    form = PaymentRequestFilter(request.GET)
    found = payment_requests_for(request.actor)
    wanted = form.cleaned_data["show"] if form.is_valid() else ""
    if wanted == "open":
        found = found.filter(state="open", left_pence__gt=0)
    elif wanted:
        found = found.filter(state=wanted)
    if wants_csv(request):
        return csv_response("payment-requests", _CSV, (_csv_row(one) for one in found))
    page = page_of(request, found)
    context = {
        "form": form, "chosen": chosen(request, form), "page_obj": page, "csv_url": csv_url(request),
        "rows": [(one, standing_of(one)) for one in page],
    }  # fmt: skip
    return show(request, "payment_requests.html", context)


def _csv_row(one: Any) -> list[object]:
    left = one.left_pence if one.state == PaymentRequest.State.OPEN else 0
    return [
        one.number, one.requested_on, one.funder.name, one.funder.number, one.document.number,
        one.document.buyer.get("name", ""), pounds(one.pence), pounds(one.paid_pence), pounds(left),
        standing_of(one),
    ]  # fmt: skip


@finance_page(READ_AND_WRITE, section="finance-invoicing", to="ask somebody else to pay")
def ask(request: FinanceRequest, number: str) -> HttpResponse:
    """Asks somebody else to pay a part of an invoice. The customer still owes all of it."""
    request.actor.require(*sorted(FINANCE), to="ask somebody else to pay")
    found = document_for(request.actor, number)
    if found.kind != Document.Kind.INVOICE:
        raise NotFound(f"There is no invoice {number}.")
    form = AskForm(posted(request))
    if form.is_valid():
        given = form.cleaned_data
        try:
            made = request_payment(
                invoice=found, funder=given["funder"], pence=given["pence"], reason=given["reason"],
                reference=given["reference"], on=timezone.localdate(), actor=request.actor,
            )  # fmt: skip
        except DomainError as error:
            form.add_error(None, " ".join(said(error)))
        else:
            messages.success(request, f"{made.funder.name} is asked to pay {money(made.pence)} of {number}.")
            return redirect(url("finance-payment-request", number=made.number))
    owed = sum(ReceivableItem.objects.filter(document=found).values_list("outstanding_pence", flat=True))
    context = {
        "document": found, "form": form, "owed_pence": owed, "back_url": url("finance-invoice", number=number),
    }  # fmt: skip
    return show(request, "payment_request_ask.html", context, status=400 if form.is_bound else 200)


@finance_page(READ_AND_WRITE, section="finance-invoicing")
def payment_request(request: FinanceRequest, number: str) -> HttpResponse:
    """One payment request: what was asked, what came, and its end."""
    found = payment_request_for(request.actor, number)
    if request.method == "POST":
        request.actor.require(*sorted(FINANCE), to="withdraw payment requests")
    form = WithdrawForm(posted(request))
    if form.is_valid():
        try:
            withdraw_payment_request(
                request=found, reason=form.cleaned_data["reason"], on=timezone.localdate(), actor=request.actor
            )
        except DomainError as error:
            form.add_error(None, " ".join(said(error)))
        else:
            messages.success(request, f"{number} is withdrawn.")
            return redirect(url("finance-payment-request", number=number))
    standing = standing_of(found)
    context = {
        "asked": found, "standing": standing, "form": form, "finished": _FINISHED_WORDS.get(standing, ""),
        "history": history_of(subject_kind="payment_request", subject=number),
        "back_url": url("finance-payment-requests"),
    }  # fmt: skip
    return show(request, "payment_request.html", context, status=400 if form.is_bound else 200)


@finance_page(section="finance-invoicing")
def letter(request: FinanceRequest, number: str) -> HttpResponse:
    """The request on paper."""
    return letter_response(payment_request_for(request.actor, number))


def letter_response(asked: Any) -> HttpResponse:
    """The PDF of a request, as it stands now, which the browser opens."""
    response = HttpResponse(_letter_pdf(asked), content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{asked.number}.pdf"'
    return response


def _letter_pdf(asked: Any) -> bytes:
    us = partnership()
    parties = parties_on({us.pk, asked.funder_id}, asked.requested_on)
    open_ = asked.state == PaymentRequest.State.OPEN
    return render_payment_request(
        PaymentRequestLetter(
            number=asked.number,
            funder=Party(**parties[asked.funder_id]),
            seller=Party(**parties[us.pk]),
            customer_name=asked.document.buyer.get("name", ""),
            invoice=asked.document.number,
            invoiced_on=asked.document.issued_on,
            invoice_pence=asked.document.gross_pence,
            written_on=asked.requested_on,
            pence=asked.pence,
            paid_pence=asked.paid_pence,
            left_pence=asked.left_pence if open_ else 0,
            withdrawn_on=asked.withdrawn_on,
            reason=asked.reason,
            reference=asked.reference,
            pay_to=pay_to(),
            demonstration=settings.DEMONSTRATION,
        )
    )
