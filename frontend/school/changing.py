"""Changing one booked place: send someone else, or cancel with today's result known before the button."""

from datetime import date
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from catalogue.rules.cancellation import Basis
from frontend.buying import Buyer, SignedInRequest, buyer_for
from frontend.fields import ShownField
from frontend.formats import long_date, money
from frontend.policy_words import COUNTING, dates_words, percent
from frontend.run_words import when_words
from frontend.school.colleagues import known_names
from frontend.school.orders import bookings_of
from frontend.school.waiver import waiver_of
from marketplace.core.errors import DomainError, NotFound
from marketplace.core.money import TaxedAmount
from marketplace.trading.models import Booking
from marketplace.trading.rules.cancelling import CancellationResult, LadderStep
from marketplace.trading.services import cancel_booking, cancellation_result, change_delegate, substitution_last_day
from marketplace.trading.services.delegates import EMAIL_LIMIT, NAME_LIMIT


class NameForm(forms.Form):
    """Who comes instead."""

    name = forms.CharField(
        label="Name of the person",
        max_length=NAME_LIMIT,
        widget=forms.TextInput(attrs={"list": "colleagues", "autocomplete": "off"}),
    )
    email = forms.EmailField(
        label="Their e-mail address",
        help_text="If they sign in here, they find the place among their own",
        required=False,
        max_length=EMAIL_LIMIT,
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )


class CancelForm(forms.Form):
    """What the page said would come back and what it would cost, in pence with VAT, so that nobody cancels under other
    terms."""

    expected = ShownField(min_value=0)
    fee = ShownField(min_value=0, required=False)


def _own(buyer: Buyer, request: SignedInRequest, pk: int) -> Booking:
    found = bookings_of(buyer, request).filter(pk=pk).first()
    if found is None:
        raise NotFound("Page not found")
    return found


@login_required
@require_safe
def booking(request: SignedInRequest, kind: str, code: str, pk: int) -> HttpResponse:
    """The choices for one place, each with what it costs today."""
    buyer = buyer_for(request, kind, code)
    return _show(request, buyer, _own(buyer, request, pk))


@login_required
@require_POST
def send_someone_else(request: SignedInRequest, kind: str, code: str, pk: int) -> HttpResponse:
    """Names the person, or another one, at no cost."""
    buyer = buyer_for(request, kind, code)
    found = _own(buyer, request, pk)
    form = NameForm(request.POST)
    if not form.is_valid():
        return _show(request, buyer, found, name_form=form, status=400)
    try:
        changed = change_delegate(
            booking=found,
            name=form.cleaned_data["name"],
            email=form.cleaned_data["email"] or None,
            on=timezone.localdate(),
            actor=request.actor,
        )
    except DomainError as error:
        form.add_error("name", error.message)
        return _show(request, buyer, found, name_form=form, status=error.status)
    messages.success(
        request, f"{changed.delegate_name} comes to {found.run.offer.title} on {long_date(found.run.starts_at)}."
    )
    return redirect(buyer.url("school-order", number=found.order_line.order.number))


@login_required
@require_POST
def cancel(request: SignedInRequest, kind: str, code: str, pk: int) -> HttpResponse:
    """Cancels the place if what comes back is still what the page said."""
    buyer, on = buyer_for(request, kind, code), timezone.localdate()
    found = _own(buyer, request, pk)
    form = CancelForm(request.POST)
    try:
        result = cancellation_result(booking=found, on=on)
        if not form.is_valid() or not _as_shown(form, result):
            now = _now(result)
            return _show(
                request, buyer, found, errors=[f"Cancelling now {now}. Nothing is cancelled. Decide again"], status=409
            )
        result = cancel_booking(booking=found, on=on, actor=request.actor)
    except DomainError as error:
        return _show(request, buyer, found, errors=[error.message], status=error.status)
    messages.success(request, f"The place is cancelled. {_came_back(result)}")
    return redirect(buyer.url("school-order", number=found.order_line.order.number))


def _as_shown(form: CancelForm, result: CancellationResult) -> bool:
    """Whether what comes back and what it costs is still what the page said."""
    shown = form.cleaned_data["expected"], form.cleaned_data["fee"] or 0
    return shown == (result.back_with_vat.gross.pence, result.fee_with_vat.gross.pence)


def _now(result: CancellationResult) -> str:
    if result.fee:
        return f"costs {result.fee_with_vat.gross}"
    return f"gives {money(result.back_with_vat.gross.pence)} back"


def _came_back(result: CancellationResult) -> str:
    costs = f" {result.fee_with_vat.gross} comes on the next invoice." if result.fee else ""
    if result.included:
        if result.place_returned:
            return "The included place may be used again."
        return f"The included place stays used.{costs}"
    if result.basis == Basis.FREE:
        return costs.strip() or "Nothing is owed."
    if not result.back:
        return "Nothing comes back."
    return f"{result.back_with_vat.gross} comes back: off the next invoice, or by credit note where it is invoiced."


def _show(
    request: SignedInRequest,
    buyer: Buyer,
    found: Booking,
    *,
    name_form: NameForm | None = None,
    errors: list[str] | None = None,
    status: int = 200,
) -> HttpResponse:
    closed, result, on = "", None, timezone.localdate()
    try:
        result = cancellation_result(booking=found, on=on)
    except DomainError as error:
        closed = error.message
    context: dict[str, Any] = {
        "buyer": buyer,
        "booking": found,
        "form": name_form or NameForm(),
        "errors": errors or [],
        "closed": closed,
        "when": when_words(found.run),
        "result": result,
        "ladder": [_rung(step, result) for step in result.steps] if result else [],
        "has_price": result is not None and result.basis == Basis.CHARGED,
        "counting": COUNTING,
        "cancel_text": _cancel_text(result) if result else "",
        "someone_else": _someone_else(found, on),
        "waiver": waiver_of(buyer, found, on),
        "colleagues": known_names(request.actor, found.school),
        "back_url": buyer.url("school-order", number=found.order_line.order.number),
    }
    return render(request, "school/booking.html", context, status=status)


def _someone_else(found: Booking, on: date) -> str:
    """Until when somebody else may be sent; empty where that is over."""
    last = substitution_last_day(found)
    if found.delegate_name and on > last:
        return ""
    if not found.delegate_name or last >= found.run.starts_on:
        return "At no cost, until the day itself."
    return f"At no cost, until {long_date(last)}."


def _cancel_text(result: CancellationResult) -> str:
    """Verb, thing, amount."""
    costs = f"{result.fee_with_vat.gross} to pay" if result.fee else ""
    if result.included:
        after = "it may be used again" if result.place_returned else "it stays used"
        return f"Cancel this place, {after}" + (f", {costs}" if costs else "")
    if result.basis == Basis.FREE:
        return f"Cancel this place, {costs or 'at no cost'}"
    return f"Cancel this place, {result.back_with_vat.gross} back"


def _rung(step: LadderStep, result: CancellationResult) -> dict[str, Any]:
    """One row of the ladder of dates, amounts with VAT."""
    owed = step.kept or step.fee
    gross = TaxedAmount.at(owed, result.vat_rate).gross
    words = str(gross)
    if step.kept and 0 < step.percent < 100 and not step.fixed:
        words = f"{percent(step.percent)}, {gross}"
    if result.included:
        back = "The place comes back" if step.free else "The place stays used"
    else:
        back = str(TaxedAmount.at(step.back, result.vat_rate).gross)
    return {"dates": dates_words(step.first, step.last), "owed": words, "back": back, "today": step.today}
