"""Entering, changing and ending a contract that a school has with another supplier."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from frontend.buying import SignedInRequest, receivers_for
from frontend.formats import long_date
from frontend.school.contract import own_contract
from frontend.school.contract_forms import ContractForm, EndForm, initial_of
from frontend.school.contracts import register_buyer
from marketplace.core.errors import DomainError, NotFound
from subscriptions.register.people import owners_of
from subscriptions.services import add_outside_contract, change_outside_contract, end_outside_contract

USUAL = {"vat_category": "S", "vat_percent": "20", "renewal": "automatic", "related": "none"}


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: SignedInRequest, kind: str, code: str) -> HttpResponse:
    """Enters a contract; for a trust, of one of its schools or of its own."""
    buyer, on = register_buyer(request, kind, code), timezone.localdate()
    holders = receivers_for(buyer, request.actor)
    people = owners_of(buyer.organisation, on)
    form = ContractForm(request.POST or None, holders=holders, owners=people, initial=USUAL)
    if form.is_bound and form.is_valid():
        try:
            made = add_outside_contract(organisation=form.holder(), terms=form.terms(), on=on, actor=request.actor)
        except DomainError as error:
            form.add_error(None, error.message)
        else:
            messages.success(request, f"{made.title} is in the register as {made.number}. Add its documents here.")
            return redirect(buyer.url("school-contract", number=made.number))
    context: dict[str, Any] = {
        "buyer": buyer, "form": form, "contract": None, "back_url": buyer.url("school-contracts"),
    }  # fmt: skip
    return render(request, "school/contract_edit.html", context, status=400 if form.errors else 200)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def change(request: SignedInRequest, kind: str, code: str, number: str) -> HttpResponse:
    """Puts other terms in place; whose contract it is stays."""
    buyer, found = own_contract(request, kind, code, number)
    on, back = timezone.localdate(), buyer.url("school-contract", number=number)
    if found.ended_on is not None:
        raise NotFound("Page not found")
    form = ContractForm(
        request.POST or None,
        holders=[found.organisation],
        owners=owners_of(found.organisation, on),
        initial=initial_of(found),
    )
    if form.is_bound and form.is_valid():
        try:
            change_outside_contract(contract=found, terms=form.terms(), on=on, actor=request.actor)
        except DomainError as error:
            form.add_error(None, error.message)
        else:
            messages.success(request, "The contract is saved.")
            return redirect(back)
    context = {"buyer": buyer, "form": form, "contract": found, "back_url": back}
    return render(request, "school/contract_edit.html", context, status=400 if form.errors else 200)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def end(request: SignedInRequest, kind: str, code: str, number: str) -> HttpResponse:
    """Says on which day it ran last, where that is before the end of its term."""
    buyer, found = own_contract(request, kind, code, number)
    on, back = timezone.localdate(), buyer.url("school-contract", number=number)
    if found.ended_on is not None:
        raise NotFound("Page not found")
    form = EndForm(request.POST or None)
    if form.is_bound and form.is_valid():
        try:
            ended = end_outside_contract(contract=found, ended_on=form.ended_on(), on=on, actor=request.actor)
        except DomainError as error:
            form.add_error("last", error.message)
        else:
            since = long_date(ended.ended_on) if ended.ended_on else ""
            messages.success(request, f"{ended.title} has ended: it does not run from {since} on.")
            return redirect(back)
    context = {"buyer": buyer, "form": form, "contract": found, "back_url": back}
    return render(request, "school/contract_end.html", context, status=400 if form.errors else 200)
