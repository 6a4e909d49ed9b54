"""A school's support plans: reading them, agreeing one, and what it was promised of matched funding."""

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from frontend.buying import Buyer, SignedInRequest, buyer_for
from frontend.finance.access import said
from frontend.finance.listing import page_of
from frontend.formats import plural
from frontend.outcomes.contract_words import contract_tag
from frontend.support_words import plan_row, shown
from marketplace.core.actors import Actor, Role
from marketplace.core.errors import DomainError, NotAllowed, NotFound
from subscriptions.support.models import SupportPlan
from subscriptions.support.queries import matched_for, plans_for
from subscriptions.support.services.planning import agree_plan

PER_PAGE = 25
READERS = (Role.APPROVER, Role.BUYER)
WRITE = ("GET", "HEAD", "POST")


def _section(request: SignedInRequest, kind: str, code: str) -> Buyer:
    """The school of the address; whatever else one buys for has matched funding at most."""
    buyer = buyer_for(request, kind, code, READERS)
    request.section_path = buyer.url("school-about")
    return buyer


def _own(request: SignedInRequest, buyer: Buyer) -> QuerySet[SupportPlan]:
    """Those of this school that the actor may know of: a buyer none that is confidential."""
    found = plans_for(request.actor).filter(school=buyer.organisation)
    approves = buyer.organisation.pk in request.actor.organisations(Role.APPROVER)
    return found if approves else found.filter(confidential=False)


@login_required
@require_safe
def plans(request: SignedInRequest, kind: str, code: str) -> HttpResponse:
    """The school's plans, the newest first, and for its approvers what is matched of its spending."""
    buyer = _section(request, kind, code)
    page = page_of(request, _own(request, buyer), per_page=PER_PAGE)
    promised = list(matched_for(request.actor, buyer.organisation)[:PER_PAGE])
    context = {
        "buyer": buyer, "page_obj": page, "rows": [plan_row(one, theirs=True) for one in page],
        "count_text": plural(page.paginator.count, "plan"),
        "promised": [(one, contract_tag(one.contract, theirs=True)) for one in promised],
    }  # fmt: skip
    return render(request, "school/support_plans.html", context)


@login_required
@require_http_methods(WRITE)
def plan(request: SignedInRequest, kind: str, code: str, number: str) -> HttpResponse:
    """One plan; an approver agrees it here while it is a draft."""
    buyer, errors = _section(request, kind, code), []
    found = _own(request, buyer).filter(number=number).first()
    if found is None:
        raise NotFound("There is no such support plan.")
    approves = buyer.organisation.pk in request.actor.organisations(Role.APPROVER)
    if request.method == "POST":
        if not approves:
            raise NotAllowed(f"Only an approver of {buyer.name} may agree its plan. Ask its head.")
        try:
            agree_plan(plan=found, on=timezone.localdate(), actor=request.actor)
        except DomainError as error:
            errors = said(error)
        else:
            messages.success(request, f"{number} is agreed. Its reviews stand below with their days.")
            return redirect(buyer.url("school-support-plan", number=number))
    context = {
        **shown(found, theirs=True), "buyer": buyer, "errors": [{"text": one} for one in errors],
        "to_agree": found.state == SupportPlan.State.DRAFT and approves,
        "waits": found.state == SupportPlan.State.DRAFT and not approves,
        "back_url": buyer.url("school-support-plans"),
    }  # fmt: skip
    return render(request, "school/support_plan.html", context, status=400 if errors else 200)


def waits_for(actor: Actor, buyers: Sequence[Buyer]) -> list[dict[str, Any]]:
    """Home: a plan that the actor's school is asked to agree. One query; none for whoever approves nowhere."""
    own = {one.organisation.pk: one for one in buyers if one.organisation.pk in actor.organisations(Role.APPROVER)}
    if actor.system or not own:
        return []
    found = SupportPlan.objects.filter(school__in=own, state=SupportPlan.State.DRAFT).order_by("pk")
    return [
        {
            "text": f"Agree the support plan {one.title}",
            "href": own[one.school_id].url("school-support-plan", number=one.number),
            "since": one.drafted_on,
            "next": "It runs once you agree.",
        }
        for one in found
    ]
