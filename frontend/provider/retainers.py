"""Retainers of a provider's consultants: the list, one with its terms and periods, agreeing to it or declining."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from frontend.buying import SignedInRequest
from frontend.finance.access import said
from frontend.finance.listing import page_of
from frontend.formats import plural
from frontend.jinja import url
from frontend.provider.rates import PER_PAGE
from frontend.retainer_words import earned_words, facts_of, period_rows
from frontend.school.consultant_forms import ReasonForm
from frontend.school.retainers import answered
from marketplace.core.errors import DomainError, NotFound
from marketplace.trading.engagements.retainer_queries import retainer_for, retainers_for
from marketplace.trading.models import Retainer
from providers.accreditation.services.access import own_provider


@login_required
@require_safe
def retainers(request: SignedInRequest, provider: str) -> HttpResponse:
    """Every retainer with the provider's consultants, newest first."""
    found = own_provider(request.actor, provider)
    page = page_of(request, retainers_for(request.actor).filter(consultant__provider=found), per_page=PER_PAGE)
    context = {
        "provider": found, "page_obj": page, "rows": [(one, earned_words(one)) for one in page],
        "count_text": plural(page.paginator.count, "retainer"),
    }  # fmt: skip
    return render(request, "provider/retainers.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def retainer(request: SignedInRequest, provider: str, number: str) -> HttpResponse:
    """One retainer with what the provider earns of it; answering it while it is offered."""
    firm, on = own_provider(request.actor, provider), timezone.localdate()
    found = retainer_for(request.actor, number)
    if found.consultant.provider_id != firm.pk:
        raise NotFound("Page not found")
    do = request.POST.get("do", "")
    reason = ReasonForm(request.POST if do == "decline" else None)
    errors: list[str] = []
    if request.method == "POST":
        try:
            words = answered(found, do, None, reason, on, request)
        except DomainError as error:
            errors = said(error)
        else:
            if words:
                messages.success(request, words)
                return redirect(url("provider-retainer", provider=provider, number=number))
    context = {
        "provider": firm, "retainer": found, "facts": facts_of(found, earned=True, sold=False), "rows": period_rows(found),
        "reason": reason, "forms": [reason], "errors": errors, "back_url": url("provider-retainers", provider=provider),
        "may_answer": found.state == Retainer.State.OFFERED and found.provider_agreed_on is None,
    }  # fmt: skip
    status = 409 if errors else 400 if request.method == "POST" else 200
    return render(request, "provider/retainer.html", context, status=status)
