"""A provider's requests: the list, one to quote for or decline; and what schools booked of its consultants."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from catalogue.offer_queries import provider_for
from frontend.buying import SignedInRequest
from frontend.fields import DatePartsField
from frontend.finance.access import posted, said
from frontend.finance.listing import page_of
from frontend.formats import long_date, money, plural
from frontend.jinja import url
from frontend.school.consultant_words import DATE_TAGS, RELEASES, when_words
from marketplace.core.errors import DomainError, NotFound
from marketplace.trading.engagements.models import EngagementDate
from marketplace.trading.engagements.queries import (
    date_for,
    engagement_for,
    engagements_for,
    free_times_of,
    quote_for,
    quotes_for,
)
from marketplace.trading.engagements.requests import ConsultantQuote
from marketplace.trading.engagements.rules.terms import a_unit, units_words
from marketplace.trading.engagements.services.agreeing import is_member
from marketplace.trading.engagements.services.dates import cancel_date
from marketplace.trading.engagements.services.planning import day_of
from marketplace.trading.engagements.services.quoting import Answer, answer_request, decline_request
from marketplace.trading.engagements.services.request_locks import OPEN
from providers.queries import rate_for

PER_PAGE = 25
WRITE = ("GET", "HEAD", "POST")


class QuoteForm(forms.Form):
    """How much, in how many visits, from how far, until when."""

    quantity = forms.DecimalField(
        label="How much do you offer?", min_value=Decimal("0.5"), max_value=Decimal(200), decimal_places=2,
        error_messages={"invalid": "How much must be a number, like 2.5", "required": "Enter how much you offer"},
    )  # fmt: skip
    visits = forms.IntegerField(
        label="In how many visits?", min_value=1, max_value=200,
        error_messages={"invalid": "Visits must be a whole number", "required": "Enter how many visits"},
    )  # fmt: skip
    miles = forms.IntegerField(
        label="Miles of one visit, there and back", required=False, min_value=0, max_value=2000,
        error_messages={"invalid": "Miles must be a whole number"},
    )  # fmt: skip
    words = forms.CharField(
        label="Anything the school should know",
        required=False,
        max_length=600,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    valid_until = DatePartsField(label="The quote holds until")
    first_days = forms.MultipleChoiceField(
        label="First free days that you offer", required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, days: list[date], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(day.isoformat(), f"{day:%A} {long_date(day)}") for day in days]
        self.fields["first_days"].choices = choices  # type: ignore[attr-defined]


class DeclineForm(forms.Form):
    """Why not, in a sentence that the school reads."""

    reason = forms.CharField(label="Why not?", max_length=240, error_messages={"required": "Enter why, for the school"})


@login_required
@require_safe
def requests(request: SignedInRequest, provider: str) -> HttpResponse:
    """What the provider's consultants were asked, newest first."""
    found = provider_for(request.actor, provider)
    page = page_of(request, quotes_for(request.actor).filter(consultant__provider=found), per_page=PER_PAGE)
    rows = [(one, units_words(one.request.quantity, one.request.unit)) for one in page]
    context = {"provider": found, "page_obj": page, "rows": rows, "count_text": plural(page.paginator.count, "request")}
    return render(request, "provider/requests.html", context)


@login_required
@require_http_methods(WRITE)
def request_page(request: SignedInRequest, provider: str, pk: int) -> HttpResponse:
    """One request with what the school needs; a quote or a reason why not."""
    found, on = provider_for(request.actor, provider), timezone.localdate()
    quote = quote_for(request.actor, pk)
    if quote.consultant.provider_id != found.pk:
        raise NotFound("Page not found")
    asked, consultant = quote.request, quote.consultant
    first = max(asked.wanted_from, on + timedelta(days=1))
    days = sorted({day for day, _ in free_times_of(consultant, asked.unit, asked.quantity, first)})[:6]
    declining, data = request.POST.get("do") == "decline", posted(request)
    initial = {"quantity": asked.quantity.normalize(), "visits": 1, "valid_until": on + timedelta(days=30)}
    form = QuoteForm(None if declining else data, days=days, initial=initial)
    decline = DeclineForm(data if declining else None)
    if done := _answered(request, quote, form, decline):
        messages.success(request, done)
        return redirect(url("provider-request", provider=provider, pk=pk))
    rate = rate_for(consultant, asked.unit, on, is_member(asked.school, on))
    context = {
        "provider": found, "quote": quote, "asked": asked, "form": form, "decline": decline, "forms": [form, decline],
        "need": units_words(asked.quantity, asked.unit), "a_unit": a_unit, "rate": rate,
        "last_day": asked.wanted_to - timedelta(days=1),
        "may_answer": quote.state == "asked" and asked.state in OPEN,
        "may_decline": quote.state in ("asked", "quoted") and asked.state in OPEN,
        "units": units_words(quote.quantity, asked.unit) if quote.quantity else "",
        "back_url": url("provider-requests", provider=provider),
    }  # fmt: skip
    return render(request, "provider/request.html", context, status=400 if data is not None else 200)


def _answered(request: SignedInRequest, quote: ConsultantQuote, form: QuoteForm, decline: DeclineForm) -> str:
    """What was done, in words; "" where nothing was."""
    on = timezone.localdate()
    if form.is_bound and form.is_valid():
        given = form.cleaned_data
        answer = Answer(
            given["quantity"], given["visits"], given["valid_until"], given["miles"] or 0,
            [date.fromisoformat(day) for day in given["first_days"]], given["words"],
        )  # fmt: skip
        try:
            done = answer_request(quote=quote, answer=answer, on=on, actor=request.actor)
        except DomainError as error:
            form.add_error(None, " ".join(said(error)))
            return ""
        return f"Your quote of {money(done.gross_pence)} with VAT went to {quote.request.school.name}."
    if decline.is_bound and decline.is_valid():
        try:
            decline_request(quote=quote, reason=decline.cleaned_data["reason"], on=on, actor=request.actor)
        except DomainError as error:
            decline.add_error(None, " ".join(said(error)))
            return ""
        return f"{quote.request.school.name} is told that you cannot, and why."
    return ""


@login_required
@require_safe
def bookings(request: SignedInRequest, provider: str) -> HttpResponse:
    """What schools booked, newest first."""
    found = provider_for(request.actor, provider)
    page = page_of(request, engagements_for(request.actor).filter(consultant__provider=found), per_page=PER_PAGE)
    rows = [(one, units_words(one.quantity, one.unit)) for one in page]
    context = {"provider": found, "page_obj": page, "rows": rows, "count_text": plural(page.paginator.count, "booking")}
    return render(request, "provider/bookings.html", context)


@login_required
@require_safe
def booking(request: SignedInRequest, provider: str, number: str) -> HttpResponse:
    """One booking: what it earns, its dates; each leads to saying that one cannot come."""
    found, on = provider_for(request.actor, provider), timezone.localdate()
    own = engagement_for(request.actor, number)
    if own.consultant.provider_id != found.pk:
        raise NotFound("Page not found")
    dates = [
        {
            "when": when_words(one), "quantity": units_words(one.quantity, own.unit), "tag": DATE_TAGS[one.state],
            "note": one.reason or RELEASES[one.release],
            "href": url("provider-booking-date", provider=provider, number=number, ordinal=one.ordinal)
            if one.state == EngagementDate.State.PLANNED and day_of(one) >= on
            else "",
        }
        for one in own.dates.order_by("starts_at")
    ]  # fmt: skip
    context = {
        "provider": found, "booking": own, "dates": dates, "a_unit": a_unit, "units": units_words(own.quantity, own.unit),
        "back_url": url("provider-bookings", provider=provider),
    }  # fmt: skip
    return render(request, "provider/booking.html", context)


@login_required
@require_http_methods(WRITE)
def cannot_come(request: SignedInRequest, provider: str, number: str, ordinal: int) -> HttpResponse:
    """The consultant cannot come: nothing is charged and nothing is owed."""
    found = provider_for(request.actor, provider)
    planned = date_for(request.actor, number, ordinal)
    here = url("provider-booking", provider=provider, number=number)
    if planned.engagement.consultant.provider_id != found.pk:
        raise NotFound("Page not found")
    form = DeclineForm(posted(request))
    if form.is_bound and form.is_valid():
        try:
            cancel_date(
                date=planned, on=timezone.localdate(), reason=form.cleaned_data["reason"], by_school=False,
                actor=request.actor,
            )  # fmt: skip
        except DomainError as error:
            form.add_error(None, " ".join(said(error)))
        else:
            messages.success(request, f"{when_words(planned)} is cancelled. The school is told. Nothing is owed.")
            return redirect(here)
    context = {"provider": found, "planned": planned, "when": when_words(planned), "form": form, "back_url": here}
    return render(request, "provider/cannot_come.html", context, status=400 if form.is_bound else 200)
