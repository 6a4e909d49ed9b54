"""Changing an agreement: a day, then what it does to the sum, then one button that says it again."""

from datetime import date
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from frontend.agreement_changes import ASKED, BY_FINANCE, HEADINGS, NOTICE, Asked, ChangeForm, button_words, possible
from frontend.agreement_words import notice_words, term_words
from frontend.buying import SignedInRequest, buyer_for
from frontend.school.services import service_of
from marketplace.core.errors import DomainError, WrongInput
from subscriptions.agreements.models import Agreement
from subscriptions.asking.models import AskedChange
from subscriptions.asking.queries import asked_of
from subscriptions.asking.services import AnsweredAlready, ask_change, withdraw_change
from subscriptions.renewals.reading import lines_by_agreement


def expected_of(sent: QueryDict) -> int | None:
    """The net pence that the page showed; None where it showed none, or something else came back."""
    text = sent.get("expected", "")
    return int(text) if text.lstrip("-").isdigit() and text.isascii() and len(text) < 16 else None


def typed(sent: QueryDict) -> list[tuple[str, str]]:
    """What was asked, to be sent again by the button beneath the calculation."""
    return [(name, str(value)) for name in sent for value in sent.getlist(name) if name not in _NOT_ASKED]


_NOT_ASKED = {"csrfmiddlewaretoken", "expected"}


class ReasonForm(forms.Form):
    """Why the buyer asks for it."""

    reason = forms.CharField(
        label="Why?", max_length=200, help_text="Our finance team reads it",
        error_messages={"required": "Enter the reason"},
    )  # fmt: skip


def _asked_for(
    request: SignedInRequest, found: Agreement, do: str, on: date, form: ReasonForm, here: str
) -> HttpResponse:
    """Asks our finance team for it. Raises why it cannot be asked for."""
    if not form.is_valid():
        raise WrongInput("Enter the reason")
    ask_change(
        agreement=found, kind=do, on=on, reason=form.cleaned_data["reason"], today=timezone.localdate(),
        actor=request.actor,
    )  # fmt: skip
    messages.success(request, "You asked for it. Our finance team answers; nothing is changed until then.")
    return redirect(here)


@login_required
@require_POST
def withdraw_asked(request: SignedInRequest, kind: str, code: str, number: str, pk: int) -> HttpResponse:
    """Takes back what was asked of an agreement."""
    buyer = buyer_for(request, kind, code)
    found = service_of(buyer, request, number)
    asked = get_object_or_404(AskedChange.objects.select_related("agreement"), agreement=found, pk=pk)
    try:
        withdraw_change(asked=asked, today=timezone.localdate(), actor=request.actor)
        messages.success(request, "It is taken back. Nothing was changed.")
    except AnsweredAlready as error:
        messages.error(request, error.message)
    return redirect(buyer.url("school-service", number=number))


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def change_service(request: SignedInRequest, kind: str, code: str, number: str, do: str) -> HttpResponse:
    """Asked by GET it shows the calculation; sent by POST it is done, if it is still the same."""
    buyer, on = buyer_for(request, kind, code), timezone.localdate()
    found = service_of(buyer, request, number)
    here = buyer.url("school-service", number=number)
    if do not in HEADINGS or (request.method == "POST" and do in BY_FINANCE and do not in ASKED):
        raise Http404
    lines = lines_by_agreement([found.pk])[found.pk]
    if do not in possible(found, lines, on):
        return redirect(here)
    sent = request.POST if request.method == "POST" else request.GET
    form = ChangeForm(sent if sent or do == NOTICE else None, do=do, agreement=found, lines=lines, on=on, finance=False)
    context: dict[str, Any] = {
        "buyer": buyer, "agreement": found, "form": form, "do": do, "heading": HEADINGS[do], "back_url": here,
        "reason": ReasonForm(request.POST if request.method == "POST" else None) if do in ASKED else None,
        "waits": do in ASKED and any(one.state == "asked" for one in asked_of(found)),
        "term": term_words(found), "errors": [], "here": request.path, "notice": notice_words(found, on), "by_finance": do in BY_FINANCE,
    }  # fmt: skip
    status = 400 if form.is_bound and not form.is_valid() else 200
    if form.is_bound and form.is_valid():
        asked = Asked(do, found, form.cleaned_data, on, lines)
        try:
            if request.method == "POST" and do in ASKED:
                return _asked_for(request, found, do, form.cleaned_data["on"], context["reason"], here)
            if request.method == "POST":
                asked.done(expected=expected_of(request.POST), actor=request.actor)
                messages.success(request, asked.said())
                return redirect(here)
            shown = asked.preview()
        except DomainError as error:
            context["errors"], status = [error.message, *error.detail], error.status
            shown = asked.again()
        if shown is not None or do == NOTICE:
            context |= {"shown": shown, "typed": typed(sent), "button_text": button_words(asked, shown), "ready": True}
    return render(request, "school/service_change.html", context, status=status)
