"""The waiting list of a course date for organisers: who stands on it in which order, what was offered, and by whom."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from frontend.finance.listing import page_of
from frontend.formats import clock, long_date, plural
from frontend.jinja import url
from frontend.organise.access import READ_AND_WRITE, OrganiserRequest, organiser_page, show
from frontend.school.waiting_list import state_of, until_words, wants_words
from marketplace.core.errors import DomainError, NotFound
from marketplace.trading.models import WaitingEntry, WaitingOffer
from marketplace.trading.running_queries import date_for
from marketplace.trading.services import offer_by_hand
from marketplace.trading.services.offering import REASON_LIMIT
from marketplace.trading.services.waiting import MOST_SEATS
from marketplace.trading.waiting_queries import list_of, standings_of


class HandForm(forms.Form):
    """Places for one entry out of its turn, and why."""

    places = forms.IntegerField(label="Places", min_value=1, max_value=MOST_SEATS, initial=1)
    reason = forms.CharField(
        label="Why out of turn?",
        help_text="Organisers and auditors read it. Name no person",
        max_length=REASON_LIMIT,
    )


@organiser_page()
def waiting(request: OrganiserRequest, code: str) -> HttpResponse:
    """Everybody on the list, in the order of asking, with what was offered to them."""
    run = date_for(request.actor, code)
    page = page_of(request, list_of(request.actor, run))
    standings = standings_of(page)
    context = {
        "run": run,
        "page_obj": page,
        "rows": [_row(one, standings, run.places_left) for one in page],
        "free": plural(max(run.places_left, 0), "free place"),
        "clock": clock,
        "back_url": url("organise-date", code=code),
    }
    return show(request, "waiting.html", context)


def _row(entry: WaitingEntry, standings: dict[int, Any], free: int) -> dict[str, Any]:
    standing = standings.get(entry.pk)
    return {
        "entry": entry,
        "position": standing.position if standing else None,
        "state": state_of(entry),
        "wants": wants_words(entry),
        "history": [_offer_words(offer) for offer in entry.offers.all()],
        "may_offer": entry.state == WaitingEntry.State.WAITING and free > 0,
    }


def _offer_words(offer: WaitingOffer) -> str:
    """ "2 places offered on 3 September 2026: taken, ORD-000012"."""
    hand = f" out of turn ({offer.reason})" if offer.by_hand else ""
    end = {
        WaitingOffer.State.OPEN: f"held until {until_words(offer)}",
        WaitingOffer.State.TAKEN: f"taken, {offer.order.number}" if offer.order else "taken",
    }.get(WaitingOffer.State(offer.state), offer.get_state_display().lower())
    return f"{plural(offer.places, 'place')} offered on {long_date(offer.offered_on)}{hand}: {end}"


@organiser_page(READ_AND_WRITE)
def offer(request: OrganiserRequest, code: str, pk: int) -> HttpResponse:
    """Offers free places to one entry by hand."""
    run = date_for(request.actor, code)
    found = list_of(request.actor, run).filter(pk=pk).first()
    if found is None:
        raise NotFound("Page not found")
    form, status = HandForm(request.POST if request.method == "POST" else None), 200
    if form.is_bound and form.is_valid():
        try:
            made = offer_by_hand(entry=found, on=timezone.localdate(), actor=request.actor, **form.cleaned_data)
        except DomainError as error:
            form.add_error(None, error.message)
            status = error.status
        else:
            messages.success(request, f"{found.school.name} has until {until_words(made)} to book.")
            return redirect(url("organise-waiting", code=code))
    elif form.is_bound:
        status = 400
    context = {
        "run": run,
        "entry": found,
        "form": form,
        "wants": wants_words(found),
        "free": plural(max(run.places_left, 0), "place is", "places are"),
        "back_url": url("organise-waiting", code=code),
    }
    return show(request, "waiting_offer.html", context, status=status)
