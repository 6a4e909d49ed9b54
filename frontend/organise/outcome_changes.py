"""An early end of a contract that runs."""

from datetime import date
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from frontend.fields import ShortDateField
from frontend.formats import long_date
from frontend.jinja import url
from frontend.organise.access import READ_AND_WRITE, OrganiserRequest, show
from frontend.organise.outcome_access import contract_page
from marketplace.core.actors import Role
from marketplace.core.errors import DomainError
from subscriptions.outcomes.models import OutcomeContract
from subscriptions.outcomes.queries import outcome_contract_for
from subscriptions.outcomes.services.ending import preview_end, terminate_contract

_FATES = {"stays": "Stays", "cut": "Part is paid", "cancelled": "Cancelled"}


class EndForm(forms.Form):
    """The last day and why."""

    ended_on = ShortDateField(label="Last day of the contract")
    reason = forms.CharField(
        label="Why it ends early", max_length=300, help_text="Both sides read this. Name no pupils.",
        error_messages={"required": "Enter why it ends early"},
    )  # fmt: skip


@contract_page(READ_AND_WRITE, roles=(Role.FINANCE_MANAGER,))
def end(request: OrganiserRequest, number: str) -> HttpResponse:
    """An early end: what it leaves of each amount, then the end."""
    found = outcome_contract_for(request.actor, number)
    form = EndForm(request.POST if request.method == "POST" else None)
    remainders: list[dict[str, Any]] = []
    if form.is_valid():
        given = form.cleaned_data
        try:
            remainders = _remainders(found, given["ended_on"])
            if request.POST.get("do") == "end":
                terminate_contract(contract=found, **given, on=timezone.localdate(), actor=request.actor)
                messages.success(request, f"{found.number} ends on {long_date(given['ended_on'])}.")
                return redirect(url("organise-outcome-contract", number=number))
        except DomainError as error:
            form.add_error(None, error.message)
            remainders = []
    context = {
        "form": form, "contract": found, "remainders": remainders, "checked": form.is_bound and not form.errors,
        "cancelled": sum(one["pence"] - one["left"] for one in remainders),
        "back_url": url("organise-outcome-contract", number=number),
    }  # fmt: skip
    return show(request, "outcome_end.html", context, status=400 if form.errors else 200)


def _remainders(contract: OutcomeContract, ended_on: date) -> list[dict[str, Any]]:
    return [
        {"name": one.item.name, "pence": one.item.pence, "left": one.pence, "fate": _FATES[one.fate]}
        for one in preview_end(contract=contract, ended_on=ended_on)
    ]
