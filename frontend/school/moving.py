"""Moving a place to another date: the dates, what each would cost today, and one button."""

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from catalogue.models import CourseRun
from frontend.buying import Buyer, SignedInRequest, buyer_for
from frontend.fields import ShownField
from frontend.formats import long_date, money
from frontend.run_words import fetch_meetings
from frontend.school.offer_form import run_hint, run_words
from frontend.school.orders import bookings_of
from marketplace.core.errors import DomainError, NotFound
from marketplace.trading.models import Booking
from marketplace.trading.services import TransferResult, transfer_booking, transfer_result
from marketplace.trading.services.transferring import dates_to_move_to

MOST_DATES = 50


class DateForm(forms.Form):
    """To which date. ``expected`` is the difference that the page showed, in pence with VAT."""

    expected = ShownField(required=False)

    def __init__(self, data: Any, runs: list[CourseRun]) -> None:
        super().__init__(data)
        self.runs = {run.code: run for run in runs}
        self.fields["run"] = forms.ChoiceField(
            label="Which date?",
            choices=[(run.code, run_words(run)) for run in runs],
            widget=forms.RadioSelect,
            error_messages={"required": "Choose a date", "invalid_choice": "Choose one of the dates listed"},
        )

    @property
    def run(self) -> CourseRun:
        return self.runs[self.cleaned_data["run"]]


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def move(request: SignedInRequest, kind: str, code: str, pk: int) -> HttpResponse:
    """Choosing a date shows what moving there does today; posting moves if that is still so."""
    buyer, on = buyer_for(request, kind, code), timezone.localdate()
    found = bookings_of(buyer, request).filter(pk=pk).first()
    if found is None:
        raise NotFound("Page not found")
    runs = list(dates_to_move_to(booking=found, on=on)[:MOST_DATES])
    fetch_meetings(runs)
    given = request.POST if request.method == "POST" else request.GET if {"run", "see"} & request.GET.keys() else None
    form = DateForm(given, runs)
    if not form.is_bound or not form.is_valid():
        return _show(request, buyer, found, form, status=400 if request.method == "POST" else 200)
    if request.method != "POST" or form.cleaned_data["expected"] is None:
        return _show(request, buyer, found, form)
    try:
        moved = transfer_booking(
            booking=found, run=form.run, expected_pence=form.cleaned_data["expected"], on=on, actor=request.actor
        )
    except DomainError as error:
        return _show(request, buyer, found, form, errors=[error.message], status=error.status)
    messages.success(request, f"The place is on {long_date(moved.run.starts_at)} now.")
    return redirect(buyer.url("school-order", number=moved.order_line.order.number))


def _show(
    request: SignedInRequest,
    buyer: Buyer,
    found: Booking,
    form: DateForm,
    *,
    errors: list[str] | None = None,
    status: int = 200,
) -> HttpResponse:
    result, closed = None, ""
    if form.is_bound and not form.errors:
        try:
            result = transfer_result(booking=found, run=form.run, on=timezone.localdate(), actor=request.actor)
        except DomainError as error:
            closed = error.message
    context = {
        "buyer": buyer,
        "booking": found,
        "form": form,
        "run_hints": {run.code: run_hint(run) for run in form.runs.values()},
        "result": result,
        "to": run_words(form.run) if result else "",
        "move_text": move_text(result) if result else "",
        "closed": closed,
        "errors": errors or [],
        "back_url": buyer.url("school-booking", pk=found.pk),
    }
    return render(request, "school/move.html", context, status=status)


def move_text(result: TransferResult) -> str:
    """Verb, thing, amount."""
    pence = result.difference_pence
    if not pence:
        return "Move this place, nothing to pay"
    return f"Move this place, {money(pence)} to pay" if pence > 0 else f"Move this place, {money(-pence)} back"
