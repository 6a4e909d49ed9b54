"""The partnership's pages of support plans: all of them, drawing one up, one of them, its reviews, and others taking over."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from frontend.finance.access import posted, said
from frontend.finance.history import history_of
from frontend.finance.listing import chosen, page_of
from frontend.formats import long_date, money, plural
from frontend.jinja import url
from frontend.organise.access import READ_AND_WRITE, OrganiserRequest, show
from frontend.organise.support_access import WRITERS, support_page
from frontend.organise.support_forms import PlanForm, ReviewForm, SupportPlanFilter, TakeOverForm, WithdrawForm
from frontend.support_words import plan_row, shown
from marketplace.core.actors import Role
from marketplace.core.errors import DomainError, NotFound
from subscriptions.support.models import SupportPlan
from subscriptions.support.queries import plan_for, plans_for
from subscriptions.support.services.planning import draft_plan, rebroker_plan, record_review, withdraw_plan

PER_PAGE = 25
State = SupportPlan.State


@support_page()
def plans(request: OrganiserRequest) -> HttpResponse:
    """All plans that the actor may know of, the newest first."""
    form = SupportPlanFilter(request.GET)
    state = form.cleaned_data["state"] if form.is_valid() else ""
    found = plans_for(request.actor)
    page = page_of(request, found.filter(state=state) if state else found, per_page=PER_PAGE)
    context = {
        "filter_form": form, "page_obj": page, "chosen": chosen(request, form), "rows": [plan_row(one) for one in page],
        "count_text": plural(page.paginator.count, "plan"), "may_write": request.actor.has(*WRITERS),
        "empty": "No plans are like that." if state else "No support plans yet. Draw up the first one.",
    }  # fmt: skip
    return show(request, "support_plans.html", context)


@support_page(READ_AND_WRITE, roles=WRITERS)
def new(request: OrganiserRequest) -> HttpResponse:
    """Draws a plan up; the school agrees it before it runs."""
    form = PlanForm(posted(request))
    if form.is_bound and form.is_valid():
        try:
            made = draft_plan(**form.terms, on=timezone.localdate(), actor=request.actor)
        except DomainError as error:
            form.add_error(None, " ".join(said(error)))
        else:
            messages.success(
                request, f"{made.number} is drawn up: {money(made.cost_pence)}. It runs once {made.school.name} agrees."
            )
            return redirect(url("organise-support-plan", number=made.number))
    context = {"form": form, "back_url": url("organise-support-plans")}
    return show(request, "support_plan_new.html", context, status=400 if form.errors else 200)


@support_page(READ_AND_WRITE)
def plan(request: OrganiserRequest, number: str) -> HttpResponse:
    """One plan: need, programme, who gives what, its reviews; a draft is taken back here."""
    found = plan_for(request.actor, number)
    form = WithdrawForm(posted(request))
    if request.method == "POST":
        request.actor.require(Role.ORGANISER, to="take support plans back")
        if form.is_valid():
            try:
                withdraw_plan(plan=found, on=timezone.localdate(), actor=request.actor, **form.cleaned_data)
            except DomainError as error:
                form.add_error(None, " ".join(said(error)))
            else:
                messages.success(request, f"{number} is taken back.")
                return redirect(url("organise-support-plan", number=number))
    writes = request.actor.has(*WRITERS)
    context = {
        **shown(found), "form": form, "may_withdraw": writes and found.state == State.DRAFT,
        "followed_by": plans_for(request.actor).filter(follows=found).first(),
        "may_review": writes and found.state == State.AGREED,
        "history": history_of(subject_kind="support_plan", subject=number), "back_url": url("organise-support-plans"),
    }  # fmt: skip
    return show(request, "support_plan.html", context, status=400 if form.errors else 200)


@support_page(READ_AND_WRITE, roles=WRITERS)
def review(request: OrganiserRequest, number: str, pk: int) -> HttpResponse:
    """Writes a review up, once."""
    found = plan_for(request.actor, number)
    one = found.reviews.filter(pk=pk).first()
    if one is None:
        raise NotFound("Page not found")
    form = ReviewForm(posted(request), initial={"held_on": min(one.due_on, timezone.localdate())})
    back = url("organise-support-plan", number=number)
    if form.is_bound and form.is_valid():
        given = dict(form.cleaned_data)
        try:
            record_review(review=one, on=given.pop("held_on"), actor=request.actor, **given)
        except DomainError as error:
            form.add_error(None, " ".join(said(error)))
        else:
            messages.success(request, f"The review due on {long_date(one.due_on)} is written up. The school reads it.")
            return redirect(back)
    context = {"plan": found, "review": one, "form": form, "back_url": back}
    return show(request, "support_plan_review.html", context, status=400 if form.errors else 200)


@support_page(READ_AND_WRITE, roles=WRITERS)
def take_over(request: OrganiserRequest, number: str) -> HttpResponse:
    """Draws up the plan by which others take over; the old one runs until the school agrees."""
    found = plan_for(request.actor, number)
    form = TakeOverForm(posted(request))
    if form.is_bound and form.is_valid():
        given = form.cleaned_data
        try:
            made = rebroker_plan(
                plan=found, from_day=given["from_day"], parts=form.parts, reason=given["reason"],
                every_weeks=given["every_weeks"], on=timezone.localdate(), actor=request.actor,
            )  # fmt: skip
        except DomainError as error:
            form.add_error(None, " ".join(said(error)))
        else:
            messages.success(
                request,
                f"{made.number} takes over from {number} once {made.school.name} agrees. Until then {number} runs.",
            )
            return redirect(url("organise-support-plan", number=made.number))
    context = {"plan": found, "form": form, "back_url": url("organise-support-plan", number=number)}
    return show(request, "support_plan_take_over.html", context, status=400 if form.errors else 200)
