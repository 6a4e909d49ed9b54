"""Visits for the partnership's organisers: who has not written up, who has not answered, and queries to decide."""

from decimal import Decimal
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from frontend.finance.access import posted, said
from frontend.finance.listing import chosen, page_of
from frontend.formats import long_date, plural
from frontend.jinja import url
from frontend.organise.access import READ_AND_WRITE, OrganiserRequest, organiser_page, show
from frontend.visit_words import StaffVisitFilter, narrowed, next_words, rows_of, state_of, units_of, visit_of_date
from marketplace.core.errors import DomainError
from marketplace.trading.engagements.services.charging import parts_of_visit, worth_of
from marketplace.trading.engagements.services.visits import REASON_LIMIT, decide_query
from marketplace.trading.engagements.visit_models import Visit
from marketplace.trading.engagements.visit_queries import visit_date_for, visit_dates_for


class DecideForm(forms.Form):
    """How much of the visit is charged, and why."""

    quantity = forms.DecimalField(
        label="Charge", min_value=Decimal(0), max_digits=5, decimal_places=2,
        widget=forms.TextInput(attrs={"inputmode": "decimal"}),
        error_messages={"required": "Enter how much to charge, 0 for nothing", "invalid": "Charge must be a number"},
    )  # fmt: skip
    answer = forms.CharField(
        label="What both read", max_length=REASON_LIMIT, widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "Enter why you decide so"},
    )  # fmt: skip


@organiser_page()
def visits(request: OrganiserRequest) -> HttpResponse:
    """All visits, latest first."""
    form = StaffVisitFilter(request.GET)
    page = page_of(request, narrowed(visit_dates_for(request.actor), form))
    context = {
        "filter_form": form, "chosen": chosen(request, form), "page_obj": page,
        "rows": rows_of(list(page), timezone.localdate(), side="us"),
        "count_text": plural(page.paginator.count, "visit"),
    }  # fmt: skip
    return show(request, "visits.html", context)


@organiser_page(READ_AND_WRITE)
def visit(request: OrganiserRequest, number: str, ordinal: int) -> HttpResponse:
    """One visit with its query; an organiser decides where the provider stands by its record."""
    date_, on = visit_date_for(request.actor, number, ordinal), timezone.localdate()
    stands = visit_of_date(date_)
    shown = stands if stands is not None and stands.state != Visit.State.DRAFT else None
    state = state_of(date_, on, side="us")
    form = DecideForm(posted(request), initial={"quantity": date_.quantity}) if state == "visit to decide" else None
    status = 200
    if form is not None and form.is_bound:
        status = 400
        if form.is_valid() and shown is not None:
            given: dict[str, Any] = form.cleaned_data
            try:
                decide_query(visit=shown, on=on, actor=request.actor, **given)
            except DomainError as error:
                form.add_error(None, " ".join(said(error)))
                status = error.status
            else:
                messages.success(request, f"Decided. {date_.engagement.school.name} and the provider read why.")
                return redirect(url("organise-visits"))
    context = {
        "date": date_, "booking": date_.engagement, "visit": shown, "form": form, "state": state,
        "day": long_date(date_.starts_at), "next": next_words(date_, on), "units": units_of(date_),
        "worth": worth_of(shown) if shown else None,
        "parts": [part for part in parts_of_visit(shown) if part[0].position] if shown else [],
        "back_url": url("organise-visits"),
    }  # fmt: skip
    return show(request, "visit.html", context, status=status)
