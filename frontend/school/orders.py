"""Bookings (places on courses) and orders of a buyer, and one order with its people and its items."""

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from frontend.buying import TRUST, Buyer, SignedInRequest, buyer_for, receivers_for
from frontend.finance.listing import chosen, page_of
from frontend.formats import plural
from frontend.run_words import UNCERTAIN, fetch_meetings, when_words
from frontend.school.history import order_history
from invoicing.queries import charges_for
from invoicing.receivables.charges import PURCHASE_ORDER_LIMIT
from invoicing.receivables.models import Charge
from marketplace.core.actors import BUYING
from marketplace.core.errors import DomainError, NotFound
from marketplace.organisations.services.registry import terms_of
from marketplace.trading.engagements.queries import asked_booking_of
from marketplace.trading.models import Booking, Order, OrderLine
from marketplace.trading.queries import bookings_for, lines_for, orders_for, own_pence
from marketplace.trading.services import set_purchase_order
from subscriptions.queries import agreements_for

PER_PAGE = 25
SHOW = [
    ("", "Still to come"),
    ("past", "Past"),
    ("cancelled", "Cancelled"),
    ("unnamed", "Nobody named yet"),
    ("all", "All"),
]


class BookingFilter(forms.Form):
    """What the list of places is narrowed to."""

    show = forms.ChoiceField(label="Show", choices=SHOW, required=False)
    q = forms.CharField(label="Course or person", required=False, max_length=60)


def bookings_of(buyer: Buyer, request: SignedInRequest) -> QuerySet[Booking]:
    """Places ordered by the buyer or received by it or its schools."""
    own = [one.pk for one in receivers_for(buyer, request.actor)]
    ordered = Q(order_line__order__organisation=buyer.organisation)
    return bookings_for(request.actor).filter(ordered | Q(school_id__in=own))


def orders_of(buyer: Buyer, request: SignedInRequest) -> QuerySet[Order]:
    """Orders of the buyer, and those with something for it or its schools."""
    own = [one.pk for one in receivers_for(buyer, request.actor)]
    delivered = OrderLine.objects.filter(school_id__in=own).values("order")
    return orders_for(request.actor).filter(Q(organisation=buyer.organisation) | Q(pk__in=delivered))


def own_order(buyer: Buyer, request: SignedInRequest, number: str) -> Order:
    found = orders_of(buyer, request).filter(number=number).first()
    if found is None:
        raise NotFound("Page not found")
    return found


@login_required
@require_safe
def bookings(request: SignedInRequest, kind: str, code: str) -> HttpResponse:
    """Places on courses, soonest first."""
    buyer, now = buyer_for(request, kind, code), timezone.now()
    form = BookingFilter(request.GET)
    given = form.cleaned_data if form.is_valid() else {}
    everything = bookings_of(buyer, request)
    coming = Q(state=Booking.State.BOOKED, run__ends_at__gte=now)
    wanted = {
        "past": Q(state=Booking.State.BOOKED, run__ends_at__lt=now),
        "cancelled": Q(state=Booking.State.CANCELLED),
        "unnamed": coming & Q(delegate_name=""),
        "all": Q(),
    }
    found = everything.filter(wanted.get(given.get("show", ""), coming))
    if text := given.get("q"):
        found = found.filter(Q(delegate_name__icontains=text) | Q(run__offer__title__icontains=text))
    past = given.get("show") in ("past", "cancelled")
    page = page_of(request, found.order_by("-run__starts_at" if past else "run__starts_at", "pk"), per_page=PER_PAGE)
    context = {
        "buyer": buyer,
        "filter_form": form,
        "page_obj": page,
        "several_schools": kind == TRUST,
        "states_differ": given.get("show") == "all",
        "count_text": plural(page.paginator.count, "place"),
        "empty": _empty(everything, page.paginator.count, bool(given.get("q"))),
        "chosen": chosen(request, form),
    }
    return render(request, "school/bookings.html", context)


def _empty(everything: QuerySet[Booking], count: int, searched: bool) -> str:
    if count:
        return ""
    all_of_them = everything.count()
    if not all_of_them:
        return "No bookings yet. Places you book appear here."
    said = plural(all_of_them, "place")
    return f"None of {said} matches what you typed." if searched else f"None of {said} is of this kind."


@login_required
@require_safe
def orders(request: SignedInRequest, kind: str, code: str) -> HttpResponse:
    """Orders, newest first."""
    buyer = buyer_for(request, kind, code)
    page = page_of(request, orders_of(buyer, request), per_page=PER_PAGE)
    context = {
        "buyer": buyer,
        "page_obj": page,
        "states_differ": len({one.state for one in page}) > 1,
        "count_text": plural(page.paginator.count, "order"),
        "own_pence": own_pence(request.actor, list(page)),
    }
    return render(request, "school/orders.html", context)


@login_required
@require_safe
def order(request: SignedInRequest, kind: str, code: str, number: str) -> HttpResponse:
    """One order: its people, its prices with their steps, and where each item stands."""
    buyer = buyer_for(request, kind, code)
    found = own_order(buyer, request, number)
    lines = list(lines_for(request.actor, found))
    fetch_meetings(line.run for line in lines)
    charges, own = _charges(request, lines), request.actor.organisations(*BUYING)
    terms = terms_of(found.invoice_to)
    waits = found.state == Order.State.AWAITING_APPROVAL
    positions = {pk: place for place, pk in enumerate(found.lines.order_by("pk").values_list("pk", flat=True), start=1)}
    whole = len(lines) == len(positions)
    pending = [charge for charge in charges.values() if charge.state == Charge.State.PENDING]
    context = {
        "buyer": buyer,
        "order": found,
        "lines": [
            _line(line, charges.get(line.charge_source_key), own) | {"position": positions[line.pk]} for line in lines
        ],
        "payer_reference_name": terms.payer_reference_name,
        "may_add_reference": (bool(pending) or waits) and bool({found.organisation_id, found.invoice_to_id} & own),
        "may_code": any(line.school_id in own for line in lines),
        "may_change_places": any(
            booking.state == Booking.State.BOOKED for line in lines for booking in line.bookings.all()
        ),
        "invoice_waits": bool(pending)
        and terms.purchase_order_rule == terms.PurchaseOrderRule.REQUIRED
        and not found.purchase_order,
        "was_asked": hasattr(found, "approval") and found.organisation_id in own,
        "whole_order": whole,
        "asked": asked_booking_of(found),
        "agreements": list(
            agreements_for(request.actor).filter(source_key__startswith=f"order:{found.number}:").order_by("source_key")
        ),
        "history": order_history(
            number,
            [booking.pk for line in lines for booking in line.bookings.all()],
            sums=whole,
        ),
        "back_url": buyer.url("school-orders"),
    }
    return render(request, "school/order.html", context)


def _charges(request: SignedInRequest, lines: list[OrderLine]) -> dict[str, Charge]:
    keys = [line.charge_source_key for line in lines if line.charge_source_key]
    found = charges_for(request.actor).filter(source_key__in=keys).select_related("document_line__document__customer")
    credited = found.prefetch_related("reductions__credit_line__document")
    return {charge.source_key: charge for charge in credited}


def _line(line: OrderLine, charge: Charge | None, own: set[int]) -> dict[str, Any]:
    """A line with the invoice that its item stands on and its credit notes, if any. The last step is its VAT.

    ``opens`` says whether those documents are the actor's to read: a trust's invoice is not its school's.
    """
    invoiced = charge.document_line.document if charge and charge.document_line else None
    return {
        "line": line,
        "when": when_words(line.run) if line.run else "",
        "uncertain": UNCERTAIN if line.run and line.run.tentative and _stands(line) else "",
        "steps": line.steps,
        "total": sum(step["pence"] or 0 for step in line.steps),
        "bookings": list(line.bookings.all()),
        "own_code": line.own_code.code if hasattr(line, "own_code") else "",
        "charge": charge,
        "invoice": invoiced,
        "opens": invoiced is not None and invoiced.customer_id in own,
        "invoiced_to": invoiced.customer.name if invoiced else "",
        "credit_notes": sorted(
            {one.credit_line.document.number for one in charge.reductions.all() if one.credit_line} if charge else []
        ),
    }


def _stands(line: OrderLine) -> bool:
    return any(booking.state != Booking.State.CANCELLED for booking in line.bookings.all())


class PurchaseOrderForm(forms.Form):
    """The payer's own reference, as it must stand on the invoice."""

    purchase_order = forms.CharField(label="Purchase order", max_length=PURCHASE_ORDER_LIMIT)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def purchase_order(request: SignedInRequest, kind: str, code: str, number: str) -> HttpResponse:
    """Adds or changes the purchase order of what is not invoiced yet."""
    buyer = buyer_for(request, kind, code)
    found = own_order(buyer, request, number)
    name = terms_of(found.invoice_to).payer_reference_name
    given = request.POST if request.method == "POST" else None
    form = PurchaseOrderForm(given, initial={"purchase_order": found.purchase_order})
    form.fields["purchase_order"].label = name
    if form.is_bound and form.is_valid():
        try:
            set_purchase_order(order=found, actor=request.actor, **form.cleaned_data)
        except DomainError as error:
            form.add_error("purchase_order", error.message)
        else:
            messages.success(request, f"{name} {form.cleaned_data['purchase_order']} will stand on the invoice.")
            return redirect(buyer.url("school-order", number=number))
    context = {"buyer": buyer, "order": found, "form": form, "reference": name}
    context["back_url"] = buyer.url("school-order", number=number)
    return render(request, "school/purchase_order.html", context, status=400 if form.errors else 200)
