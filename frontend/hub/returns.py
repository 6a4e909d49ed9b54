"""A claimant's desk: what is due, what waits, what was paid and why not; one return; statements of a contract."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from frontend.buying import SignedInRequest
from frontend.finance.access import said
from frontend.formats import long_date, money
from frontend.hub.access import READ_AND_WRITE, HubRequest, hub_page, show
from frontend.hub.forms import EvidenceForm, SendForm
from frontend.hub.words import asked_rows, claimed_words, evidence_rows, history, stands
from frontend.jinja import url
from frontend.outcomes.contract_words import contract_tag, item_tag
from frontend.outcomes.heads_words import heads_rows
from marketplace.core.actors import Actor, Role
from marketplace.core.errors import DomainError, NotAllowed, NotFound
from subscriptions.outcomes.models import Evidence, OutcomeItem, Submission
from subscriptions.outcomes.queries import (
    OURS,
    evidence_of,
    files_by_evidence,
    item_for,
    items_of,
    outcome_contracts_for,
    statements_of,
    submissions_of,
)
from subscriptions.outcomes.services.claiming import (
    add_evidence,
    filled_in,
    missing_of,
    submit,
    take_evidence_off,
    withdraw_submission,
)
from subscriptions.outcomes.services.measuring import figure_words

Item = OutcomeItem.State
TO_SEND = (Item.PLANNED, Item.REJECTED)


@login_required
@require_safe
def hubs(request: SignedInRequest) -> HttpResponse:
    """The contracts of the actor's organisations that pay on verification; one alone opens at once."""
    found = list(outcome_contracts_for(request.actor)[:200])
    if not found and not request.actor.organisations(Role.HUB_LEAD):
        raise NotFound("Page not found")
    if len(found) == 1:
        return redirect(url("hub-returns", number=found[0].number))
    return render(request, "hub/hubs.html", {"contracts": found, "tag_of": contract_tag})


@hub_page()
def returns(request: HubRequest) -> HttpResponse:
    """What is due, sent, verified, paid, and why not: every amount of the contract, soonest due first, and its heads. Few queries, however much."""
    on = timezone.localdate()
    items = list(items_of(request.contract))
    waits = Submission.objects.filter(item__contract=request.contract, state=Submission.State.SUBMITTED)
    by_item = {one.item_id: one for one in waits}
    rows = [_row(item, by_item.get(item.pk), on, request.contract.number) for item in items]
    heads = heads_rows(statements_of(request.contract).select_related("contract"), begun_by=on)
    context = {"rows": rows, "heads": heads, "figures": _figures(items, heads, request)}
    return show(request, "returns.html", context)


def _row(item: OutcomeItem, waits: Submission | None, on: date, number: str) -> dict[str, Any]:
    return {
        "item": item,
        "state": item_tag(item),
        "href": url("hub-return", number=number, code=item.code) if item.measure_id else "",
        "stands": stands(item, waits, on),
    }


def _figures(
    items: Sequence[OutcomeItem], heads: Sequence[dict[str, Any]], request: HubRequest
) -> list[dict[str, object]]:
    counted = [one for one in items if one.state != Item.CANCELLED]
    verified, paid = sum(one.earned_pence for one in counted), sum(one.settled_pence for one in counted)
    if heads:
        verified, paid = verified + sum(one["pence"] for one in heads), request.contract.settled_pence
    return [
        {"figure": money(verified), "label": "verified so far"},
        {"figure": money(paid), "label": "on frozen statements"},
        {"figure": money(request.contract.value_pence), "label": "in all, at most"},
    ]


@hub_page(READ_AND_WRITE)
def one_return(request: HubRequest, code: str) -> HttpResponse:
    """One return: what is asked, what the platform counted, evidence, what is missing, and sending it."""
    item, on = item_for(request.actor, request.contract.number, code), timezone.localdate()
    if item.measure is None:
        raise NotFound("Page not found")
    if request.method == "POST" and not request.may_claim:
        raise NotAllowed("You may look at this return, not send it.")
    counted = filled_in(item)
    do = request.POST.get("do", "")
    sending = SendForm(
        request.POST if do == "send" else None,
        item=item,
        initial={"claimed": figure_words(counted.value) if counted else None},
    )
    adding = EvidenceForm(*((request.POST, request.FILES) if do == "add" else ()), item=item)
    bound = {"send": sending, "add": adding}.get(do)
    errors: list[dict[str, str]] = []
    if do and (bound is None or bound.is_valid()):
        try:
            messages.success(request, _do(do, item, bound, on, request))
            return redirect(url("hub-return", number=request.contract.number, code=code))
        except DomainError as error:
            field = "file" if error.code in ("wrong_file", "file_too_large") else None
            if bound is not None:
                for sentence in error.detail or said(error):
                    bound.add_error(field, sentence)
            else:
                errors = [{"text": sentence} for sentence in said(error)]
    failed = bool(errors or (bound is not None and bound.errors))
    context = _context(request, item, on) | {
        "counted": counted, "sending": sending, "adding": adding, "forms": [bound] if bound else [], "errors": errors,
    }  # fmt: skip
    return show(request, "return.html", context, status=400 if failed else 200)


def _context(request: HubRequest, item: OutcomeItem, on: date) -> dict[str, Any]:
    evidence = [one for one in evidence_of(item) if one.submission_id or _sees_unsent(request)]
    sent = list(submissions_of(item))
    waits = next((one for one in sent if one.state == Submission.State.SUBMITTED), None)
    open_ = item.state in TO_SEND
    return {
        "item": item,
        "figure": figure_words,
        "state": item_tag(item),
        "stands": stands(item, waits, on),
        "asked": asked_rows(item, item.measure) if item.measure else [],
        "evidence": evidence_rows(evidence, files_by_evidence(evidence)),
        "may_send": open_ and request.may_claim,
        "missing": missing_of(item, on) if open_ else [],
        "waits": waits if request.may_claim else None,
        "history": history(sent, item.measure),
        "back_url": url("hub-returns", number=request.contract.number),
    }


def _sees_unsent(request: HubRequest) -> bool:
    return request.may_claim or request.actor.has(*OURS)


def _do(do: str, item: OutcomeItem, form: Any, on: date, request: HubRequest) -> str:
    """Does it and says what was done and who acts next."""
    actor: Actor = request.actor
    if do == "send":
        given = form.cleaned_data
        made = submit(item=item, claimed=given.get("claimed"), words=given["words"], on=on, actor=actor)
        return f"Sent: {claimed_words(made.claimed, item.measure)}. It is decided by {long_date(made.decide_by)}."
    if do == "add":
        made_evidence = add_evidence(item=item, shown=form.shown(), on=on, actor=actor)
        return f"{made_evidence.label} is added. Only those who decide and the partnership see it, once you send it."
    if do == "withdraw":
        waits = submissions_of(item).filter(state=Submission.State.SUBMITTED).first()
        if waits is None:
            raise NotFound("This return was decided or taken back already.")
        withdraw_submission(submission=waits, on=on, actor=actor)
        return "Taken back. Change what you like and send it again."
    chosen = request.POST.get("evidence", "")
    evidence = Evidence.objects.filter(item=item, pk=int(chosen) if chosen.isdecimal() else 0).first()
    if do != "off" or evidence is None:
        raise NotFound("There is no such evidence.")
    take_evidence_off(evidence=evidence, on=on, actor=actor)
    return f"{evidence.label} is taken off."
