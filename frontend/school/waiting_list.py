"""A school's places on waiting lists: where it stands and why, and what is offered to it until when."""

from collections.abc import Callable, Mapping
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from frontend.buying import TRUST, Buyer, SignedInRequest, buyer_for, receivers_for
from frontend.fields import ShownField
from frontend.finance.listing import page_of
from frontend.formats import clock, long_date, money, plural
from frontend.school.words import steps_of
from invoicing.receivables.charges import PURCHASE_ORDER_LIMIT
from marketplace.core.actors import Actor
from marketplace.core.errors import DomainError, NotFound
from marketplace.organisations.services.registry import terms_of
from marketplace.trading.models import WaitingEntry, WaitingOffer
from marketplace.trading.models.waiting import LIVE
from marketplace.trading.rules.waiting import ordinal, position_sentence
from marketplace.trading.services import accept_offer, decline_offer, leave_waiting, offered_check
from marketplace.trading.services.waiting import open_offer
from marketplace.trading.waiting_queries import Standing, entries_for, passed_over, standings_of

PER_PAGE = 25
State = WaitingEntry.State


class TakeForm(forms.Form):
    """What the page said the places cost, in pence with VAT, and the buyer's own reference."""

    expected = ShownField(min_value=0)
    purchase_order = forms.CharField(label="Purchase order", required=False, max_length=PURCHASE_ORDER_LIMIT)


def entries_of(buyer: Buyer, request: SignedInRequest) -> QuerySet[WaitingEntry]:
    """Entries that the buyer made, or that are for it or its schools."""
    own = [one.pk for one in receivers_for(buyer, request.actor)]
    return entries_for(request.actor).filter(Q(organisation=buyer.organisation) | Q(school_id__in=own))


def own_entry(buyer: Buyer, request: SignedInRequest, pk: int) -> WaitingEntry:
    found = entries_of(buyer, request).filter(pk=pk).first()
    if found is None:
        raise NotFound("Page not found")
    return found


@login_required
@require_safe
def waiting(request: SignedInRequest, kind: str, code: str) -> HttpResponse:
    """Everything that was waited for, latest first."""
    buyer = buyer_for(request, kind, code)
    page = page_of(request, entries_of(buyer, request), per_page=PER_PAGE)
    standings = standings_of(page)
    context = {
        "buyer": buyer,
        "page_obj": page,
        "rows": [(one, state_of(one), standing_words(standings.get(one.pk))) for one in page],
        "several_schools": kind == TRUST,
        "back_url": buyer.url("school-bookings"),
    }
    return render(request, "school/waiting.html", context)


def state_of(entry: WaitingEntry) -> str:
    """The key of its tag: see ``frontend.formats``."""
    return "waiting" if entry.state == State.WAITING else f"waiting {entry.state}"


def standing_words(standing: Standing | None) -> str:
    """ "2nd of 5", or nothing off the list."""
    return f"{ordinal(standing.position)} of {standing.count}" if standing else ""


@login_required
@require_safe
def entry(request: SignedInRequest, kind: str, code: str, pk: int) -> HttpResponse:
    """One entry: its position, what is offered with its price, and what can be done."""
    buyer = buyer_for(request, kind, code)
    return _show(request, buyer, own_entry(buyer, request, pk))


@login_required
@require_POST
def accept(request: SignedInRequest, kind: str, code: str, pk: int) -> HttpResponse:
    """Orders what is offered, at the price that the page showed."""
    buyer = buyer_for(request, kind, code)
    found = own_entry(buyer, request, pk)
    form = TakeForm(request.POST)
    if not form.is_valid():
        return _show(request, buyer, found, form=form, status=400)
    try:
        order = accept_offer(
            entry=found,
            expected_pence=form.cleaned_data["expected"],
            purchase_order=form.cleaned_data["purchase_order"],
            at=timezone.now(),
            actor=request.actor,
        )
    except DomainError as error:
        return _show(request, buyer, own_entry(buyer, request, pk), form=form, error=error)
    return redirect(buyer.url("school-order-placed", number=order.number))


@login_required
@require_POST
def decline(request: SignedInRequest, kind: str, code: str, pk: int) -> HttpResponse:
    """Says no to what is offered."""
    return _answer(request, kind, code, pk, decline_offer, "You declined. The places went to the next in line.")


@login_required
@require_POST
def leave(request: SignedInRequest, kind: str, code: str, pk: int) -> HttpResponse:
    """Takes the school off the list."""
    return _answer(request, kind, code, pk, leave_waiting, "You are no longer on this waiting list.")


def _answer(
    request: SignedInRequest, kind: str, code: str, pk: int, verb: Callable[..., object], said: str
) -> HttpResponse:
    buyer = buyer_for(request, kind, code)
    found = own_entry(buyer, request, pk)
    try:
        verb(entry=found, on=timezone.localdate(), actor=request.actor)
    except DomainError as error:
        return _show(request, buyer, own_entry(buyer, request, pk), error=error)
    messages.success(request, said)
    return redirect(buyer.url("school-waiting-entry", pk=pk))


def _show(
    request: SignedInRequest,
    buyer: Buyer,
    found: WaitingEntry,
    *,
    form: TakeForm | None = None,
    error: DomainError | None = None,
    status: int = 200,
) -> HttpResponse:
    standing = standings_of([found]).get(found.pk)
    offer = open_offer(found)
    mine = found.organisation_id == buyer.organisation.pk
    context: dict[str, Any] = {
        "buyer": buyer,
        "entry": found,
        "state": state_of(found),
        "where": position_sentence(standing.position, standing.count) if standing else "",
        "wants": wants_words(found),
        "passed_over": passed_over(found) if found.state in LIVE else [],
        "offer": offer,
        "until": until_words(offer) if offer else "",
        "live": found.state in LIVE,
        "mine": mine,
        "errors": [error.message] if error else [],
        "back_url": buyer.url("school-waiting"),
        **(_price(request, found, form) if offer is not None and mine else {}),
    }
    return render(request, "school/waiting_entry.html", context, status=error.status if error else status)


def _price(request: SignedInRequest, found: WaitingEntry, form: TakeForm | None) -> dict[str, Any]:
    """What taking the offered places costs at this moment, or why they cannot be taken."""
    try:
        check = offered_check(entry=found, on=timezone.localdate(), actor=request.actor)
    except DomainError as refusal:
        return {"problems": [refusal.message]}
    [checked] = check.lines
    typed = {"purchase_order": form.data.get("purchase_order", "")} if form else {}
    shown = TakeForm({**typed, "expected": check.total.gross.pence} if form else None)
    shown.fields["purchase_order"].label = terms_of(check.invoice_to).payer_reference_name
    shown.initial["expected"] = check.total.gross.pence
    return {
        "form": shown,
        "problems": check.problems,
        "steps": steps_of(checked.quote) if checked.quote else [],
        "total_pence": check.total.gross.pence,
        "route": check.route,
        "take_text": _take_text(checked.line.quantity, check.total.gross.pence, asks=check.route is not None),
        "invoice_to": check.invoice_to.name,
    }


def _take_text(quantity: Any, pence: int, *, asks: bool) -> str:
    """ "Book this place, £140.00"."""
    what = "this place" if quantity == 1 else f"these {int(quantity)} places"
    return f"Ask for approval of {what}, {money(pence)}" if asks else f"Book {what}, {money(pence)}"


def wants_words(found: WaitingEntry) -> str:
    """ "3 places, all together" or "3 places, as they come"."""
    many = found.seats or found.asked
    how = "" if many == 1 else ", all together" if found.together else ", as they come"
    return f"{plural(many, 'place')}{how}"


def until_words(offer: WaitingOffer) -> str:
    """ "5pm on 3 September 2026"."""
    return f"{clock(offer.until)} on {long_date(offer.until)}"


def offered_waits(actor: Actor, own: Mapping[int, Buyer]) -> list[dict[str, Any]]:
    """What is offered to the buyer's organisations, in the form of the component ``waits``. One query."""
    open_offers = WaitingOffer.objects.filter(
        state=WaitingOffer.State.OPEN, entry__organisation_id__in=own, entry__in=entries_for(actor).order_by()
    ).select_related("entry__run__offer")
    return [
        {
            "text": f"Book or decline {plural(one.places, 'place')} on {one.entry.run.offer.title}",
            "href": own[one.entry.organisation_id].url("school-waiting-entry", pk=one.entry_id),
            "due": timezone.localdate(one.until),
            "next": f"Held for you until {until_words(one)}. Then they go to the next in line.",
            "organisation": one.entry.organisation_id,
        }
        for one in open_offers.order_by("until", "pk")
    ]
