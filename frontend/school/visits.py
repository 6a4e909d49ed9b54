"""Visits of consultants for the school: what was done, what it costs, agreeing it or querying a part with a reason."""

from datetime import date
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from frontend.buying import TRUST, Buyer, SignedInRequest, buyer_for, receivers_for
from frontend.finance.access import said
from frontend.finance.listing import chosen, page_of
from frontend.formats import long_date, money, plural
from frontend.visit_words import (
    PUPILS,
    VisitFilter,
    narrowed,
    next_words,
    rows_of,
    state_of,
    taken_on,
    units_of,
    visit_of_date,
    with_vat,
)
from marketplace.core.actors import BUYING
from marketplace.core.errors import DomainError, NotFound, WrongInput
from marketplace.trading.engagements.models import EngagementDate
from marketplace.trading.engagements.services.charging import parts_of_visit, worth_of
from marketplace.trading.engagements.services.visits import REASON_LIMIT, agree_visit, query_visit
from marketplace.trading.engagements.visit_models import Visit
from marketplace.trading.engagements.visit_queries import bought_by, visit_dates_for

PER_PAGE = 25
State = EngagementDate.State
RATINGS = [("", "No rating"), ("5", "5, excellent"), ("4", "4"), ("3", "3"), ("2", "2"), ("1", "1, poor")]


class AgreeForm(forms.Form):
    """Agreeing needs nothing; a rating may be given."""

    rating = forms.ChoiceField(
        label="How good was it?", choices=RATINGS, required=False,
        help_text="Shown to nobody before five visits of this consultant were rated, and then as an average.",
    )  # fmt: skip


class QueryForm(forms.Form):
    """What is not right."""

    reason = forms.CharField(
        label="What is not right?", max_length=REASON_LIMIT, help_text=f"The provider reads it. {PUPILS}",
        widget=forms.Textarea(attrs={"rows": 3}), error_messages={"required": "Enter what is not right"},
    )  # fmt: skip


@login_required
@require_safe
def visits(request: SignedInRequest, kind: str, code: str) -> HttpResponse:
    """Visits of the buyer's bookings and of those it shares, latest first; for a trust its schools' too."""
    buyer = buyer_for(request, kind, code)
    form = VisitFilter(request.GET)
    found = narrowed(visit_dates_for(request.actor).filter(_of(buyer, request)), form)
    page = page_of(request, found, per_page=PER_PAGE)
    context = {
        "buyer": buyer, "filter_form": form, "chosen": chosen(request, form), "page_obj": page,
        "rows": rows_of(list(page), timezone.localdate(), side="school"), "several": buyer.kind == TRUST,
        "count_text": plural(page.paginator.count, "visit"),
    }  # fmt: skip
    return render(request, "school/visits.html", context)


def _of(buyer: Buyer, request: SignedInRequest) -> Any:
    if buyer.kind != TRUST:
        return bought_by(request.actor, buyer.organisation.pk)
    found = bought_by(request.actor, buyer.organisation.pk)
    for one in receivers_for(buyer, request.actor):
        found |= bought_by(request.actor, one.pk)
    return found


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def visit(request: SignedInRequest, kind: str, code: str, number: str, ordinal: int) -> HttpResponse:
    """One visit with its cost; the school that made the booking agrees it or queries it."""
    buyer, on = buyer_for(request, kind, code), timezone.localdate()
    own = visit_dates_for(request.actor).filter(_of(buyer, request))
    date_ = own.filter(engagement__number=number, ordinal=ordinal).first()
    if date_ is None:
        raise NotFound("Page not found")
    asks = request.POST.get("do") == "query"
    query = QueryForm(request.POST if asks else None)
    errors: list[str] = []
    status = 200
    if request.method == "POST":
        status = 400
        if not asks or query.is_valid():
            try:
                words = _done(request, date_, query, on)
            except DomainError as error:
                errors, status = said(error), error.status
            else:
                messages.success(request, words)
                return redirect(buyer.url("school-visits"))
    context = {**_facts(request, buyer, date_, on), "errors": errors, "query_form": query, "agree_form": AgreeForm()}
    return render(request, "school/visit.html", context, status=status)


def _facts(request: SignedInRequest, buyer: Buyer, date_: EngagementDate, on: date) -> dict[str, Any]:
    """What was done and what it costs. A school that only shares the booking reads, and sees its own part."""
    stands, booking = visit_of_date(date_), date_.engagement
    shown = stands if stands is not None and stands.state != Visit.State.DRAFT else None
    leads = booking.school_id in request.actor.organisations(*BUYING)
    context: dict[str, Any] = {
        "buyer": buyer, "date": date_, "booking": booking, "visit": shown, "day": long_date(date_.starts_at),
        "state": state_of(date_, on, side="school"), "next": next_words(date_, on), "units": units_of(date_),
        "leads": leads, "may_agree": leads and date_.state in (State.WRITTEN_UP, State.QUERIED),
        "may_query": leads and date_.state == State.WRITTEN_UP, "back_url": buyer.url("school-visits"),
    }  # fmt: skip
    if shown is not None:
        worth, parts = worth_of(shown), parts_of_visit(shown)
        own = request.actor.organisations(*BUYING)
        context |= {
            "worth": worth, "cost": with_vat(shown, worth.net_pence),
            "parts": [part for part in parts if part[0].position and (leads or part[0].school.pk in own)],
            "last_day": long_date(shown.agree_by) if shown.agree_by else "",
            "taken_on": long_date(taken_on(shown)) if shown.agree_by else "",
        }  # fmt: skip
    return context


def _done(request: SignedInRequest, date_: EngagementDate, query: QueryForm, on: date) -> str:
    """What the button that was pressed does, in words."""
    stands = visit_of_date(date_)
    if stands is None:
        raise WrongInput("This visit was not written up yet, so there is nothing to answer.")
    if request.POST.get("do") == "query":
        query_visit(visit=stands, reason=query.cleaned_data["reason"], on=on, actor=request.actor)
        return f"The visit of {long_date(date_.starts_at)} is in query. Nothing is charged until it is settled."
    if request.POST.get("do") != "agree":
        raise WrongInput("Choose whether you agree or query the visit")
    given = AgreeForm(request.POST)
    rating = int(given.cleaned_data["rating"]) if given.is_valid() and given.cleaned_data["rating"] else None
    agreed = agree_visit(visit=stands, on=on, actor=request.actor, rating=rating)
    cost = with_vat(agreed, worth_of(agreed).net_pence)
    charged = f"{money(cost.gross.pence)} with VAT will be invoiced." if cost.gross else "Nothing is charged."
    return f"The visit of {long_date(date_.starts_at)} is agreed. {charged}"
