"""Shared costs: the list, a new one, one with what each bears, who joins and who leaves with a preview."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from frontend.fields import PoundsField, ShortDateField
from frontend.finance.access import READ_AND_WRITE, FinanceRequest, finance_page, posted, said, show
from frontend.finance.history import history_of
from frontend.finance.listing import csv_response, csv_url, page_of, pounds, wants_csv
from frontend.finance.naming import OrganisationField, organisation_called, weighed
from frontend.formats import plural
from frontend.jinja import url
from marketplace.core.actors import Role
from marketplace.core.errors import DomainError, WrongInput
from marketplace.core.periods import Period
from subscriptions.agreements.rules.forms import Every
from subscriptions.membership.models import SUPPLIES
from subscriptions.membership.rules.methods import Method
from subscriptions.models import SharedCost
from subscriptions.queries import borne_by, participant_for, shared_cost_for, shared_costs_for
from subscriptions.services import (
    PartTerms,
    Taking,
    agree_cost,
    drop_cost,
    join_cost,
    leave_cost,
    plan_cost,
    preview_join,
    preview_leave,
)
from subscriptions.shared.models import METHODS_OF_PARTS
from subscriptions.shared.rules.resplitting import Falls

TO = "plan shared costs"
MANAGES = "agree shared costs"
PARTS = 4


@finance_page(section="finance-customers")
def shared_costs(request: FinanceRequest) -> HttpResponse:
    """Every shared cost, latest term first."""
    context = {"page_obj": page_of(request, shared_costs_for(request.actor)), "back_url": url("finance-members")}
    return show(request, "shared_costs.html", context)


class CostForm(forms.Form):
    """What is shared, by whom, who leads."""

    title = forms.CharField(label="Title", max_length=100, help_text="As it stands on the invoices")
    code = forms.CharField(label="Code", max_length=20, help_text="Letters, digits and hyphens, like consultant-2026")
    first = ShortDateField(label="First day", help_text="Pupils are taken as on this day")
    last = ShortDateField(label="Last day")
    lead = OrganisationField(label="Lead", help_text="Customer number, URN or name. It bears what others leave")
    sharers = forms.CharField(
        label="Who shares it",
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text="One in a line: customer number, URN or name. With a weight: “90100: 2”",
    )
    is_open = forms.BooleanField(label="Each who shares sees the others by name and amount", required=False)
    every = forms.ChoiceField(label="Charged", choices=[(one.value, one.words) for one in Every])
    supply_kind = forms.ChoiceField(label="What they get", choices=SUPPLIES, help_text="The VAT rules decide by this")

    def clean_sharers(self) -> list[Taking]:
        return [Taking(organisation, weight) for organisation, weight in weighed(self.cleaned_data["sharers"])]

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if given.get("first") and given.get("last") and given["last"] < given["first"]:
            self.add_error("last", "Last day must be on or after the first day")
        return given


class PartForm(forms.Form):
    """One part: what, how much, how divided, among whom."""

    title = forms.CharField(label="What", max_length=100)
    pence = PoundsField(label="Amount", least=1)
    method = forms.ChoiceField(
        label="Divided", choices=[(one.value, one.words) for one in METHODS_OF_PARTS], initial=Method.EQUAL.value
    )
    sharers = forms.CharField(
        label="Only among", required=False, help_text="One in a line; empty for all", widget=forms.Textarea(attrs={"rows": 2})
    )  # fmt: skip

    def clean_sharers(self) -> tuple[str, ...]:
        lines = [line for line in self.cleaned_data["sharers"].splitlines() if line.strip()]
        return tuple(organisation_called(line).number for line in lines)

    def terms(self) -> PartTerms:
        given = self.cleaned_data
        return PartTerms(given["title"], given["pence"], Method(given["method"]), given["sharers"])


@finance_page(READ_AND_WRITE, section="finance-customers", to=TO)
def new_shared_cost(request: FinanceRequest) -> HttpResponse:
    """A draft; what each would bear is looked at before anybody agrees."""
    sent = posted(request)
    form = CostForm(sent)
    parts = [PartForm(sent, prefix=f"part{i}", empty_permitted=i > 1, use_required_attribute=False)
             for i in range(1, PARTS + 1)]  # fmt: skip
    if sent is not None and all([form.is_valid(), *(one.is_valid() for one in parts)]):
        try:
            made = _planned(form, parts, request)
        except DomainError as error:
            form.add_error(None, " ".join(said(error)))
        else:
            return redirect(url("finance-shared-cost", code=made.code))
    context = {"form": form, "forms": [form, *parts], "parts": parts, "back_url": url("finance-shared-costs")}
    return show(request, "shared_cost_new.html", context, status=400 if form.is_bound else 200)


def _planned(form: CostForm, parts: list[PartForm], request: FinanceRequest) -> SharedCost:
    given = form.cleaned_data
    return plan_cost(
        code=given["code"], title=given["title"], term=Period(given["first"], given["last"] + timedelta(days=1)),
        lead=given["lead"], takes=given["sharers"], parts=[one.terms() for one in parts if one.has_changed()],
        is_open=given["is_open"], every=Every(given["every"]), supply_kind=given["supply_kind"], actor=request.actor,
    )  # fmt: skip


@finance_page(READ_AND_WRITE, section="finance-customers")
def shared_cost(request: FinanceRequest, code: str) -> HttpResponse:
    """One shared cost: what each bears of each part, the working, and its agreement by a finance manager."""
    found = shared_cost_for(request.actor, code)
    errors, status = [], 200
    if request.method == "POST":
        try:
            words, where = _decided(request, found)
        except DomainError as error:
            errors, status = said(error), error.status
            found = shared_cost_for(request.actor, code)
        else:
            messages.success(request, words)
            return redirect(where)
    parts, bears = list(found.parts.order_by("position")), borne_by(found)
    if wants_csv(request):
        header = ["number", "who", "pupils", *(part.title for part in parts), "in_all", "left_on"]
        rows = (
            [one.participant.organisation.number, one.participant.organisation.name, one.participant.pupils,
             *(pounds(pence) for pence in one.parts), pounds(one.pence), one.participant.left_on]
            for one in bears
        )  # fmt: skip
        return csv_response(f"shared-cost-{found.code}", header, rows)
    context = {
        "cost": found, "parts": parts, "bears": bears, "errors": errors, "csv_url": csv_url(request),
        "last": found.term_to - timedelta(days=1), "supply": dict(SUPPLIES)[found.supply_kind],
        "may_agree": request.actor.has(Role.FINANCE_MANAGER), "back_url": url("finance-shared-costs"),
        "history": history_of(subject_kind="shared_cost", subject=found.code),
    }  # fmt: skip
    return show(request, "shared_cost.html", context, status=status)


def _seen(request: FinanceRequest) -> int:
    """Which version of it was looked at."""
    version = request.POST.get("version", "")
    return int(version) if version.isascii() and version.isdecimal() else 0


def _decided(request: FinanceRequest, found: SharedCost) -> tuple[str, str]:
    do = request.POST.get("do")
    if do == "agree":
        made = agree_cost(cost=found, version=_seen(request), on=timezone.localdate(), actor=request.actor)
        return f"{plural(len(made), 'agreement')} made.", url("finance-shared-cost", code=found.code)
    if do == "drop":
        drop_cost(cost=found, actor=request.actor)
        return f"The draft of {found.title} is gone.", url("finance-shared-costs")
    raise WrongInput("Choose what to do with the shared cost")


class MoveForm(forms.Form):
    """From which day, and whose share changes."""

    on = ShortDateField(label="From")
    falls = forms.ChoiceField(
        label="What changes", widget=forms.RadioSelect, choices=[(one.value, one.words) for one in Falls]
    )


class LeaveForm(MoveForm):
    """Who leaves, with the reason."""

    reason = forms.CharField(label="Reason", max_length=200)


class JoinForm(MoveForm):
    """Who joins, with its weight."""

    organisation = OrganisationField(label="Who joins")
    weight = forms.DecimalField(
        label="Weight", min_value=0, max_digits=8, decimal_places=2, help_text="For parts divided by agreed weights"
    )
    field_order = ("organisation", "on", "weight", "falls")


@finance_page(READ_AND_WRITE, section="finance-customers", to=MANAGES)
def leave_shared_cost(request: FinanceRequest, code: str, pk: int) -> HttpResponse:
    """Somebody leaves: first the effect on each, then done by a second press."""
    request.actor.require(Role.FINANCE_MANAGER, to=MANAGES)
    found = shared_cost_for(request.actor, code)
    one = participant_for(request.actor, found, pk)
    today = timezone.localdate()
    form = LeaveForm(posted(request), initial={"on": today, "falls": Falls.LEAD})

    def preview(given: dict[str, Any]) -> list[Any]:
        return preview_leave(participant=one, on=given["on"], falls=Falls(given["falls"]), today=today)

    def do(given: dict[str, Any]) -> str:
        leave_cost(
            participant=one, version=_seen(request), on=given["on"], falls=Falls(given["falls"]),
            reason=given["reason"], today=today, actor=request.actor,
        )  # fmt: skip
        return f"{one.organisation.name} shares {found.title} until the day before."

    heading = f"{one.organisation.name} leaves {found.title}"
    return _moved(request, found, form, preview, do, heading)


@finance_page(READ_AND_WRITE, section="finance-customers", to=MANAGES)
def join_shared_cost(request: FinanceRequest, code: str) -> HttpResponse:
    """Somebody joins: first the effect on each, then done by a second press."""
    request.actor.require(Role.FINANCE_MANAGER, to=MANAGES)
    found = shared_cost_for(request.actor, code)
    today = timezone.localdate()
    form = JoinForm(posted(request), initial={"on": today, "falls": Falls.AGAIN, "weight": 1})

    def common(given: dict[str, Any]) -> dict[str, Any]:
        return {
            "cost": found, "organisation": given["organisation"], "weight": given["weight"], "on": given["on"],
            "falls": Falls(given["falls"]), "today": today,
        }  # fmt: skip

    def do(given: dict[str, Any]) -> str:
        join_cost(**common(given), version=_seen(request), actor=request.actor)
        return f"{given['organisation'].name} shares {found.title}."

    heading = f"Somebody joins {found.title}"
    return _moved(request, found, form, lambda given: preview_join(**common(given)), do, heading)


def _moved(
    request: FinanceRequest,
    found: SharedCost,
    form: MoveForm,
    preview: Callable[[dict[str, Any]], list[Any]],
    do: Callable[[dict[str, Any]], str],
    heading: str,
) -> HttpResponse:
    """The form, its effects once it is filled in, and what the second button does."""
    effects: list[Any] = []
    if form.is_valid():
        try:
            if request.POST.get("do") == "do":
                messages.success(request, do(form.cleaned_data))
                return redirect(url("finance-shared-cost", code=found.code))
            effects = preview(form.cleaned_data)
        except DomainError as error:
            form.add_error(None, " ".join(said(error)))
    context = {
        "form": form, "cost": found, "effects": effects, "heading": heading,
        "back_url": url("finance-shared-cost", code=found.code),
    }  # fmt: skip
    return show(request, "shared_cost_move.html", context, status=400 if form.is_bound and form.errors else 200)
