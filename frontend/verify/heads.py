"""Heads to decide: how many were returned of a milestone for a statement, accepted as returned or sent back with a reason."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from frontend.finance.access import said
from frontend.formats import long_date, money
from frontend.jinja import url
from frontend.outcomes.heads_words import asked_rows, earns_words, figures_words, history, pence_of
from frontend.verify.access import READ_AND_WRITE, VerifyRequest, show, verify_page
from frontend.verify.forms import ReasonForm
from marketplace.core.errors import DomainError, NotAllowed
from subscriptions.outcomes.acting import require_decider
from subscriptions.outcomes.heads_queries import HeadsOf, heads_of_one, volume_return_for
from subscriptions.outcomes.models import Statement, VolumeReturn
from subscriptions.outcomes.rules.bands import Heads
from subscriptions.outcomes.services.volume import decide_volume

State = VolumeReturn.State
TAGS = {State.SUBMITTED: "claim to decide", State.ACCEPTED: "claim accepted", State.REJECTED: "claim rejected"}


def heads_url(one: VolumeReturn) -> str:
    """The page on which a return of heads is decided."""
    statement = one.statement
    return url(
        "verify-heads", number=statement.contract.number, statement=statement.ordinal, code=one.milestone.code,
        ordinal=one.ordinal,
    )  # fmt: skip


def heads_row(one: VolumeReturn) -> dict[str, Any]:
    """A return of heads in the verifier's lists."""
    return {"returned": one, "href": heads_url(one), "state": TAGS[State(one.state)], "claimed": figures_words(one)}


@verify_page(READ_AND_WRITE)
def heads(request: VerifyRequest, number: str, statement: int, code: str, ordinal: int) -> HttpResponse:
    """What was returned, what it would earn by band, what came before; accepting it or sending it back."""
    found = volume_return_for(request.actor, number, statement, code, ordinal)
    of = heads_of_one(found.statement, code)
    do, on = request.POST.get("do", ""), timezone.localdate()
    form = ReasonForm(request.POST if do == "reject" else None)
    errors: list[dict[str, str]] = []
    if do == "accept" or (do == "reject" and form.is_valid()):
        try:
            accepted = do == "accept"
            reason = "" if accepted else form.cleaned_data["reason"]
            decide_volume(returned=found, accepted=accepted, reason=reason, on=on, actor=request.actor)
            messages.success(request, _decided(found, of, accepted))
            return redirect(heads_url(found))
        except DomainError as error:
            errors = [{"text": sentence} for sentence in said(error)]
    context = _context(request, found, of) | {"form": form, "errors": errors}
    return show(request, "heads.html", context, status=400 if errors or form.errors else 200)


def _context(request: VerifyRequest, found: VolumeReturn, of: HeadsOf) -> dict[str, Any]:
    parts = of.parts(Heads(found.billable, found.refundable))
    barred, waits = _barred(request, found), found.state == State.SUBMITTED
    is_open = found.statement.state == Statement.State.OPEN
    return {
        "returned": found, "contract": found.statement.contract, "milestone": found.milestone,
        "state": TAGS[State(found.state)], "claimed": figures_words(found), "asked": asked_rows(of),
        "parts": earns_words(parts), "pence": pence_of(parts), "barred": barred if waits else "",
        "may_decide": waits and not barred, "may_accept": waits and not barred and is_open,
        "decide_by": long_date(found.statement.cut_off) if waits and is_open else "",
        "history": history([one for one in of.returns if one.ordinal <= found.ordinal]), "back_url": url("verify"),
    }  # fmt: skip


def _barred(request: VerifyRequest, found: VolumeReturn) -> str:
    """Why the actor may not decide, or nothing."""
    contract, on = found.statement.contract, timezone.localdate()
    try:
        require_decider(contract, None, request.actor, on, claimant_id=found.claimant_id)
    except NotAllowed as refused:
        return refused.message
    return ""


def _decided(found: VolumeReturn, of: HeadsOf, accepted: bool) -> str:
    owner = found.claimant_organisation.name
    if not accepted:
        return f"Sent back. {owner} reads why and may return them again."
    pence = pence_of(of.parts(Heads(found.billable, found.refundable)))
    return f"Accepted: {figures_words(found)}. {money(pence)} goes on the statement to {long_date(found.statement.cut_off)}."
