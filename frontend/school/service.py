"""One agreement of a school: what it costs and why, how it is charged, its history; accepting and declining an offer."""

from datetime import date
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from frontend.agreement_page import facts_of
from frontend.agreement_words import limit_words, own_state_of, term_words
from frontend.buying import Buyer, SignedInRequest, buyer_for
from frontend.formats import money
from frontend.school.service_changes import expected_of
from frontend.school.services import service_of
from invoicing.documents.models import Document
from marketplace.core.errors import DomainError
from subscriptions.agreements.models import Agreement
from subscriptions.asking.queries import asked_of
from subscriptions.renewals.reading import worth_of
from subscriptions.services import decline, take_offer

State = Agreement.State


class DeclineForm(forms.Form):
    """Why not, if one wants to say."""

    reason = forms.CharField(label="Why not?", required=False, max_length=240)


@login_required
@require_safe
def service(request: SignedInRequest, kind: str, code: str, number: str) -> HttpResponse:
    """One agreement with everything that belongs to it, and what may be changed."""
    buyer, on = buyer_for(request, kind, code), timezone.localdate()
    found = service_of(buyer, request, number)
    context = {
        **_facts(request, buyer, found, on), "buyer": buyer, "state": own_state_of(found, on),
        "back_url": buyer.url("school-services"), "limit": _limit(request, found, on),
        "asked": asked_of(found)[:1],
    }  # fmt: skip
    return render(request, "school/service.html", context)


def _facts(request: SignedInRequest, buyer: Buyer, found: Agreement, on: date) -> dict[str, Any]:
    """The shared facts; an invoice opens where it is the buyer's own."""

    def invoice_url(document: Document) -> str:
        own = document.customer_id == buyer.organisation.pk
        return buyer.url("school-invoice", number=document.number) if own else ""

    return facts_of(found, request.actor, on, invoice_url=invoice_url)


def _limit(request: SignedInRequest, found: Agreement, on: date) -> str:
    gross = worth_of([found], on)[found.pk].value.gross.pence
    return limit_words(request.actor.spending_limit(found.organisation_id), gross)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def accept_service(request: SignedInRequest, kind: str, code: str, number: str) -> HttpResponse:
    """The sum of the whole term, whether one's limit covers it, and one button that says it again."""
    buyer, on = buyer_for(request, kind, code), timezone.localdate()
    found = service_of(buyer, request, number)
    here = buyer.url("school-service", number=number)
    if found.state != State.OFFERED:
        return redirect(here)
    facts = _facts(request, buyer, found, on)
    errors: list[str] = []
    status = 200
    gross = facts["worth"].value.gross.pence
    if request.method == "POST":
        try:
            take_offer(agreement=found, on=on, actor=request.actor, expected_pence=expected_of(request.POST) or 0)
        except DomainError as error:
            errors, status = [error.message, *error.detail], error.status
        else:
            messages.success(request, f"{found.title} is agreed for {facts['term']}, {money(gross)} with VAT.")
            return redirect(here)
    context = {**facts, "buyer": buyer, "errors": errors, "back_url": here, "limit": _limit(request, found, on)}
    context["over"] = context["limit"] != "" and not context["limit"].startswith("Within")
    return render(request, "school/service_accept.html", context, status=status)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def decline_service(request: SignedInRequest, kind: str, code: str, number: str) -> HttpResponse:
    """Says no to an offer, with the reason if one wants."""
    buyer = buyer_for(request, kind, code)
    found = service_of(buyer, request, number)
    here = buyer.url("school-service", number=number)
    if found.state != State.OFFERED:
        return redirect(here)
    form = DeclineForm(request.POST if request.method == "POST" else None)
    if form.is_valid() and _declined(request, found, form):
        messages.success(request, f"{found.title} is declined. Nothing is charged.")
        return redirect(here)
    return _decline_page(request, buyer, found, form)


def _declined(request: SignedInRequest, found: Agreement, form: DeclineForm) -> bool:
    try:
        decline(
            agreement=found, reason=form.cleaned_data["reason"], on=timezone.localdate(), actor=request.actor
        )  # fmt: skip
    except DomainError as error:
        form.add_error(None, error.message)
        return False
    return True


def _decline_page(request: SignedInRequest, buyer: Buyer, found: Agreement, form: DeclineForm) -> HttpResponse:
    context = {
        "buyer": buyer, "agreement": found, "form": form, "term": term_words(found),
        "back_url": buyer.url("school-service", number=found.number),
    }  # fmt: skip
    return render(request, "school/service_decline.html", context, status=400 if form.is_bound else 200)
