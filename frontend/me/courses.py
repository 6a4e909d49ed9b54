"""A person's own places: where to be, what to bring, what they need; afterwards the evaluation and the certificate."""

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from frontend.buying import SignedInRequest
from frontend.finance.listing import page_of
from frontend.jinja import url
from marketplace.core.errors import DomainError
from marketplace.trading.models import Booking
from marketplace.trading.queries_of_days import attended_minutes, own_place, own_places
from marketplace.trading.rules.attending import hours_words
from marketplace.trading.services import evaluation_token, set_own_needs
from marketplace.trading.services.bookings import NEEDS_LIMIT
from marketplace.trading.services.evaluating import may_evaluate

PER_PAGE = 25


@login_required
@require_safe
def courses(request: SignedInRequest) -> HttpResponse:
    """Places to come, soonest first; then what has been, newest first."""
    mine, now = own_places(request.actor), timezone.now()
    coming = mine.filter(run__ends_at__gte=now).exclude(state=Booking.State.CANCELLED).order_by("run__starts_at", "pk")
    past = mine.filter(run__ends_at__lt=now, state=Booking.State.BOOKED).order_by("-run__starts_at", "pk")
    page = page_of(request, past, per_page=PER_PAGE)
    minutes = attended_minutes([one.pk for one in page])
    context = {
        "coming": list(coming[:PER_PAGE]),
        "page_obj": page,
        "past": [_past(one, minutes.get(one.pk, 0)) for one in page],
    }
    return render(request, "me/courses.html", context)


def _past(place: Booking, minutes: int) -> dict[str, Any]:
    held = getattr(place, "certificate", None)
    return {
        "place": place,
        "time": hours_words(minutes) if minutes else "",
        "certificate": held.number if held and held.withdrawn_on is None else "",
    }


class NeedsForm(forms.Form):
    """What the person needs."""

    needs = forms.CharField(
        label="What you need", required=False, max_length=NEEDS_LIMIT, widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Such as step-free access, a hearing loop, food you cannot eat. Only our course organisers read it.",
    )  # fmt: skip


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def place(request: SignedInRequest, pk: int) -> HttpResponse:
    """One of one's own places."""
    found, on = own_place(request.actor, pk), timezone.localdate()
    form = NeedsForm(request.POST if request.method == "POST" else None, initial={"needs": found.needs})
    status = 400 if form.is_bound else 200
    if form.is_valid():
        try:
            set_own_needs(booking_id=found.pk, needs=form.cleaned_data["needs"], on=on, actor=request.actor)
        except DomainError as error:
            form.add_error("needs", error.message)
            status = error.status
        else:
            messages.success(request, "Saved. Our course organisers will read what you need.")
            return redirect(url("me-course", pk=found.pk))
    evaluated = hasattr(found, "evaluation")
    due = not evaluated and found.state == Booking.State.BOOKED and may_evaluate(found, on)
    held = getattr(found, "certificate", None)
    context = {
        "place": found,
        "run": found.run,
        "meetings": list(found.run.meetings.all()),
        "coming": found.run.ends_on >= on and found.state != Booking.State.CANCELLED,
        "booked": found.state == Booking.State.BOOKED,
        "form": form,
        "evaluate_url": url("evaluate", token=evaluation_token(booking=found)) if due else "",
        "evaluated": evaluated,
        "certificate": held.number if held and held.withdrawn_on is None else "",
        "back_url": url("me-courses"),
    }
    return render(request, "me/course.html", context, status=status)
