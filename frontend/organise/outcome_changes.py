"""Changing a contract that runs: a variation, shown to both sides before it is proposed, and an early end."""

from datetime import date
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from frontend.fields import PoundsField, ShortDateField
from frontend.formats import long_date, money
from frontend.jinja import url
from frontend.organise.access import READ_AND_WRITE, OrganiserRequest, show
from frontend.organise.outcome_access import contract_page
from frontend.outcomes.contract_words import preview_rows
from marketplace.core.actors import Role
from marketplace.core.errors import DomainError
from subscriptions.outcomes.models import OutcomeContract, OutcomeItem
from subscriptions.outcomes.queries import outcome_contract_for
from subscriptions.outcomes.services.contracting import DRAWING_UP
from subscriptions.outcomes.services.ending import preview_end, terminate_contract
from subscriptions.outcomes.services.repricing import repriced
from subscriptions.outcomes.services.varying import preview_variation, propose_variation

_FATES = {"stays": "Stays", "cut": "Part is paid", "cancelled": "Cancelled"}


class VariationForm(forms.Form):
    """When, how much, and why; each open amount may be given another sum."""

    valid_from = ShortDateField(label="First day of the new terms")
    whole = PoundsField(
        label="What all amounts from that day come to", required=False,
        help_text="It is shared in the proportion of the amounts now. Leave empty to enter each amount below.",
    )  # fmt: skip
    reason = forms.CharField(label="Reason", max_length=300, help_text="Both sides read this. Name no pupils.")
    notice_given_on = ShortDateField(label="Day on which notice was given", required=False)

    def __init__(self, *args: Any, items: list[OutcomeItem], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.items = items
        for item in items:
            self.fields[f"item-{item.pk}"] = PoundsField(
                label=item.name, required=False, initial=item.pence, help_text=f"Now {money(item.pence)}"
            )

    def rows(self) -> list[Any]:
        """The fields of the amounts."""
        return [self[f"item-{item.pk}"] for item in self.items]

    def prices(self) -> dict[str, int]:
        """The new sum of each amount that was changed; nought leaves it out."""
        given = {item.code: self.cleaned_data.get(f"item-{item.pk}") or 0 for item in self.items}
        return {item.code: given[item.code] for item in self.items if given[item.code] != item.pence}


@contract_page(READ_AND_WRITE, roles=DRAWING_UP)
def vary(request: OrganiserRequest, number: str) -> HttpResponse:
    """A variation: what it changes by period, by the calculation that both sides approve; then the proposal."""
    found = outcome_contract_for(request.actor, number)
    states = (OutcomeItem.State.PLANNED, OutcomeItem.State.REJECTED)
    items = list(OutcomeItem.objects.filter(contract=found, state__in=states).order_by("service_from", "due_on", "pk"))
    form = VariationForm(request.POST if request.method == "POST" else None, items=items)
    preview = None
    if form.is_valid():
        given = form.cleaned_data
        try:
            terms = repriced(found, valid_from=given["valid_from"], whole=given["whole"], prices=form.prices())
            asked = {"contract": found, "valid_from": given["valid_from"], **terms}
            preview = preview_variation(**asked)
            if request.POST.get("do") == "propose":
                version = propose_variation(
                    **asked, reason=given["reason"], notice_given_on=given["notice_given_on"],
                    on=timezone.localdate(), actor=request.actor,
                )  # fmt: skip
                messages.success(
                    request, "Proposed. It is in force once somebody else here and the other party approve it."
                )
                return redirect(url("outcome-variation", number=number, version=version.number))
        except DomainError as error:
            form.add_error(None, error.message)
            preview = None
    context = {
        "form": form, "contract": found, "preview": preview, "back_url": url("organise-outcome-contract", number=number),
        "rows": preview_rows(preview) if preview else [],
    }  # fmt: skip
    return show(request, "outcome_vary.html", context, status=400 if form.errors else 200)


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
