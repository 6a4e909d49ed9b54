"""Heads of one milestone on one statement: what was accepted before, what was returned and decided, returning them."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from frontend.finance.access import said
from frontend.hub.access import READ_AND_WRITE, HubRequest, hub_page, show
from frontend.outcomes.heads_words import (
    asked_rows,
    earns_words,
    figures_words,
    heads_address,
    heads_tag,
    history,
    pence_of,
    returned_words,
    stands,
)
from frontend.outcomes.statement_words import statement_url
from marketplace.core.errors import DomainError, NotAllowed
from subscriptions.outcomes.heads_queries import HeadsOf, heads_of_one
from subscriptions.outcomes.models import VolumeReturn
from subscriptions.outcomes.rules.bands import Heads
from subscriptions.outcomes.services.volume import return_volume
from subscriptions.outcomes.stating_queries import outcome_statement_for

MOST = 1_000_000


def _count(label: str, what: str, **more: Any) -> forms.IntegerField:
    """A number of heads; ``what`` begins its errors."""
    errors = {
        "invalid": f"{what} must be a whole number, such as 120", "min_value": f"{what} must be 0 or more",
        "max_value": f"{what} must be {MOST:,} or fewer", "required": "Enter how many heads reached it",
    }  # fmt: skip
    return forms.IntegerField(
        label=label, min_value=0, max_value=MOST, error_messages=errors,
        widget=forms.TextInput(attrs={"inputmode": "numeric"}), **more,
    )  # fmt: skip


class HeadsForm(forms.Form):
    """How many, and how many of those before are given back."""

    billable = _count(
        "How many heads reached it", "Heads",
        help_text="People who count, such as those who started. Only those not returned before. Name nobody.",
    )  # fmt: skip
    refundable = _count(
        "How many are given back", "Heads given back", required=False,
        help_text="Those that were accepted before and do not count after all",
    )  # fmt: skip

    @property
    def heads(self) -> Heads:
        return Heads(self.cleaned_data["billable"], self.cleaned_data["refundable"] or 0)

    @property
    def checked(self) -> str:
        """What was entered, to tell whether it is still what was shown."""
        return f"{self.heads.billable}-{self.heads.refundable}"


@hub_page(READ_AND_WRITE, section="hub-statements")
def heads(request: HubRequest, ordinal: int, code: str) -> HttpResponse:
    """Entered, what they would earn is shown by band; then they are returned. Changed since, they are shown again."""
    statement = outcome_statement_for(request.actor, request.contract.number, ordinal)
    found = heads_of_one(statement, code)
    if request.method == "POST" and not request.may_claim:
        raise NotAllowed("You may look at these heads, not return them.")
    form = HeadsForm(request.POST if request.method == "POST" else None)
    worth = None
    if form.is_valid():
        worth = found.parts(form.heads)
        if request.POST.get("do") == "return" and request.POST.get("checked") == form.checked:
            try:
                made = return_volume(
                    statement=statement, milestone=found.milestone, billable=form.heads.billable,
                    refundable=form.heads.refundable, on=timezone.localdate(), actor=request.actor,
                )  # fmt: skip
                messages.success(request, returned_words(made, pence_of(worth)))
                return redirect(heads_address(statement, found.milestone))
            except DomainError as error:
                for sentence in said(error):
                    form.add_error(None, sentence)
                worth = None
    context = _context(request, found, form) | {
        "worth": earns_words(worth) if worth is not None else None, "worth_pence": pence_of(worth or []),
        "checked": form.checked if worth is not None else "",
        "entered": figures_words(form.heads) if worth is not None else "",
    }  # fmt: skip
    return show(request, "heads.html", context, status=400 if form.errors else 200)


def _context(request: HubRequest, found: HeadsOf, form: HeadsForm) -> dict[str, Any]:
    newest = found.newest
    sent_back = newest is not None and newest.state == VolumeReturn.State.REJECTED
    heads = Heads(newest.billable, newest.refundable) if newest and not sent_back else None
    return {
        "form": form, "milestone": found.milestone, "statement": found.statement, "state": heads_tag(found),
        "stands": stands(found), "why": newest.reason if newest and sent_back else "", "asked": asked_rows(found),
        "returned": figures_words(heads) if heads else "",
        "parts": earns_words(found.parts(heads)) if heads else [], "pence": pence_of(found.parts(heads)),
        "may_return": found.may_return and request.may_claim, "history": history(found.returns),
        "back_url": statement_url(found.statement),
    }  # fmt: skip
