"""Joining a waiting list from the page of an offer, where fewer places are left than are wanted."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from frontend.buying import Buyer, SignedInRequest
from frontend.formats import long_date, plural
from frontend.school.offer_form import OfferForm
from marketplace.core.errors import DomainError
from marketplace.trading.models import WaitingEntry
from marketplace.trading.models.waiting import LIVE
from marketplace.trading.services import join_waiting
from marketplace.trading.waiting_queries import schools_waiting

TOGETHER, AS_THEY_COME = "together", "as_they_come"


def waiting_choice(buyer: Buyer, form: OfferForm) -> dict[str, Any] | None:
    """What the page offers where the chosen date has fewer places left than are wanted; None where it has enough."""
    run = form.in_view
    if run is None or (run.places_left >= int(form.quantity)):
        return None
    wanted, left = int(form.quantity), max(run.places_left, 0)
    live = WaitingEntry.objects.filter(run=run, school=form.receiver, state__in=LIVE).first()
    choices = [(TOGETHER, f"Wait for {plural(wanted, 'place')}" + (" together" if wanted > 1 else ""))]
    if wanted > 1:
        text = f"Hold {left} now and wait for {wanted - left} more" if left else "Take places as they come"
        choices.append((AS_THEY_COME, text))
    return {
        "entry_url": buyer.url("school-waiting-entry", pk=live.pk) if live else "",
        "said": _said(left, long_date(run.starts_at)),
        "ahead": schools_waiting(run),
        "left": left,
        "choices": choices,
    }


def _said(left: int, day: str) -> str:
    if not left:
        return f"No places are left on {day}."
    return f"{plural(left, 'place')} {'is' if left == 1 else 'are'} left on {day}."


def join(request: SignedInRequest, buyer: Buyer, form: OfferForm) -> HttpResponse | None:
    """On the list, and on to its page; None where it was refused and the form now says why."""
    if form.run is None:
        return None
    try:
        entry = join_waiting(
            run=form.run,
            organisation=buyer.organisation,
            school=form.receiver,
            seats=int(form.quantity),
            together=request.POST.get("wait") != AS_THEY_COME,
            facts=form.facts,
            at=timezone.now(),
            actor=request.actor,
        )
    except DomainError as error:
        form.refuse(error)
        return None
    held = entry.state == WaitingEntry.State.OFFERED
    said = "Places are held for you. Book them here." if held else "We write to you as soon as places are offered."
    messages.success(request, f"You are on the waiting list. {said}")
    return redirect(buyer.url("school-waiting-entry", pk=entry.pk))
