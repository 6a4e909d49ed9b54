"""A consultant booking that several schools share: each school's part, what it was charged, and its purchase order."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from frontend.buying import SignedInRequest
from frontend.finance.access import posted
from frontend.school.consultant_bookings import own_booking
from frontend.school.consultant_forms import OrderForm
from frontend.school.consultant_words import price_sentence
from frontend.school.consultants import WRITE, section
from marketplace.core.errors import DomainError, NotFound
from marketplace.trading.engagements.services.sharing import set_share_purchase_order
from marketplace.trading.engagements.share_queries import parts_of_booking


@login_required
@require_http_methods(WRITE)
def shares(request: SignedInRequest, kind: str, code: str, number: str) -> HttpResponse:
    """Every school with its part, for each of them alike; one's own purchase order."""
    buyer = section(request, kind, code)
    found = own_booking(request, buyer, number)
    parts = parts_of_booking(found)
    mine = next((one for one in parts if one.school.pk == buyer.organisation.pk), None)
    if mine is None:
        raise NotFound("Page not found")
    form = OrderForm(posted(request), initial={"purchase_order": mine.purchase_order})
    if form.is_bound and form.is_valid():
        try:
            set_share_purchase_order(
                engagement=found, school=buyer.organisation, actor=request.actor, **form.cleaned_data
            )
        except DomainError as error:
            form.add_error("purchase_order", error.message)
        else:
            messages.success(request, "The purchase order is kept. What you are charged from now on carries it.")
            return redirect(buyer.url("school-consultant-shares", number=number))
    context = {
        "buyer": buyer, "booking": found, "form": form, "parts": parts, "mine": mine, "price": price_sentence(found),
        "whole": sum(one.whole_pence for one in parts), "charged": sum(one.charged_pence for one in parts),
        "back_url": buyer.url("school-consultant-booking", number=number),
    }  # fmt: skip
    return render(request, "consultants/shares.html", context, status=400 if form.is_bound else 200)
