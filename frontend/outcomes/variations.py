"""One version of a contract's terms, for both sides: what it changes, who has approved, and the approval."""

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from frontend.buying import SignedInRequest
from frontend.jinja import url
from frontend.outcomes.contract_words import approval_words, change_words, ended_before, notice_words, preview_rows
from frontend.outcomes.heads_words import prices_shown
from marketplace.core.actors import Actor
from marketplace.core.errors import DomainError, NotAllowed, NotFound
from subscriptions.outcomes.models import ContractVersion, OutcomeContract, OutcomeItem
from subscriptions.outcomes.queries import outcome_contract_for
from subscriptions.outcomes.services.carrying_out import VariationImpossible
from subscriptions.outcomes.services.contracting import DRAWING_UP
from subscriptions.outcomes.services.varying import (
    approve_variation,
    decline_variation,
    preview_of,
    side_of,
    withdraw_variation,
)

PROPOSED = ContractVersion.State.PROPOSED
_DONE = {
    "approve": "Your approval is recorded.",
    "decline": "Declined. The terms stay as they were.",
    "withdraw": "Withdrawn. The terms stay as they were.",
}


class DeclineForm(forms.Form):
    """Why a side does not want it."""

    reason = forms.CharField(
        label="Why you decline it", max_length=300, help_text="The other side reads this.",
        error_messages={"required": "Enter why you decline it"},
    )  # fmt: skip


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def variation(request: SignedInRequest, number: str, version: int) -> HttpResponse:
    """The terms from a day on. While they wait each side sees what every period pays now and then, and decides."""
    contract = outcome_contract_for(request.actor, number)
    found = version_of(contract, version)
    side = _side(contract, request.actor)
    if request.method == "POST" and not side:
        raise NotAllowed("You may look at these terms, not decide on them.")
    declining = request.POST.get("do") == "decline"
    form = DeclineForm(request.POST if declining else None)
    errors: list[dict[str, str]] = []
    if request.method == "POST" and request.POST.get("do") not in _DONE:
        raise NotFound("There is no such action.")
    if request.method == "POST" and (not declining or form.is_valid()):
        try:
            _decide(request, found, form)
        except DomainError as error:
            errors = [{"text": error.message}]
        else:
            return redirect(url("outcome-variation", number=number, version=version))
    context = _context(contract, found, request.actor, side) | {"form": form, "errors": errors}
    return render(request, "outcomes/variation.html", context, status=400 if errors or form.errors else 200)


def version_of(contract: OutcomeContract, number: int) -> ContractVersion:
    """One version of the contract's terms, or NotFound."""
    people = ("proposed_by", "approved_ours_by", "approved_theirs_by")
    found = ContractVersion.objects.filter(contract=contract, number=number).select_related(*people).first()
    if found is None:
        raise NotFound("There is no such version.")
    found.contract = contract
    return found


def _decide(request: SignedInRequest, found: ContractVersion, form: DeclineForm) -> None:
    on, do = timezone.localdate(), request.POST.get("do", "")
    if do == "approve":
        found = approve_variation(version=found, on=on, actor=request.actor)
    elif do == "decline":
        found = decline_variation(version=found, reason=form.cleaned_data["reason"], on=on, actor=request.actor)
    else:
        found = withdraw_variation(version=found, on=on, actor=request.actor)
    in_force = found.state == ContractVersion.State.AGREED
    messages.success(request, "Both sides have approved: the new terms are agreed." if in_force else _DONE[do])


def _side(contract: OutcomeContract, actor: Actor) -> str:
    try:
        return side_of(contract, actor)
    except NotAllowed:
        return ""


def _context(contract: OutcomeContract, found: ContractVersion, actor: Actor, side: str) -> dict[str, Any]:
    preview, impossible = None, ""
    if found.state == PROPOSED and found.number > 1:
        try:
            preview = preview_of(found)
        except VariationImpossible as error:
            impossible = error.message
    items = OutcomeItem.objects.filter(contract=contract).values_list("code", "name", "pence")
    amounts = {code: (name, pence) for code, name, pence in items}
    ours = actor.has(*DRAWING_UP)
    may = _may(found, actor, side) if found.number > 1 else {}
    return {
        "contract": contract, "version": found, "preview": preview, "impossible": impossible, "may": may,
        "title": f"Variation {found.number - 1}" if found.number > 1 else "First terms",
        "rows": preview_rows(preview) if preview else [], "changes": change_words(found, amounts, ended_before(found)),
        "prices": prices_shown(contract, preview) if preview else None,
        "notice": notice_words(found), "approved": approval_words(found, contract.party.name),
        "says": _says(found, actor, side), "back_url": url("organise-outcome-contract", number=contract.number) if ours else "",
    }  # fmt: skip


def _may(found: ContractVersion, actor: Actor, side: str) -> dict[str, bool]:
    waits, own = found.state == PROPOSED, found.proposed_by_id is not None and found.proposed_by_id == actor.person_id
    open_side = bool(side) and getattr(found, f"approved_{side}_on") is None
    return {
        "approve": waits and open_side and not own,
        "decline": waits and bool(side) and not own,
        "withdraw": waits and side == found.proposed_for,
    }


def _says(found: ContractVersion, actor: Actor, side: str) -> str:
    if found.state != PROPOSED or not side or found.number == 1:
        return ""
    own = found.proposed_by_id is not None and found.proposed_by_id == actor.person_id
    if own and getattr(found, f"approved_{side}_on") is None:
        return "You proposed this variation, so someone else here must approve it."
    if getattr(found, f"approved_{side}_on") is not None:
        return "Your side has approved it. It is in force once the other side does."
    return ""
