"""The basket, which is the check page: every line at its price of this moment, then one button: order, or ask."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from frontend.buying import Buyer, SignedInRequest, buyer_for
from frontend.numbers import whole
from frontend.run_words import UNCERTAIN, fetch_meetings, when_words
from frontend.school.approval_words import with_whom
from frontend.school.paying import SOON, WHOLE, OrderForm, monthly_hint, purse_hints, when_hints
from frontend.school.term_words import documents_of, term_words
from frontend.school.vat import vat_label
from frontend.school.words import steps_of
from marketplace.core.errors import DomainError, NotFound
from marketplace.organisations.services.registry import terms_of
from marketplace.trading.models import Approval, Basket
from marketplace.trading.queries import basket_line_of, basket_of, order_for
from marketplace.trading.services import (
    BasketClosed,
    PriceChanged,
    ask_approval,
    check_basket,
    place_order,
    remove_line,
)
from subscriptions.purses.queries import offered_to

ASK = "ask"  # the button that sends the order to whoever approves it


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def basket(request: SignedInRequest, kind: str, code: str) -> HttpResponse:
    """Shows the basket; posting orders it at the price that was shown, or says why nothing is ordered."""
    buyer = buyer_for(request, kind, code)
    if request.method != "POST":
        return _show(request, buyer, basket_of(request.actor, buyer.organisation), None)
    form = OrderForm(request.POST, purses=offered_to(buyer.organisation, timezone.localdate()))
    mine = _posted(request, buyer)
    if not form.is_valid() or mine is None:
        gone = (
            None if form.errors else BasketClosed("Your basket is another one now. Nothing is ordered. Check it again")
        )
        return _show(request, buyer, mine or basket_of(request.actor, buyer.organisation), form, gone)
    order_or_ask = ask_approval if request.POST.get("action") == ASK else place_order
    try:
        order = order_or_ask(
            basket=mine,
            purchase_order=form.cleaned_data["purchase_order"],
            expected_pence=form.cleaned_data["expected"],
            paying=form.paying,
            on=timezone.localdate(),
            actor=request.actor,
        )
    except DomainError as error:
        return _show(request, buyer, mine, form, error)
    return redirect(buyer.url("school-order-placed", number=order.number))


def _posted(request: SignedInRequest, buyer: Buyer) -> Basket | None:
    """The basket that the page showed, ordered or not: a second click must find what the first one ordered."""
    own = Basket.objects.filter(organisation=buyer.organisation, owner_person=request.actor.person_id)
    return own.filter(pk=whole(request.POST.get("basket"))).first()


def _show(
    request: SignedInRequest,
    buyer: Buyer,
    mine: Basket | None,
    form: OrderForm | None,
    error: DomainError | None = None,
) -> HttpResponse:
    if mine is None or not mine.lines.exists():
        return render(request, "school/basket_empty.html", {"buyer": buyer})
    purses = offered_to(buyer.organisation, timezone.localdate())
    asked = form.data.get("purse", "") if form else ""
    purse = asked if asked in {one.purse.code for one in purses} else ""
    check = check_basket(basket=mine, on=timezone.localdate(), actor=request.actor, purse=purse)
    terms = terms_of(check.invoice_to)
    # What is shown now is what is expected next time; what was typed stays.
    now = {"expected": check.total.gross.pence, "basket": mine.pk}
    usual = {"invoice_when": SOON, "payments": WHOLE}
    shown = OrderForm({**usual, **form.typed, **now} if form else None, initial={**usual, **now}, purses=purses)
    shown.offer(check, terms)
    fetch_meetings(one.line.run for one in check.lines)
    context = {
        "buyer": buyer,
        "form": shown,
        "check": check,
        "lines": [_line(one) for one in check.lines],
        "groups": [(vat_label(group.category, group.rate), group) for group in check.groups],
        "documents": documents_of((one.plan for one in check.lines), timezone.localdate()),
        "errors": _said(error) if error else [],
        "price_changed": isinstance(error, PriceChanged),
        "route": check.route,
        "may_order": not check.problems and (check.route is None or check.route.open),
        "when_hints": when_hints(check, buyer.organisation) if check.dates.choice else {},
        "monthly_hint": monthly_hint(check) if check.instalments > 1 else "",
        "purse_hints": purse_hints(purses),
        "invoiced_monthly": terms.invoice_rhythm == terms.Rhythm.MONTHLY,
        "waits_for_order_number": terms.purchase_order_rule == terms.PurchaseOrderRule.REQUIRED
        and check.committed.pence,
        "back_url": buyer.url("school-find"),
    }
    return render(request, "school/basket.html", context, status=error.status if error else 400 if form else 200)


def _line(checked: Any) -> dict[str, Any]:
    """One line with its working, and the names given so far."""
    return {
        "checked": checked,
        "line": checked.line,
        "quantity": f"{checked.line.quantity.normalize():f}",
        "steps": steps_of(checked.quote) if checked.quote else [],
        "term": term_words(checked.plan, checked.quote.vat) if checked.quote else None,
        "named": [name for name in checked.line.delegates if name],
        "when": when_words(checked.line.run) if checked.line.run else "",
        "uncertain": UNCERTAIN if checked.line.run and checked.line.run.tentative else "",
    }


def _said(error: DomainError) -> list[str]:
    return error.detail or [error.message]


@login_required
@require_POST
def remove(request: SignedInRequest, kind: str, code: str, line: int) -> HttpResponse:
    """Takes a line out of the basket."""
    buyer = buyer_for(request, kind, code)
    found = basket_line_of(request.actor, buyer.organisation, line)
    remove_line(line=found, actor=request.actor)
    messages.success(request, f"{found.offer.title} is no longer in your basket.")
    return redirect(buyer.url("school-basket"))


@login_required
@require_safe
def placed(request: SignedInRequest, kind: str, code: str, number: str) -> HttpResponse:
    """The end of the journey: the order's number and what happens next, or who decides until when."""
    buyer = buyer_for(request, kind, code)
    order = order_for(request.actor, number)
    if order.organisation_id != buyer.organisation.pk:
        raise NotFound("Page not found")
    terms, approval = terms_of(order.invoice_to), Approval.objects.filter(order=order).first()
    bookings = [booking for line in order.lines.prefetch_related("bookings") for booking in line.bookings.all()]
    context = {
        "buyer": buyer,
        "order": order,
        "approval": approval,
        "goes_to": with_whom(approval, timezone.localdate()) if approval else "",
        "places": len(bookings),
        "waits": terms.purchase_order_rule == terms.PurchaseOrderRule.REQUIRED and not order.purchase_order,
        "payer_reference_name": terms.payer_reference_name,
        "names_missing": sum(not booking.delegate_name for booking in bookings),
    }
    return render(request, "school/placed.html", context)
