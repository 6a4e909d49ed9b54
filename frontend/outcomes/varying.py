"""Proposing a variation, for both sides of a contract: what it changes by the calculation that both approve, then the proposal."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from frontend.buying import SignedInRequest
from frontend.jinja import url
from frontend.outcomes.contract_words import preview_rows
from frontend.outcomes.heads_words import prices_shown
from frontend.outcomes.varying_forms import FIRST_ROWS, MORE_ROWS, MOST_ROWS, VariationForm
from frontend.rows import rows_shown
from marketplace.core.actors import Actor
from marketplace.core.errors import DomainError, NotAllowed, NotFound
from subscriptions.outcomes.models import OutcomeContract
from subscriptions.outcomes.queries import outcome_contract_for
from subscriptions.outcomes.services.contracting import DRAWING_UP
from subscriptions.outcomes.services.varying import preview_variation, propose_variation, side_of


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def vary(request: SignedInRequest, number: str) -> HttpResponse:
    """The form, as long as it is asked for; checked, with what each period would pay; then the proposal."""
    found = outcome_contract_for(request.actor, number)
    if not may_vary(found, request.actor):
        raise NotFound("Page not found")
    sent = request.POST if request.method == "POST" else None
    rows = rows_shown(sent, least=FIRST_ROWS, more=MORE_ROWS, most=MOST_ROWS)
    if sent is not None and sent.get("do") == "more":  # shown again as it was typed: nothing is judged yet
        form = VariationForm(contract=found, rows=rows, initial=sent.dict())
    else:
        form = VariationForm(sent, contract=found, rows=rows)
    preview = None
    if form.is_valid():
        try:
            asked = {
                "contract": found, "valid_from": form.cleaned_data["valid_from"], "valid_to": form.valid_to, **form.terms(),
            }  # fmt: skip
            preview = preview_variation(**asked)
            if request.POST.get("do") == "propose":
                return _proposed(request, form, asked)
        except DomainError as error:
            form.add_error(None, error.message)
            preview = None
    context = {
        "form": form, "rows_asked": rows, "contract": found, "preview": preview,
        "rows": preview_rows(preview) if preview else [], "prices": prices_shown(found, preview) if preview else None,
        "back_url": url("organise-outcome-contract" if request.actor.has(*DRAWING_UP) else "hub-contract", number=number),
    }  # fmt: skip
    return render(request, "outcomes/vary.html", context, status=400 if form.errors else 200)


def may_vary(contract: OutcomeContract, actor: Actor) -> bool:
    """Whether the actor may propose other terms, for one side or the other."""
    if contract.state != OutcomeContract.State.ACTIVE:
        return False
    try:
        return bool(side_of(contract, actor))
    except NotAllowed:
        return False


def _proposed(request: SignedInRequest, form: VariationForm, asked: dict[str, Any]) -> HttpResponse:
    given = form.cleaned_data
    version = propose_variation(
        **asked, reason=given["reason"], notice_given_on=given["notice_given_on"], on=timezone.localdate(),
        actor=request.actor,
    )  # fmt: skip
    messages.success(request, "Proposed. It is in force once somebody else on your side and the other side approve it.")
    return redirect(url("outcome-variation", number=version.contract.number, version=version.number))
