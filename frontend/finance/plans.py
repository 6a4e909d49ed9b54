"""Subscription levels: the list, one level with its versions, a version written and tried on a school, who has which."""

from datetime import date, timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from catalogue.price_queries import buyer_for_price
from catalogue.rules.describing import rule_words
from frontend.fields import first_upper
from frontend.finance.access import READ_AND_WRITE, FinanceRequest, finance_page, posted, said, show
from frontend.finance.history import history_of
from frontend.finance.listing import chosen, csv_response, csv_url, page_of, pounds, wants_csv
from frontend.finance.plan_forms import PlanForm, VersionForm, benefit_words, initial_of
from frontend.formats import money, period, plural, short_date
from frontend.jinja import url
from frontend.numbers import whole
from frontend.school.plans import working
from marketplace.core.actors import Role
from marketplace.core.errors import DomainError, NotFound
from subscriptions.models import Agreement, AgreementLine, Plan, PlanVersion
from subscriptions.plans.rules.billing import billing_words
from subscriptions.queries import plan_for, plans_for, subscribers_for, subscribers_on, whole_terms
from subscriptions.services import (
    add_plan,
    change_version,
    draft_version,
    plan_price,
    publish_version,
    withdraw_plan,
)

SECTION = "finance-customers"
_CSV = ["customer", "school", "level", "state", "from", "to", "agreement", "whole_term_with_vat"]


class SchoolForm(forms.Form):
    """On whom a price is tried."""

    school = forms.CharField(label="Customer number or URN", max_length=12, required=False)


class SubscriberFilter(forms.Form):
    """Which subscribers."""

    level = forms.ChoiceField(label="Level", required=False)
    state = forms.ChoiceField(
        label="State", required=False,
        choices=[("", "All"), *((one.value, one.label) for one in Agreement.State if one in ("offered", "active", "suspended"))],
    )  # fmt: skip

    def __init__(self, *args: Any, plans: list[Plan], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["level"].choices = [("", "All"), *((one.code, one.title) for one in plans)]  # type: ignore[attr-defined]


@finance_page(section=SECTION)
def plans(request: FinanceRequest) -> HttpResponse:
    """Every level with its version of today and how many have it."""
    on = timezone.localdate()
    found, counts = list(plans_for(request.actor, on)), subscribers_on(on)
    rows = [(plan, counts.get(plan.pk, 0)) for plan in found]
    context = {"rows": rows, "subscribers": sum(counts.values()), "may_manage": request.actor.has(Role.FINANCE_MANAGER)}
    return show(request, "plans.html", context)


@finance_page(READ_AND_WRITE, section=SECTION)
def new_plan(request: FinanceRequest) -> HttpResponse:
    """A new level; its first version is written next."""
    request.actor.require(Role.FINANCE_MANAGER, to="write subscription levels")
    form = PlanForm(posted(request))
    if form.is_valid():
        try:
            plan = add_plan(actor=request.actor, **form.cleaned_data)
        except DomainError as error:
            form.add_error("code", error.message)
        else:
            return redirect(url("finance-plan-version-new", code=plan.code))
    context = {"form": form, "back_url": url("finance-plans")}
    return show(request, "plan_new.html", context, status=400 if form.is_bound else 200)


@finance_page(READ_AND_WRITE, section=SECTION)
def plan(request: FinanceRequest, code: str) -> HttpResponse:
    """One level: its versions, what schools pay, its history. Posting publishes a version or withdraws the level."""
    found, on = plan_for(request.actor, code), timezone.localdate()
    if request.method == "POST":
        return _published(request, found, on)
    versions = list(found.versions.prefetch_related("entitlements__offer").order_by("-number"))
    form = SchoolForm(request.GET if "school" in request.GET else None)
    context = {
        "plan": found,
        "versions": [_card(one) for one in versions],
        "subscribers": subscribers_on(on).get(found.pk, 0),
        "form": form,
        "tried": _tried(request, form, versions, on),
        "history": history_of(subject_kind="plan", subject=found.code),
        "may_manage": request.actor.has(Role.FINANCE_MANAGER),
        "back_url": url("finance-plans"),
    }
    return show(request, "plan.html", context, status=400 if form.errors else 200)


def _published(request: FinanceRequest, found: Plan, on: date) -> HttpResponse:
    request.actor.require(Role.FINANCE_MANAGER, to="publish or withdraw subscription levels")
    try:
        if request.POST.get("do") == "withdraw":
            withdraw_plan(plan=found, on=on, actor=request.actor)
            messages.success(request, f"{found.title} is withdrawn: nobody takes it any more.")
        else:
            row = version_for(found, request.POST.get("version", ""))
            made = publish_version(version=row, actor=request.actor)
            messages.success(request, f"Version {made.number} of {found.title} is published.")
    except NotFound:
        raise
    except DomainError as error:
        messages.error(request, " ".join(said(error)))
    return redirect(url("finance-plan", code=found.code))


def version_for(found: Plan, number: str) -> PlanVersion:
    """A version of the level by its number. Raises NotFound."""
    row = found.versions.prefetch_related("entitlements__offer").filter(number=whole(number, digits=4)).first()
    if row is None:
        raise NotFound("Page not found")
    return row


def _card(one: PlanVersion) -> dict[str, Any]:
    """A version in words."""
    until = f" to {short_date(one.valid_to - timedelta(days=1))}" if one.valid_to else " on"
    rows = [
        {"key": "For subscriptions that begin", "value": f"from {short_date(one.valid_from)}{until}"},
        {"key": "Price a year", "value": first_upper(rule_words(one.rule))},
        {"key": "Included", "value": "; ".join(entry.included.words for entry in one.entitlements.all()) or "Nothing counted"},
        {"key": "Courses and services", "value": f"At the {one.class_words} price" if one.price_class else "At the class they have"},
        {"key": "VAT", "value": benefit_words(one)},
        {"key": "Payment", "value": "; ".join(billing_words(code) for code in one.billings)},
        {"key": "Joining within the year", "value": one.get_prorate_display()},
        {"key": "Notice", "value": plural(one.notice_weeks, "week") if one.notice_weeks else "None"},
        {"key": "Codes", "value": ", ".join(filter(None, [one.cfr_code, one.aar_code, one.account_code, one.stream_code]))},
    ]  # fmt: skip
    state = "In use, frozen" if one.used else one.get_state_display()
    draft = one.state == PlanVersion.State.DRAFT
    return {"number": one.number, "title": f"Version {one.number}: {state.lower()}", "rows": rows, "draft": draft}


def _tried(request: FinanceRequest, form: SchoolForm, versions: list[PlanVersion], on: date) -> dict[str, Any] | None:
    """The newest version's price for the school of the form, as of today or of its first day where that is later."""
    number = form.cleaned_data["school"].strip() if form.is_bound and form.is_valid() else ""
    if not number or not versions:
        return None
    try:
        school = buyer_for_price(request.actor, number)
        price = plan_price(versions[0], school, max(on, versions[0].valid_from))
    except DomainError as error:
        form.add_error("school", error.message)
        return None
    return {"school": school.name, "version": versions[0].number, **working(versions[0], price)}


@finance_page(READ_AND_WRITE, section=SECTION)
def new_version(request: FinanceRequest, code: str) -> HttpResponse:
    """The next version of a level, starting from the newest one."""
    found = plan_for(request.actor, code)
    request.actor.require(Role.FINANCE_MANAGER, to="write subscription levels")
    last = found.versions.prefetch_related("entitlements__offer").order_by("-number").first()
    start = initial_of(last) if last else {"valid_from": timezone.localdate()}
    form = VersionForm(posted(request), initial=start)
    return _written(request, found, None, form)


@finance_page(READ_AND_WRITE, section=SECTION)
def version(request: FinanceRequest, code: str, number: int) -> HttpResponse:
    """A draft, written anew. One that is published is shown on its level's page."""
    found = plan_for(request.actor, code)
    request.actor.require(Role.FINANCE_MANAGER, to="write subscription levels")
    row = version_for(found, str(number))
    if row.state != PlanVersion.State.DRAFT:
        return redirect(url("finance-plan", code=code))
    form = VersionForm(posted(request), initial=initial_of(row))
    return _written(request, found, row, form)


def _written(request: FinanceRequest, found: Plan, row: PlanVersion | None, form: VersionForm) -> HttpResponse:
    if form.is_valid():
        try:
            if row is None:
                made = draft_version(plan=found, terms=form.terms(), actor=request.actor)
            else:
                made = change_version(version=row, terms=form.terms(), actor=request.actor)
        except DomainError as error:
            form.add_error(None, " ".join(said(error)))
        else:
            messages.success(
                request, f"Version {made.number} of {found.title} is kept as a draft. Schools do not see it."
            )
            return redirect(url("finance-plan", code=found.code))
    context = {
        "plan": found,
        "number": row.number if row else None,
        "form": form,
        "back_url": url("finance-plan", code=found.code),
    }
    return show(request, "plan_version.html", context, status=400 if form.is_bound else 200)


@finance_page(section=SECTION)
def subscribers(request: FinanceRequest) -> HttpResponse:
    """Who has which level today, or is to have it, with what the whole term comes to."""
    on = timezone.localdate()
    found = subscribers_for(request.actor, on)
    form = SubscriberFilter(request.GET or None, plans=list(plans_for(request.actor, on)))
    if form.is_valid():
        given = form.cleaned_data
        found = found.filter(level=given["level"]) if given["level"] else found
        found = found.filter(agreement__state=given["state"]) if given["state"] else found
    if wants_csv(request):
        return csv_response("subscribers", _CSV, _csv_rows(list(found)))
    page = page_of(request, found)
    sums = whole_terms(one.agreement_id for one in page)
    everything = whole_terms(found.values_list("agreement_id", flat=True))
    context = {
        "page_obj": page,
        "rows": [_subscriber(one, sums[one.agreement_id].gross.pence) for one in page],
        "total": money(sum(one.gross.pence for one in everything.values())),
        "form": form,
        "chosen": chosen(request, form),
        "csv_url": csv_url(request),
        "back_url": url("finance-plans"),
    }
    return show(request, "plan_subscribers.html", context)


def _subscriber(one: AgreementLine, gross: int) -> list[Any]:
    agreement = one.agreement
    return [
        {"text": agreement.organisation.name, "href": url("finance-customer", number=agreement.organisation.number),
         "brief": f"{one.title}, {money(gross)}"},
        one.title.partition(":")[0],
        agreement.get_state_display(),
        period(agreement.term_from, agreement.runs_to),
        {"text": agreement.number, "href": url("finance-agreement", number=agreement.number)},
        money(gross),
    ]  # fmt: skip


def _csv_rows(found: list[AgreementLine]) -> list[list[Any]]:
    sums = whole_terms(one.agreement_id for one in found)
    return [
        [
            one.agreement.organisation.number, one.agreement.organisation.name, one.level, one.agreement.state,
            one.agreement.term_from, one.agreement.runs_to, one.agreement.number,
            pounds(sums[one.agreement_id].gross.pence),
        ]
        for one in found
    ]  # fmt: skip
