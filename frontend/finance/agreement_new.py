"""An agreement by hand: typed, looked at with its whole sum, then offered or running."""

import secrets
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from frontend.finance.access import READ_AND_WRITE, FinanceRequest, finance_page, posted, said, show
from frontend.finance.agreement_forms import AgreementForm
from frontend.formats import money
from frontend.jinja import url
from frontend.school.service_changes import expected_of
from marketplace.core.errors import DomainError
from subscriptions.renewals.by_hand import agree_by_hand, work_out_by_hand


@finance_page(READ_AND_WRITE, section="finance-customers", to="make agreements")
def new_agreement(request: FinanceRequest) -> HttpResponse:
    """The form; sent with ``look`` it shows what it comes to, with ``agree`` it is made if that is still so."""
    sent, on = posted(request), timezone.localdate()
    form = AgreementForm(sent, actor=request.actor, initial={"token": secrets.token_hex(16)})
    context: dict[str, Any] = {"form": form, "back_url": url("finance-agreements"), "errors": []}
    status = 400 if sent is not None and not form.is_valid() else 200
    if form.is_valid():
        try:
            if request.POST.get("do") == "agree":
                return _made(request, form)
            context["worked"] = work_out_by_hand(form.asked(), on=on)
        except DomainError as error:
            context["errors"], status = said(error), error.status
    return show(request, "agreement_new.html", context, status=status)


def _made(request: FinanceRequest, form: AgreementForm) -> HttpResponse:
    paper = form.cleaned_data["paper"] if form.cleaned_data["how"] == "paper" else ""
    made = agree_by_hand(
        source_key=f"hand:{form.cleaned_data['token']}",
        asked=form.asked(),
        paper=paper,
        expected_pence=expected_of(request.POST) or 0,
        on=timezone.localdate(),
        actor=request.actor,
    )
    words = "runs, as agreed on paper" if paper else "is offered to the customer"
    shown = money(expected_of(request.POST) or 0)
    messages.success(request, f"{made.number}, {shown} with VAT over its whole term, {words}.")
    return redirect(url("finance-agreement", number=made.number))
