"""A hub's pages under its contract: schools and what was done with them, spending, reviews. The lead writes, others read."""

from collections.abc import Callable, Sequence
from functools import wraps
from typing import Any

from django import forms as django_forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from frontend.finance.access import posted, said
from frontend.finance.listing import page_of
from frontend.hubs import life_forms
from frontend.hubs.access import WRITE, show
from frontend.hubs.forms import HoldForm
from frontend.jinja import url
from frontend.numbers import whole
from frontend.organise.access import READ, OrganiserRequest, View
from marketplace.core.errors import DomainError, NotFound, WrongInput
from marketplace.core.models import StoredFile
from marketplace.core.money import Money
from marketplace.organisations.models import School
from subscriptions.hubs.models import HubEngagement, HubSchool, HubSpend, ReviewPoint
from subscriptions.hubs.papers import SPEND
from subscriptions.hubs.progress import (
    engagements_of,
    hub_contract_for,
    progress_of,
    review_of,
    reviews_of,
    school_of,
    schools_of,
    spends_of,
    spent_of,
)
from subscriptions.hubs.queries import leads
from subscriptions.hubs.services.life import (
    add_hub_school,
    end_hub_school,
    hold_review,
    prepare_review,
    record_engagement,
    require_lead,
    take_engagement_off,
)
from subscriptions.hubs.services.spending import record_spend, take_spend_off
from subscriptions.hubs.services.writing import RUNNING
from subscriptions.outcomes.models import OutcomeContract


def hub_page(methods: Sequence[str] = READ, *, holding: bool = False) -> Callable[[View], View]:
    """Guards a page of one hub: whoever may see its contract looks, its lead writes; with ``holding`` also who runs hubs.

    The view is given the contract.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: OrganiserRequest, number: str, *args: Any, **kwargs: Any) -> HttpResponse:
            contract = hub_contract_for(request.actor, number)
            request.section_path = url("hub-schools", number=contract.number)
            if request.method == "POST" and not (holding and request.actor.has(*RUNNING)):
                require_lead(contract, request.actor, timezone.localdate(), to="change this hub")
            return view(request, contract, *args, **kwargs)

        return require_http_methods(list(methods))(login_required(guarded))

    return decorate


def _shown(
    request: OrganiserRequest, template: str, contract: OutcomeContract, context: dict[str, Any], errors: list[str]
) -> HttpResponse:
    writes = contract.state in ("active", "ended", "terminated") and leads(request.actor, contract)
    shared = {"contract": contract, "may_write": writes, "runs": request.actor.has(*RUNNING), "errors": errors}
    status = 409 if errors else 400 if request.method == "POST" else 200
    return show(request, template, {**shared, **context}, status=status)


def _tried(
    request: OrganiserRequest, form: django_forms.Form, do: Callable[[dict[str, Any]], str]
) -> tuple[bool, list[str]]:
    """Whether it was done, and what was refused. Its words become the banner."""
    if not form.is_valid():
        return False, []
    try:
        words = do(form.cleaned_data)
    except DomainError as error:
        return False, said(error)
    messages.success(request, words)
    return True, []


@hub_page(WRITE)
def schools(request: OrganiserRequest, contract: OutcomeContract) -> HttpResponse:
    """The hub's schools with how often, how long and how lately something was done with each."""
    form, on = life_forms.SchoolForm(posted(request), initial={"joined_on": timezone.localdate()}), timezone.localdate()

    def add(given: dict[str, Any]) -> str:
        school = School.objects.select_related("organisation").filter(urn=given["urn"].strip()).first()
        if school is None:
            raise WrongInput("No school has this URN. Look it up on Get Information about Schools")
        add_hub_school(
            contract=contract, school=school.organisation, joined_on=given["joined_on"], on=on, actor=request.actor
        )
        return f"{school.organisation.name} is with the hub."

    done, errors = _tried(request, form, add) if form.is_bound else (False, [])
    if done:
        return redirect(url("hub-schools", number=contract.number))
    rows = schools_of(contract)
    context = {
        "form": form, "rows": rows, "hours": sum((row.hours for row in rows), 0), "times": sum(row.times for row in rows),
        "idle": [row for row in rows if not row.engaged and row.school.left_on is None],
    }  # fmt: skip
    return _shown(request, "schools.html", contract, context, errors)


@hub_page(WRITE)
def school(request: OrganiserRequest, contract: OutcomeContract, pk: int) -> HttpResponse:
    """One school: what was done with it, and entering more."""
    found, data, do = school_of(contract, pk), posted(request), request.POST.get("do", "")
    forms: dict[str, django_forms.Form] = {
        "add": life_forms.EngagementForm(data if do == "add" else None),
        "leave": life_forms.LeaveForm(data if do == "leave" else None),
        "off": life_forms.WhyForm(data if do.startswith("off:") else None),
    }
    form = forms.get(do.split(":")[0])
    done = False
    errors: list[str] = []
    if form is not None and form.is_bound:
        done, errors = _tried(request, form, lambda given: _of_school(request, found, do, given))
    if done:
        return redirect(url("hub-school", number=contract.number, pk=pk))
    page = page_of(request, engagements_of(found), per_page=25)
    context = {
        **forms,
        "form": form,
        "school": found,
        "page_obj": page,
        "back_url": url("hub-schools", number=contract.number),
    }
    return _shown(request, "school.html", contract, context, errors)


def _of_school(request: OrganiserRequest, found: HubSchool, do: str, given: dict[str, Any]) -> str:
    on, actor = timezone.localdate(), request.actor
    if do == "add":
        record_engagement(school=found, on=on, actor=actor, **given)
        return "It is written down."
    if do == "leave":
        end_hub_school(school=found, left_on=given["left_on"], on=on, actor=actor)
        return f"{found.organisation.name} has left the hub. What was done stays."
    asked = do.removeprefix("off:")
    one = HubEngagement.objects.select_related("school__contract__party", "school__organisation").filter(
        school=found, pk=whole(asked)
    ).first()  # fmt: skip
    if one is None:
        raise NotFound("There is no such line.")
    take_engagement_off(engagement=one, why=given["why"], on=on, actor=actor)
    return "The line counts no longer."


@hub_page(WRITE)
def spend(request: OrganiserRequest, contract: OutcomeContract) -> HttpResponse:
    """What the money was spent on, against what was paid."""
    data, do = posted(request), request.POST.get("do", "")
    forms: dict[str, django_forms.Form] = {
        "add": life_forms.SpendForm(data if do == "add" else None, request.FILES or None),
        "off": life_forms.WhyForm(data if do.startswith("off:") else None),
    }
    form = forms.get(do.split(":")[0])
    done = False
    errors: list[str] = []
    if form is not None and form.is_bound:
        done, errors = _tried(request, form, lambda given: _of_spend(request, contract, do, given))
    if done:
        return redirect(url("hub-spend", number=contract.number))
    page = page_of(request, spends_of(contract), per_page=25)
    context = {**forms, "form": form, "spent": spent_of(contract), "page_obj": page, "receipts": _receipts(list(page))}
    return _shown(request, "spend.html", contract, context, errors)


def _of_spend(request: OrganiserRequest, contract: OutcomeContract, do: str, given: dict[str, Any]) -> str:
    on, actor = timezone.localdate(), request.actor
    if do == "add":
        receipt = given["receipt"]
        made = record_spend(
            contract=contract, spent_on=given["spent_on"], category=given["category"], words=given["words"],
            amount=Money(given["amount"]), on=on, actor=actor, receipt=receipt.file if receipt else None,
            file_name=receipt.name if receipt else "",
        )  # fmt: skip
        return f"{Money(made.pence)} is written down as line {made.ordinal}."
    asked = do.removeprefix("off:")
    line = HubSpend.objects.select_related("contract__party").filter(
        contract=contract, ordinal=whole(asked, digits=4)
    ).first()  # fmt: skip
    if line is None:
        raise NotFound("There is no such line.")
    take_spend_off(spend=line, why=given["why"], on=on, actor=actor)
    return f"Line {line.ordinal} counts no longer."


def _receipts(lines: list[HubSpend]) -> dict[int, StoredFile]:
    """The receipt of each line that has one; one query."""
    found = StoredFile.objects.filter(owner_kind=SPEND, owner__in=[str(one.pk) for one in lines]).defer("content")
    return {int(one.owner): one for one in found}


@hub_page()
def reviews(request: OrganiserRequest, contract: OutcomeContract) -> HttpResponse:
    """The review points of the contract, and how plan and outcome stand today."""
    context = {"reviews": reviews_of(contract), "figures": progress_of(contract, timezone.localdate())}
    return _shown(request, "reviews.html", contract, context, [])


@hub_page(WRITE, holding=True)
def review(request: OrganiserRequest, contract: OutcomeContract, ordinal: int) -> HttpResponse:
    """One review point: plan beside outcome, what the lead says, and the decision."""
    found, on = review_of(contract, ordinal), timezone.localdate()
    runs, writes = request.actor.has(*RUNNING), leads(request.actor, contract)
    form: django_forms.Form | None = None
    if found.state == ReviewPoint.State.PLANNED:
        if runs:
            form = HoldForm(posted(request))
        elif writes:
            form = life_forms.PrepareForm(posted(request), initial={"words": found.lead_words})
    done = False
    errors: list[str] = []
    if form is not None and form.is_bound:
        done, errors = _tried(request, form, lambda given: _of_review(request, found, given))
    elif request.method == "POST":
        errors = ["This review was held already. Nothing was changed."]
    if done:
        return redirect(url("hub-review", number=contract.number, ordinal=ordinal))
    figures = found.figures or [one.kept() for one in progress_of(contract, on)]
    context = {
        "review": found, "form": form, "figures": figures, "back_url": url("hub-reviews", number=contract.number),
        "holds": runs,
    }  # fmt: skip
    return _shown(request, "review.html", contract, context, errors)


def _of_review(request: OrganiserRequest, found: ReviewPoint, given: dict[str, Any]) -> str:
    on, actor = timezone.localdate(), request.actor
    if "decision" in given:
        hold_review(review=found, decision=given["decision"], words=given["words"], on=on, actor=actor)
        return "The review is held. What was found stands."
    prepare_review(review=found, words=given["words"], on=on, actor=actor)
    return "Kept. The partnership reads it at the review."
