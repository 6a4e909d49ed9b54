"""One agreement for finance: all that the school sees, who did what, and every change with its calculation first."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from frontend.agreement_changes import HEADINGS, NOTICE, Asked, ChangeForm, button_words, may_renew, possible
from frontend.agreement_history import written_history
from frontend.agreement_page import facts_of
from frontend.agreement_words import notice_words, state_of, term_words
from frontend.finance.access import READ_AND_WRITE, FinanceRequest, finance_page, posted, said, show
from frontend.jinja import url
from frontend.school.service_changes import expected_of, typed
from marketplace.core.errors import DomainError, NotFound
from subscriptions.agreements.models import Agreement
from subscriptions.queries import agreements_for
from subscriptions.renewals.reading import lines_by_agreement
from subscriptions.services import accept_on_paper, withdraw_offer

State = Agreement.State


class WithdrawForm(forms.Form):
    """Why an offer is taken back."""

    reason = forms.CharField(
        label="Why is it taken back?", max_length=240, error_messages={"required": "Enter the reason"}
    )


class PaperForm(forms.Form):
    """What shows that the customer agreed on paper."""

    reference = forms.CharField(
        label="Reference of the paper", max_length=60, help_text="Such as the date of the letter and who signed it",
        error_messages={"required": "Enter the reference of the paper"},
    )  # fmt: skip


def agreement_for(request: FinanceRequest, number: str) -> Agreement:
    found = agreements_for(request.actor).filter(number=number).first()
    if found is None:
        raise NotFound(f"There is no agreement {number}.")
    return found


@finance_page(READ_AND_WRITE, section="finance-customers")
def agreement(request: FinanceRequest, number: str) -> HttpResponse:
    """One of them; an offer is taken back, or accepted for a customer who signed on paper."""
    found, on = agreement_for(request, number), timezone.localdate()
    sent = posted(request)
    do = sent.get("do", "") if sent is not None else ""
    withdrawal = WithdrawForm(sent if do == "withdraw" else None)
    paper = PaperForm(sent if do == "paper" else None)
    errors: list[str] = []
    status = 400 if sent is not None else 200
    if withdrawal.is_valid() or paper.is_valid():
        try:
            words = _decided(request, found, do, withdrawal, paper)
        except DomainError as error:
            errors, status = said(error), error.status
        else:
            messages.success(request, words)
            return redirect(url("finance-agreement", number=number))
    facts = facts_of(found, request.actor, on, invoice_url=lambda one: url("finance-invoice", number=one.number))
    context = {
        **facts, "state": state_of(found, on), "errors": errors, "back_url": url("finance-agreements"),
        "history": written_history(found.number), "may_renew": may_renew(found), "withdrawal": withdrawal, "paper": paper, "forms": [withdrawal, paper],
    }  # fmt: skip
    return show(request, "agreement.html", context, status=status)


def _decided(request: FinanceRequest, found: Agreement, do: str, withdrawal: WithdrawForm, paper: PaperForm) -> str:
    on = timezone.localdate()
    if do == "withdraw":
        reason = withdrawal.cleaned_data["reason"]
        withdraw_offer(agreement=found, reason=reason, on=on, actor=request.actor)
        return f"{found.number} is taken back. The customer can no longer accept it."
    made = accept_on_paper(agreement=found, reference=paper.cleaned_data["reference"], on=on, actor=request.actor)
    return f"{made.number} runs: agreed on paper."


@finance_page(READ_AND_WRITE, section="finance-customers", to="change an agreement")
def change_agreement(request: FinanceRequest, number: str, do: str) -> HttpResponse:
    """Asked by GET it shows the calculation; sent by POST it is done, if it is still the same."""
    found, on = agreement_for(request, number), timezone.localdate()
    here = url("finance-agreement", number=number)
    if do not in HEADINGS:
        raise Http404
    lines = lines_by_agreement([found.pk])[found.pk]
    if do not in possible(found, lines, on):
        return redirect(here)
    sent = request.POST if request.method == "POST" else request.GET
    form = ChangeForm(
        sent if sent or do == NOTICE else None, do=do, agreement=found, lines=lines, on=on, finance=True,
        initial={"given_on": on},
    )  # fmt: skip
    context: dict[str, Any] = {
        "agreement": found, "form": form, "do": do, "heading": HEADINGS[do], "back_url": here, "errors": [],
        "term": term_words(found), "notice": notice_words(found, on), "here": request.path,
    }  # fmt: skip
    status = 400 if form.is_bound and not form.is_valid() else 200
    if form.is_bound and form.is_valid():
        asked, shown = Asked(do, found, form.cleaned_data, on, lines), None
        try:
            if request.method == "POST":
                asked.done(expected=expected_of(request.POST), actor=request.actor)
                messages.success(request, asked.said())
                return redirect(here)
            shown = asked.preview()
        except DomainError as error:
            context["errors"], status = said(error), error.status
            shown = asked.again()
        if shown is not None or do == NOTICE:
            context |= {"shown": shown, "typed": typed(sent), "button_text": button_words(asked, shown), "ready": True}
    return show(request, "agreement_change.html", context, status=status)
