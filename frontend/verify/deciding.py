"""The verifier's desk: what waits oldest first, one claim with its target and evidence, what was decided."""

from collections.abc import Callable
from datetime import date
from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from frontend.finance.access import said
from frontend.finance.listing import page_of
from frontend.formats import long_date, money, plural
from frontend.hub.words import asked_rows, claimed_words, evidence_rows, history, stands
from frontend.jinja import url
from frontend.outcomes.contract_words import item_tag
from frontend.verify.access import READ_AND_WRITE, VerifyRequest, show, verify_page
from frontend.verify.forms import MoreTimeForm, PartForm, ReasonForm, RejectForm
from frontend.verify.heads import heads_row
from marketplace.core.errors import DomainError, NotAllowed, NotFound
from subscriptions.outcomes.acting import require_decider
from subscriptions.outcomes.heads_queries import heads_decided_by_organisations_of, heads_to_decide_for
from subscriptions.outcomes.models import Evidence, OutcomeContract, OutcomeItem, Submission
from subscriptions.outcomes.queries import (
    decided_by_organisations_of,
    evidence_of,
    files_by_evidence,
    item_to_decide,
    submission_for,
    submissions_of,
    to_verify_for,
    unclaimed_to_decide,
)
from subscriptions.outcomes.services.deciding import (
    accept,
    accept_part,
    extend,
    mark_not_met,
    reject,
    undo_acceptance,
    worth_of,
)

Claim, Item = Submission.State, OutcomeItem.State
MOST_HEADS = 50
TAGS = {
    Claim.SUBMITTED: "claim to decide",
    Claim.ACCEPTED: "claim accepted",
    Claim.PART: "claim part",
    Claim.REJECTED: "claim rejected",
    Claim.WITHDRAWN: "claim withdrawn",
    Claim.UNDONE: "claim undone",
}


def claim_tag(submission: Submission) -> str:
    """The key of a claim's state in ``formats.STATES``."""
    return TAGS[Claim(submission.state)]


def decide_url(submission: Submission) -> str:
    item = submission.item
    return url("verify-decide", number=item.contract.number, code=item.code, ordinal=submission.ordinal)


@verify_page()
def to_decide(request: VerifyRequest) -> HttpResponse:
    """What waits, oldest first, and what nobody claimed by its day."""
    on = timezone.localdate()
    page = page_of(request, to_verify_for(request.actor))
    late = list(unclaimed_to_decide(request.actor, on)[:50])
    context = {
        "page_obj": page,
        "rows": [_row(one, on) for one in page],
        "count_text": plural(page.paginator.count, "return"),
        "heads": [heads_row(one) for one in heads_to_decide_for(request.actor)[:MOST_HEADS]],
        "late": [(one, url("verify-item", number=one.contract.number, code=one.code)) for one in late],
    }
    return show(request, "to_decide.html", context)


@verify_page(section="verify-decided")
def decided(request: VerifyRequest) -> HttpResponse:
    """What the actor's organisations decided, newest first; of heads with ``?show=heads``."""
    if request.GET.get("show") == "heads":
        return _decided_heads(request)
    found: QuerySet[Submission] = decided_by_organisations_of(request.actor)
    page = page_of(request, found)
    on = timezone.localdate()
    context = {
        "page_obj": page, "rows": [_row(one, on) for one in page],
        "count_text": plural(page.paginator.count, "decision"), "of_heads": False,
    }  # fmt: skip
    return show(request, "decided.html", context)


def _decided_heads(request: VerifyRequest) -> HttpResponse:
    page = page_of(request, heads_decided_by_organisations_of(request.actor))
    context = {
        "page_obj": page, "rows": [heads_row(one) for one in page],
        "count_text": plural(page.paginator.count, "decision"), "of_heads": True,
    }  # fmt: skip
    return show(request, "decided.html", context)


def _row(one: Submission, on: date) -> dict[str, Any]:
    return {
        "submission": one,
        "href": decide_url(one),
        "state": claim_tag(one),
        "claimed": claimed_words(one.claimed, one.item.measure),
        "late": one.state == Claim.SUBMITTED and one.decide_by < on,
    }


def _forms(do: str, data: Any) -> dict[str, forms.Form]:
    return {
        "part": PartForm(data if do == "part" else None, prefix="part"),
        "reject": RejectForm(data if do == "reject" else None, prefix="reject"),
        "not-met": ReasonForm(data if do == "not-met" else None, prefix="not-met"),
        "undo": ReasonForm(data if do == "undo" else None, prefix="undo"),
        "extend": MoreTimeForm(data if do == "extend" else None, prefix="extend"),
    }


@verify_page(READ_AND_WRITE)
def decide(request: VerifyRequest, number: str, code: str, ordinal: int) -> HttpResponse:
    """Target, claim and evidence on one page; accept, accept part, send back, not met; taking a decision back."""
    found = submission_for(request.actor, number, code, ordinal)
    return _decide(request, found.item, found, lambda: redirect(decide_url(_last_of(found))))


def _last_of(claim: Submission) -> Submission:
    """The claim itself, or the one that waits anew since its decision was taken back."""
    claim.refresh_from_db(fields=["state"])
    newest = submissions_of(claim.item).first() if claim.state == Claim.UNDONE else None
    return newest or claim


@verify_page(READ_AND_WRITE)
def unclaimed(request: VerifyRequest, number: str, code: str) -> HttpResponse:
    """What nobody claimed by its day: not met, or more time."""
    found = item_to_decide(request.actor, number, code)
    return _decide(request, found, None, lambda: redirect(url("verify-item", number=number, code=code)))


def _decide(
    request: VerifyRequest, item: OutcomeItem, claim: Submission | None, done: Callable[[], HttpResponse]
) -> HttpResponse:
    do, on = request.POST.get("do", ""), timezone.localdate()
    made = _forms(do, request.POST)
    bound = made.get(do)
    errors: list[dict[str, str]] = []
    if do and (bound is None or bound.is_valid()):
        try:
            messages.success(request, _do(do, item, claim, bound, on, request))
            return done()
        except DomainError as error:
            errors = [{"text": sentence} for sentence in said(error)]
    failed = bool(errors or (bound is not None and bound.errors))
    context = _context(request, item, claim, on) | {
        "part": made["part"], "rejecting": made["reject"], "not_met": made["not-met"], "undoing": made["undo"],
        "extending": made["extend"], "forms": [bound] if bound else [], "errors": errors,
    }  # fmt: skip
    return show(request, "decide.html", context, status=400 if failed else 200)


def _context(request: VerifyRequest, item: OutcomeItem, claim: Submission | None, on: date) -> dict[str, Any]:
    evidence = _sent(item, claim)
    barred = _barred(request, item, claim, on)
    waits, newest = claim is not None and claim.state == Claim.SUBMITTED, submissions_of(item).first()
    unclaimed_now = claim is None and item.state in (Item.PLANNED, Item.REJECTED)
    return {
        "item": item,
        "contract": item.contract,
        "claim": claim,
        "state": claim_tag(claim) if claim else item_tag(item),
        "stands": stands(item, newest if newest and newest.state == Claim.SUBMITTED else None, on),
        "claimed": claimed_words(claim.claimed, item.measure) if claim else "Nothing was claimed",
        "asked": asked_rows(item, item.measure) if item.measure else [],
        "evidence": evidence_rows(evidence, files_by_evidence(evidence)),
        "history": history(submissions_of(item), item.measure),
        "barred": barred,
        "earns": _earns_words(item, claim) if claim is not None and waits and not barred else "",
        "may_decide": waits and not barred,
        "may_undo": not barred and claim is not None and claim.state in (Claim.ACCEPTED, Claim.PART)
        and item.state in (Item.ELIGIBLE, Item.NOT_MET),
        "may_end": not barred and (waits or (unclaimed_now and item.due_on < on)),
        "may_extend": not barred and item.state in (Item.PLANNED, Item.REJECTED, Item.NOT_MET),
        "back_url": url("verify"),
    }  # fmt: skip


def _earns_words(item: OutcomeItem, claim: Submission) -> str:
    """What follows if the claim is accepted as it stands."""
    pence = worth_of(item, claim.claimed).pence
    if pence == 0:
        return f"Accepted as claimed, it earns nothing of {money(item.pence)}."
    return f"Accepted as claimed, it earns {money(pence)}{'' if pence == item.pence else f' of {money(item.pence)}'}."


def _sent(item: OutcomeItem, claim: Submission | None) -> list[Evidence]:
    """What came with the claim and with those before it."""
    last = claim.ordinal if claim else 10**6
    return [one for one in evidence_of(item) if one.submission is not None and one.submission.ordinal <= last]


def _barred(request: VerifyRequest, item: OutcomeItem, claim: Submission | None, on: date) -> str:
    """Why the actor may not decide, or nothing."""
    claimant = claim.claimant_id if claim else None
    try:
        require_decider(item.contract, item.measure, request.actor, on, claimant_id=claimant)
    except NotAllowed as refused:
        return refused.message
    return ""


def _do(do: str, item: OutcomeItem, claim: Submission | None, form: Any, on: date, request: VerifyRequest) -> str:
    """Does it and says what was done and what follows."""
    given: dict[str, Any] = form.cleaned_data if form is not None else {}
    actor, who = request.actor, _reader(item, claim)
    if do == "not-met":
        mark_not_met(item=item, reason=given["reason"], on=on, actor=actor)
        return f"Not met: nothing is paid for {item.name}. {who} reads why."
    if do == "extend":
        extend(item=item, due_on=given["due_on"], reason=given["reason"], on=on, actor=actor)
        return f"{item.name} may be sent until {long_date(given['due_on'])}."
    if claim is None:
        raise NotFound("There is nothing to decide.")
    if do == "reject":
        reject(submission=claim, reason=given["reason"], again_by=given["again_by"], on=on, actor=actor)
        return f"Sent back. {who} reads why and may send it again."
    if do == "undo":
        undo_acceptance(submission=claim, reason=given["reason"], on=on, actor=actor)
        return "The decision is taken back. The same return waits again."
    if do == "part":
        accept_part(submission=claim, accepted=given["accepted"], reason=given["reason"], on=on, actor=actor)
    else:
        accept(submission=claim, on=on, actor=actor)
    return _earned(item)


def _reader(item: OutcomeItem, claim: Submission | None) -> str:
    """Who claims the amount, and so reads what was decided."""
    if claim is not None:
        return claim.claimant_organisation.name
    return item.contract.party.name if item.contract.side == OutcomeContract.Side.PAYS else "The partnership"


def _earned(item: OutcomeItem) -> str:
    item.refresh_from_db()
    if item.state == Item.NOT_MET or item.statement is None:
        return f"Recorded. It earns nothing of {item.name}."
    return f"Recorded. {money(item.earned_pence)} goes on the statement to {long_date(item.statement.cut_off)}."
