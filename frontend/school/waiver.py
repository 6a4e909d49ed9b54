"""Asking that what a cancellation policy keeps of a place is waived: for one of its reasons, with evidence if there is any."""

from datetime import date, timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from catalogue.rules.cancellation import waiver_reasons
from frontend.buying import Buyer, SignedInRequest, buyer_for
from frontend.formats import long_date
from frontend.school.orders import bookings_of
from marketplace.core.errors import DomainError, NotFound
from marketplace.core.money import Money, TaxedAmount
from marketplace.trading.models import Booking, Waiver
from marketplace.trading.services import ask_waiver, cancellation_result
from marketplace.trading.services.waivers import ASK_WITHIN_DAYS, kept_of, stays_used

_ANSWERED = {Waiver.State.GRANTED: "granted", Waiver.State.REFUSED: "not granted"}


class WaiverForm(forms.Form):
    """The reason and the evidence."""

    reason = forms.ChoiceField(label="Why?", widget=forms.RadioSelect, error_messages={"required": "Choose the reason"})
    evidence = forms.FileField(label="Evidence", required=False, allow_empty_file=True)

    def __init__(self, *args: Any, reasons: dict[str, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].choices = list(reasons.items())  # type: ignore[attr-defined]


def waiver_of(buyer: Buyer, booking: Booking, on: date) -> dict[str, Any]:
    """What the page of a place says about its waiver: what was asked and answered, or that one may ask."""
    found = booking.waivers.first()
    if found is not None:
        return {
            "asked": True,
            "state": f"waiver {found.state}",
            "sentence": _sentence(found, booking),
            "answer": found.answer,
        }
    at_stake = stake_of(booking, on)
    over = on > booking.run.starts_on + timedelta(days=ASK_WITHIN_DAYS)
    if not at_stake or over or not waiver_reasons(booking.order_line.cancellation):
        return {}
    words = f"If something happened that you could not help, ask us to waive {at_stake}."
    return {"may_ask": True, "sentence": words}


def stake_of(booking: Booking, on: date) -> str:
    """What the policy kept of the place, or would keep if it were cancelled today, in words; empty where nothing."""
    gross = gross_of(booking, kept_of(booking))
    if booking.state == Booking.State.BOOKED and on <= booking.run.starts_on:
        result = cancellation_result(booking=booking, on=on)
        kept = result.kept or result.fee
        used = result.included and not result.place_returned
        return _stake(gross_of(booking, kept) if kept else None, used)
    if booking.state == Booking.State.HELD:
        return ""
    return _stake(gross if gross else None, stays_used(booking))


def _stake(gross: Money | None, used: bool) -> str:
    parts = [str(gross)] if gross else []
    parts += ["the included place that stays used"] if used else []
    return " and ".join(parts)


def gross_of(booking: Booking, net: Money) -> Money:
    """With the VAT of its line."""
    return TaxedAmount.at(net, booking.order_line.vat_rate).gross


def _sentence(waiver: Waiver, booking: Booking) -> str:
    asked = f"Asked for on {long_date(waiver.asked_on)}" if waiver.asked_by_person_id else "Given by our organisers"
    if waiver.state == Waiver.State.ASKED:
        return f"{asked}. With our course organisers; you get an e-mail with their answer."
    given = gross_of(booking, Money(waiver.given_pence))
    what = f" {given} comes back." if waiver.given_pence else ""
    again = " The included place may be used again." if booking.place_returned else ""
    decided = long_date(waiver.decided_on) if waiver.decided_on else ""
    return f"{asked}, {_ANSWERED[Waiver.State(waiver.state)]} on {decided}.{what}{again}"


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def waiver(request: SignedInRequest, kind: str, code: str, pk: int) -> HttpResponse:
    """The reasons that the policy of the place allows, with what happens meanwhile."""
    buyer, on = buyer_for(request, kind, code), timezone.localdate()
    booking = bookings_of(buyer, request).filter(pk=pk).first()
    if booking is None:
        raise NotFound("Page not found")
    back = buyer.url("school-booking", pk=pk)
    given = (request.POST, request.FILES) if request.method == "POST" else ()
    form = WaiverForm(*given, reasons=waiver_reasons(booking.order_line.cancellation))
    if not waiver_of(buyer, booking, on).get("may_ask"):
        return redirect(back)
    if form.is_valid() and _asked(request, booking, form, on):
        messages.success(request, "We have your request. Our course organisers decide, and you get an e-mail.")
        return redirect(back)
    stands = booking.state == Booking.State.BOOKED and on <= booking.run.starts_on
    context = {
        "buyer": buyer, "booking": booking, "form": form, "stake": stake_of(booking, on), "stands": stands,
        "back_url": back,
    }  # fmt: skip
    return render(request, "school/waiver.html", context, status=400 if form.is_bound else 200)


def _asked(request: SignedInRequest, booking: Booking, form: WaiverForm, on: date) -> bool:
    """Whether it was asked; if not, the form says why."""
    file = form.cleaned_data["evidence"]
    try:
        ask_waiver(
            booking=booking,
            reason=form.cleaned_data["reason"],
            evidence=file.file if file else None,
            evidence_name=file.name if file else "",
            on=on,
            actor=request.actor,
        )
    except DomainError as error:
        form.add_error("evidence" if error.code in ("wrong_file", "file_too_large") else None, error.message)
        return False
    return True
