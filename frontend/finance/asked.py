"""What customers ask to be done with their agreements: the list, and one of them with its calculation and the answer."""

from datetime import date
from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import Count, Min
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from frontend.finance.access import READ_AND_WRITE, FinanceRequest, finance_page, posted, said, show
from frontend.finance.listing import page_of
from frontend.formats import long_date, plural
from frontend.jinja import url
from frontend.school.service_changes import expected_of
from marketplace.core.actors import FINANCE, Actor
from marketplace.core.errors import DomainError
from subscriptions.agreements.rules.changes import Change
from subscriptions.asking.models import AskedChange
from subscriptions.asking.queries import asked_for, one_asked_for
from subscriptions.asking.services import grant_change, preview_asked, refuse_change

State = AskedChange.State


def asked_waits(actor: Actor) -> list[dict[str, Any]]:
    """What customers asked that finance has not answered, for the home page; one query."""
    if actor.system or not actor.has(*FINANCE):
        return []
    found = AskedChange.objects.filter(state=State.ASKED).aggregate(count=Count("pk"), since=Min("asked_on"))
    if not found["count"]:
        return []
    text = f"Answer {plural(found['count'], 'change of an agreement', 'changes of agreements')} that customers ask for"
    since = f"The oldest waits since {long_date(found['since'])}"
    return [{"text": text, "href": url("finance-asked-changes"), "next": since}]


@finance_page(section="finance-customers")
def asked_changes(request: FinanceRequest) -> HttpResponse:
    """What was asked, the latest first."""
    page = page_of(request, asked_for(request.actor))
    context = {"page_obj": page, "back_url": url("finance-agreements")}
    return show(request, "asked_changes.html", context)


class RefuseForm(forms.Form):
    """Why not."""

    answer = forms.CharField(
        label="Why not?", max_length=200, help_text="The customer reads it",
        error_messages={"required": "Enter why it is not granted"},
    )  # fmt: skip


@finance_page(READ_AND_WRITE, section="finance-customers")
def asked_change(request: FinanceRequest, pk: int) -> HttpResponse:
    """One request: granted with the sum that the page shows, or refused with the reason."""
    found, today = one_asked_for(request.actor, pk), timezone.localdate()
    sent = posted(request)
    form = RefuseForm(sent if sent is not None and sent.get("do") == "refuse" else None)
    errors: list[str] = []
    status = 400 if sent is not None else 200
    if sent is not None and (sent.get("do") == "grant" or form.is_valid()):
        try:
            words = _answered(request, found, form, today)
        except DomainError as error:
            errors, status = said(error), error.status
            found = one_asked_for(request.actor, pk)
        else:
            messages.success(request, words)
            return redirect(url("finance-asked-change", pk=pk))
    shown, why = _shown(found, today)
    context = {
        "asked": found, "shown": shown, "why": why, "form": form, "forms": [form], "errors": errors,
        "back_url": url("finance-asked-changes"),
    }  # fmt: skip
    return show(request, "asked_change.html", context, status=status)


def _answered(request: FinanceRequest, found: AskedChange, form: RefuseForm, today: date) -> str:
    if form.is_bound:
        refuse_change(asked=found, answer=form.cleaned_data["answer"], today=today, actor=request.actor)
        return "Refused. The customer sees why."
    grant_change(asked=found, today=today, actor=request.actor, expected_pence=expected_of(request.POST))
    return f"{found.agreement.number}: granted from {long_date(found.on)}."


def _shown(found: AskedChange, today: date) -> tuple[Change | None, str]:
    """What granting would do now, or why it cannot be done any more."""
    if found.state != State.ASKED:
        return None, ""
    try:
        return preview_asked(
            agreement=found.agreement, kind=found.kind, on=found.on, given_on=found.asked_on, today=today
        ), ""
    except DomainError as error:
        return None, error.message
