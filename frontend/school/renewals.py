"""Renewals of a year: what ends beside what follows it; keep or stop each, or keep all that is offered."""

from datetime import date
from itertools import groupby
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from frontend.agreement_words import notice_words
from frontend.buying import TRUST, Buyer, SignedInRequest, buyer_for, receivers_for
from frontend.formats import money, percent_change, plural
from frontend.jinja import url
from frontend.school.service_changes import expected_of
from marketplace.core.errors import DomainError, WrongInput
from subscriptions.agreements.models import Agreement
from subscriptions.renewals.queries import Renewal, ending_in, renewals_of
from subscriptions.renewals.used import used_under
from subscriptions.services import keep_all, stop_renewing, take_offer

ANSWERS = {
    "decide": "renewal decide", "waiting": "renewal waiting", "kept": "renewal kept", "stopped": "renewal stopped",
    "ends": "renewal ends",
}  # fmt: skip
MOST = 500


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def renewals(request: SignedInRequest, kind: str, code: str, year: int) -> HttpResponse:
    """One table for each school, with the sums of all; what was decided stays in it."""
    if not 2000 <= year <= 2200:
        raise Http404
    buyer, on = buyer_for(request, kind, code), timezone.localdate()
    request.section_path = buyer.url("school-services")
    own = receivers_for(buyer, request.actor) if buyer.kind == TRUST else [buyer.organisation]
    rows = renewals_of(list(ending_in(request.actor, [one.pk for one in own], year)[:MOST]), on)
    errors: list[str] = []
    status = 200
    if request.method == "POST":
        try:
            messages.success(request, _answered(request, rows, on))
        except DomainError as error:
            errors, status = [error.message, *error.detail], error.status
        else:
            return redirect(buyer.url("school-renewals", year=year))
    return render(request, "school/renewals.html", _context(buyer, year, rows, errors, on), status=status)


def _answered(request: SignedInRequest, rows: list[Renewal], on: date) -> str:
    """Does what the button says, and says it."""
    do, number = request.POST.get("do", ""), request.POST.get("number", "")
    if do == "keep_all":
        offered = [row.follows for row in rows if row.answer == "decide" and row.follows is not None]
        expected = expected_of(request.POST) or 0
        kept = keep_all(renewals=offered, expected_pence=expected, on=on, actor=request.actor)
        return f"{plural(kept, 'service')} kept, {money(expected)} with VAT over the new terms."
    row = next((one for one in rows if one.agreement.number == number), None)
    if row is None:
        raise Http404
    if do not in ("keep", "stop"):
        raise WrongInput("Choose to keep or to stop the service. Nothing was changed.")
    title = row.agreement.title
    if do == "keep" and row.follows is not None:
        expected = expected_of(request.POST) or 0
        take_offer(agreement=row.follows, expected_pence=expected, on=on, actor=request.actor)
        return f"{title} is kept, {money(expected)} with VAT over the new term."
    stop_renewing(agreement=row.agreement, on=on, actor=request.actor)
    return f"{title} is stopped: it is not renewed."


def _context(buyer: Buyer, year: int, rows: list[Renewal], errors: list[str], on: date) -> dict[str, Any]:
    offered = [row for row in rows if row.answer == "decide"]
    compared = [row for row in rows if row.after_pence is not None]
    grouped = groupby(rows, key=lambda row: row.agreement.organisation)
    used = used_under([row.agreement for row in rows])
    return {
        "buyer": buyer, "year": year, "errors": errors, "several": buyer.kind == TRUST,
        "pupils": any(row.pupils for row in rows), "used": any(used.values()),
        "schools": [{"name": one.name, "rows": [_row(row, used, on, buyer) for row in own]} for one, own in grouped],
        "count": len(rows), "decided": sum(row.answer in ("kept", "stopped") for row in rows),
        "asked": sum(row.answer != "ends" for row in rows), "offered": len(offered),
        "offered_gross": sum(row.after_gross for row in offered), "before": sum(row.before_pence for row in compared),
        "after": sum(row.after_pence or 0 for row in compared), "compared": len(compared), "back_url": buyer.url("school-services"),
    }  # fmt: skip


def _row(row: Renewal, used: dict[int, str], on: date, buyer: Buyer) -> dict[str, Any]:
    change = row.change_pence
    return {
        "renewal": row,
        "state": ANSWERS[row.answer],
        "notice": notice_words(row.agreement, on),
        "used": used.get(row.agreement.pk, ""),
        "change": "" if change is None else money(change),
        "percent": "" if row.after_pence is None else percent_change(row.after_pence, row.before_pence),
        "level_url": _level_url(row.agreement, buyer) if row.answer in ("decide", "waiting") else "",
    }


def _level_url(agreement: Agreement, buyer: Buyer) -> str:
    """Where another level is chosen: of a subscription, on its own page."""
    if agreement.kind != Agreement.Kind.SUBSCRIPTION or agreement.organisation_id != buyer.organisation.pk:
        return ""
    return url("school-subscription", **buyer.keys)
