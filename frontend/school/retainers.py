"""A school's retainers: the list, one with its terms and periods, agreeing to what is offered or declining it."""

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from frontend.buying import SignedInRequest
from frontend.finance.access import said
from frontend.finance.listing import page_of
from frontend.formats import money, plural
from frontend.retainer_words import facts_of, fee_words, period_rows
from frontend.school.consultant_forms import OrderForm, ReasonForm
from frontend.school.consultants import PER_PAGE, WRITE, section
from marketplace.core.errors import DomainError, NotFound
from marketplace.core.money import Money
from marketplace.trading.engagements.retainer_queries import retainer_for, retainers_for
from marketplace.trading.engagements.rules.terms import for_units
from marketplace.trading.engagements.services.agreeing import cost_of
from marketplace.trading.engagements.services.retaining import agree_retainer, decline_retainer
from marketplace.trading.models import Retainer


@login_required
@require_safe
def retainers(request: SignedInRequest, kind: str, code: str) -> HttpResponse:
    """Every retainer of the school, newest first."""
    buyer = section(request, kind, code)
    page = page_of(request, retainers_for(request.actor).filter(school=buyer.organisation), per_page=PER_PAGE)
    context = {
        "buyer": buyer, "page_obj": page, "rows": [(one, fee_words(one)) for one in page],
        "count_text": plural(page.paginator.count, "retainer"),
    }  # fmt: skip
    return render(request, "consultants/retainers.html", context)


@login_required
@require_http_methods(WRITE)
def retainer(request: SignedInRequest, kind: str, code: str, number: str) -> HttpResponse:
    """One retainer; while it is offered, what it comes to with VAT before the button."""
    buyer, on = section(request, kind, code), timezone.localdate()
    found = retainer_for(request.actor, number)
    if found.school_id != buyer.organisation.pk:
        raise NotFound("Page not found")
    do = request.POST.get("do", "")
    order = OrderForm(request.POST if do == "agree" else None)
    reason = ReasonForm(request.POST if do == "decline" else None)
    errors: list[str] = []
    if request.method == "POST":
        try:
            words = answered(found, do, order, reason, on, request)
        except DomainError as error:
            errors = said(error)
        else:
            if words:
                messages.success(request, words)
                return redirect(buyer.url("school-retainer", number=number))
    fee = for_units(found.sell_pence, found.quantity)
    whole = cost_of(found.school, Money(fee.pence * found.periods), on).gross
    context = {
        "buyer": buyer, "retainer": found, "facts": facts_of(found, earned=False), "rows": period_rows(found),
        "order": order, "reason": reason, "forms": [order, reason], "errors": errors, "whole": whole.pence,
        "may_answer": found.state == Retainer.State.OFFERED and found.school_agreed_on is None,
        "agree_text": f"Agree to this retainer, {money(whole.pence)}", "back_url": buyer.url("school-retainers"),
    }  # fmt: skip
    status = 409 if errors else 400 if request.method == "POST" else 200
    return render(request, "consultants/retainer.html", context, status=status)


def answered(
    found: Retainer, do: str, order: OrderForm | None, reason: forms.Form, on: Any, request: SignedInRequest
) -> str:
    """What came of the button, in words; nothing where a form is to be mended. For the provider there is no order."""
    if do == "agree" and (order is None or order.is_valid()):
        given = order.cleaned_data if order is not None else {}
        made = agree_retainer(retainer=found, on=on, actor=request.actor, **given)
        runs = made.state == Retainer.State.RUNNING
        return f"{made.number} runs." if runs else f"You agreed to {made.number}. It waits for the other side."
    if do == "decline" and reason.is_valid():
        made = decline_retainer(retainer=found, on=on, actor=request.actor, **reason.cleaned_data)
        return f"{made.number} is declined. Nothing is charged."
    return ""
