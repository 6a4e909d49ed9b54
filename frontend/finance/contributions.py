"""Contribution rounds: the list, a new one, one with every member's figure and its working, who joins later."""

from collections.abc import Sequence
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
from frontend.finance.naming import OrganisationField
from frontend.formats import money, plural
from frontend.jinja import url
from marketplace.core.actors import Role
from marketplace.core.errors import DomainError, WrongInput
from marketplace.core.money import Money
from marketplace.core.periods import Period
from subscriptions.agreements.rules.forms import Every, Prorate
from subscriptions.membership.models import METHODS_OF_ROUNDS, SUPPLIES
from subscriptions.membership.rules.methods import Method
from subscriptions.models import ContributionRound, ContributionShare, MemberClass
from subscriptions.queries import last_year_of, member_classes, round_for, rounds_for, shares_in
from subscriptions.services import agree_round, draw_up, drop_round, join_round, plan_round

_CSV = [
    "number", "member", "pupils", "source", "counted_on", "weight", "nominal_fee", "contribution", "in_all", "year_before",
    "joined_on", "working",
]  # fmt: skip
TO = "plan contributions"
MANAGES = "agree contributions"


@finance_page(section="finance-customers")
def contributions(request: FinanceRequest) -> HttpResponse:
    """Every round, latest first."""
    context = {
        "page_obj": page_of(request, rounds_for(request.actor)),
        "back_url": url("finance-members"),
    }
    return show(request, "contributions.html", context)


def _pairs(text: str, what: str) -> list[tuple[str, str]]:
    """``200: 1`` in each line as ("200", "1")."""
    found = []
    for line in (one.strip() for one in text.splitlines()):
        if line:
            name, sign, value = line.rpartition(":")
            if not sign:
                raise forms.ValidationError(f"{what} must be one in a line, like 200: 1.5")
            found.append((name.strip(), value.strip()))
    return found


class RoundForm(forms.Form):
    """A budget, who pays it, and by what."""

    title = forms.CharField(label="Title", max_length=120, help_text="As it stands on the invoice")
    code = forms.CharField(label="Code", max_length=20, help_text="Letters, digits and hyphens, like 2026-27")
    first = ShortDateField(label="First day", help_text="Members and pupils are taken as on this day")
    last = ShortDateField(label="Last day")
    budget = PoundsField(label="Budget", least=1, help_text="Before VAT. The shares come to exactly this")
    nominal = PoundsField(label="Nominal fee", required=False, help_text="What each member pays first, like 25")
    method = forms.ChoiceField(
        label="Divide it", widget=forms.RadioSelect, choices=[(one.value, one.words) for one in METHODS_OF_ROUNDS]
    )
    bands = forms.CharField(
        label="Bands", required=False, widget=forms.Textarea(attrs={"rows": 4}),
        help_text="One in a line: up to how many pupils, and what it counts. The last: “more: 3”",
    )  # fmt: skip
    fixed = forms.DecimalField(label="Fixed part", required=False, min_value=0, max_digits=12, decimal_places=4)
    per_pupil = forms.DecimalField(
        label="Part for each pupil", required=False, min_value=0, max_digits=12, decimal_places=4
    )
    phases = forms.CharField(
        label="Factors of phases", required=False, widget=forms.Textarea(attrs={"rows": 3}),
        help_text="One in a line, like “secondary: 1.2”. Other phases count once",
    )  # fmt: skip
    member_class = forms.ChoiceField(label="Who pays", required=False)
    every = forms.ChoiceField(label="Charged", choices=[(one.value, one.words) for one in Every])
    joining = forms.ChoiceField(
        label="Who joins later pays", choices=[(one.value, one.words) for one in Prorate],
        help_text="What is agreed with the others stays",
    )  # fmt: skip
    supply_kind = forms.ChoiceField(
        label="What members get for it", choices=SUPPLIES, help_text="The VAT rules decide by this"
    )
    previous = forms.ChoiceField(label="Compare with", required=False)

    def __init__(
        self, *args: Any, classes: Sequence[MemberClass], rounds: Sequence[ContributionRound], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.classes, self.rounds = {one.code: one for one in classes}, {one.code: one for one in rounds}
        self.fields["member_class"].choices = [("", "All members"), *((one.code, one.name) for one in classes)]  # type: ignore[attr-defined]
        self.fields["previous"].choices = [("", "Nothing"), *((one.code, one.title) for one in rounds)]  # type: ignore[attr-defined]

    def clean_bands(self) -> list[dict[str, Any]]:
        bands: list[dict[str, Any]] = []
        for name, weight in _pairs(self.cleaned_data["bands"], "Bands"):
            if name.lower() != "more" and not name.isdecimal():
                raise forms.ValidationError(f"Bands must name a number of pupils or “more”, not “{name}”")
            bands.append({"weight": weight} | ({} if name.lower() == "more" else {"up_to": int(name)}))
        return bands

    def clean_phases(self) -> dict[str, str]:
        return dict(_pairs(self.cleaned_data["phases"], "Factors"))

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if given.get("first") and given.get("last") and given["last"] < given["first"]:
            self.add_error("last", "Last day must be on or after the first day")
        return given

    def terms(self) -> dict[str, Any]:
        """What the method needs to know."""
        given = self.cleaned_data
        if given["method"] == Method.BANDS:
            return {"bands": given["bands"]}
        if given["method"] == Method.FORMULA:
            return {"fixed": given["fixed"] or 0, "per_pupil": given["per_pupil"] or 0, "phases": given["phases"]}
        return {}


@finance_page(READ_AND_WRITE, section="finance-customers", to=TO)
def new_contribution(request: FinanceRequest) -> HttpResponse:
    """A draft round; its shares are worked out at once and looked at before anybody agrees."""
    rounds = list(rounds_for(request.actor)[:20])
    initial = {"method": Method.PUPILS, "every": Every.YEAR, "previous": rounds[0].code if rounds else ""}
    form = RoundForm(posted(request), classes=list(member_classes(request.actor)), rounds=rounds, initial=initial)
    if form.is_valid():
        try:
            made = _planned(form, request)
        except DomainError as error:
            form.add_error(None, " ".join(said(error)))
        else:
            return redirect(url("finance-contribution", code=made.code))
    context = {"form": form, "back_url": url("finance-contributions")}
    return show(request, "contribution_new.html", context, status=400 if form.is_bound else 200)


def _planned(form: RoundForm, request: FinanceRequest) -> ContributionRound:
    given = form.cleaned_data
    return plan_round(
        code=given["code"], title=given["title"], term=Period(given["first"], given["last"] + timedelta(days=1)),
        budget=Money(given["budget"]), nominal=Money(given["nominal"] or 0), method=Method(given["method"]),
        terms=form.terms(), member_class=form.classes.get(given["member_class"]), every=Every(given["every"]),
        joining=Prorate(given["joining"]), supply_kind=given["supply_kind"],
        previous=form.rounds.get(given["previous"]), actor=request.actor,
    )  # fmt: skip


@finance_page(READ_AND_WRITE, section="finance-customers")
def contribution(request: FinanceRequest, code: str) -> HttpResponse:
    """One round: each member's figure, its working and the change against the year before; agreed by a finance manager."""
    found = round_for(request.actor, code)
    errors, status = [], 200
    if request.method == "POST":
        try:
            words, where = _decided(request, found)
        except DomainError as error:
            errors, status = said(error), error.status
            found = round_for(request.actor, code)
        else:
            messages.success(request, words)
            return redirect(where)
    shares, before = list(shares_in(found)), last_year_of(found)
    if wants_csv(request):
        return csv_response(f"contribution-{found.code}", _CSV, (_row(one, before) for one in shares))
    context = {
        "round": found, "shares": shares, "before": before, "errors": errors, "csv_url": csv_url(request),
        "last": found.term_to - timedelta(days=1), "whole": sum(one.whole_pence for one in shares),
        "split": sum(one.whole_pence for one in shares if one.joined_on is None), "page_obj": page_of(request, shares),
        "supply": dict(SUPPLIES)[found.supply_kind], "may_agree": request.actor.has(Role.FINANCE_MANAGER),
        "terms": terms_words(found), "back_url": url("finance-contributions"),
        "history": history_of(subject_kind="contribution", subject=found.code),
    }  # fmt: skip
    return show(request, "contribution.html", context, status=status)


def terms_words(found: ContributionRound) -> str:
    """How it is divided, in one sentence."""
    if found.method == Method.BANDS:
        bands = [f"up to {one['up_to']:,} pupils {one['weight']}" if "up_to" in one else f"more {one['weight']}"
                 for one in found.terms["bands"]]  # fmt: skip
        return f"By bands of pupils: {', '.join(bands)}"
    if found.method == Method.FORMULA:
        phases = "".join(f"; × {factor} for {phase}" for phase, factor in found.terms["phases"].items())
        return f"By a formula: {found.terms['fixed']} and {found.terms['per_pupil']} for each pupil{phases}"
    return Method(found.method).words


def _row(one: ContributionShare, before: dict[int, int]) -> list[object]:
    return [
        one.organisation.number, one.organisation.name, one.pupils, one.source, one.counted_on, one.weight,
        pounds(one.nominal_pence), pounds(one.pence), pounds(one.whole_pence), pounds(before.get(one.organisation_id)),
        one.joined_on, "; ".join(one.steps),
    ]  # fmt: skip


def _decided(request: FinanceRequest, found: ContributionRound) -> tuple[str, str]:
    """What the pressed button does: what to say, and where to go."""
    here, do = url("finance-contribution", code=found.code), request.POST.get("do")
    if do == "draw":
        draw_up(round=found, actor=request.actor)
        return "The shares are worked out again from the register and the counts on record.", here
    if do == "agree":
        drawn = request.POST.get("drawn", "")
        seen = int(drawn) if drawn.isascii() and drawn.isdecimal() else 0
        made = agree_round(round=found, drawn=seen, on=timezone.localdate(), actor=request.actor)
        return f"{plural(len(made), 'agreement')} made: {money(found.budget_pence)} before VAT.", here
    if do == "drop":
        drop_round(round=found, actor=request.actor)
        return f"The draft of {found.title} is gone.", url("finance-contributions")
    raise WrongInput("Choose what to do with the round")


class JoinForm(forms.Form):
    """Who joins, from which day."""

    organisation = OrganisationField(label="Member")
    on = ShortDateField(label="From")


@finance_page(READ_AND_WRITE, section="finance-customers", to=MANAGES)
def join_contribution(request: FinanceRequest, code: str) -> HttpResponse:
    """A member joins an agreed round in mid-year; what is agreed with the others stays."""
    request.actor.require(Role.FINANCE_MANAGER, to=MANAGES)
    found = round_for(request.actor, code)
    form = JoinForm(posted(request), initial={"on": timezone.localdate()})
    if form.is_valid():
        try:
            share = join_round(
                round=found, organisation=form.cleaned_data["organisation"], on=form.cleaned_data["on"],
                charged_on=timezone.localdate(), actor=request.actor,
            )  # fmt: skip
        except DomainError as error:
            form.add_error(None, " ".join(said(error)))
        else:
            messages.success(request, f"{share.organisation.name} contributes to {found.title} too.")
            return redirect(url("finance-contribution", code=code))
    context = {
        "form": form, "round": found, "joining": Prorate(found.joining).words,
        "back_url": url("finance-contribution", code=code),
    }  # fmt: skip
    return show(request, "contribution_join.html", context, status=400 if form.is_bound else 200)
