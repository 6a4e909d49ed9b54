"""Clusters' purses: the list, a new one, one with what was paid in and drawn; money is put in from a member's account."""

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
from frontend.finance.naming import OrganisationField, weighed
from frontend.formats import money
from frontend.jinja import url
from invoicing.receivables.models import UnallocatedItem
from invoicing.second_person.limits import NeedsSecondPerson
from marketplace.core.errors import DomainError
from marketplace.core.periods import Period
from subscriptions.membership.rules.methods import Method
from subscriptions.purses.models import Purse
from subscriptions.purses.opening import METHODS
from subscriptions.purses.queries import members_of, purse_for, purses_for, standings_of, statement_of
from subscriptions.services import Joining, open_purse, pay_in, prepare_pay_in

TO = "open purses"


@finance_page(section="finance-customers")
def purses(request: FinanceRequest) -> HttpResponse:
    """Every purse, the latest first, with what is left."""
    page = page_of(request, purses_for(request.actor))
    context = {"page_obj": page, "standings": standings_of(page), "back_url": url("finance-shared-costs")}
    return show(request, "purses.html", context)


class PurseForm(forms.Form):
    """Who pays in together, how much, and for how long it may be spent."""

    name = forms.CharField(label="Name", max_length=100, help_text="Such as “Harbour cluster purse”")
    code = forms.CharField(label="Code", max_length=20, help_text="Letters, digits and hyphens, like harbour-2026")
    first = ShortDateField(label="First day")
    last = ShortDateField(label="Last day", help_text="Orders are paid from it until then")
    lead = OrganisationField(
        label="Lead", help_text="Customer number, URN or name. It is invoiced, and says who may draw"
    )
    members = forms.CharField(
        label="Members",
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text="One in a line: customer number, URN or name. With a weight: “90100: 2”",
    )
    pence = PoundsField(label="Paid in by all together", least=1)
    method = forms.ChoiceField(label="Divided", choices=[(one.value, one.words) for one in METHODS], initial="equal")

    def clean_members(self) -> list[Joining]:
        return [Joining(organisation, weight) for organisation, weight in weighed(self.cleaned_data["members"])]

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if given.get("first") and given.get("last") and given["last"] < given["first"]:
            self.add_error("last", "Last day must be on or after the first day")
        return given


@finance_page(READ_AND_WRITE, section="finance-customers", to=TO)
def new_purse(request: FinanceRequest) -> HttpResponse:
    """A purse with what each member agreed to pay in. Nothing is charged by it."""
    form = PurseForm(posted(request))
    if form.is_valid():
        given = form.cleaned_data
        try:
            made = open_purse(
                code=given["code"], name=given["name"], term=Period(given["first"], given["last"] + timedelta(days=1)),
                lead=given["lead"], members=given["members"], pence=given["pence"], method=Method(given["method"]),
                on=timezone.localdate(), actor=request.actor,
            )  # fmt: skip
        except DomainError as error:
            form.add_error(None, " ".join(said(error)))
        else:
            return redirect(url("finance-purse", code=made.code))
    context = {"form": form, "forms": [form], "back_url": url("finance-purses")}
    return show(request, "purse_new.html", context, status=400 if form.is_bound else 200)


class PayInForm(forms.Form):
    """Which money on a member's account goes into the purse, and how much of it."""

    source = forms.ModelChoiceField(
        label="Money on account", queryset=UnallocatedItem.objects.none(),
        error_messages={"required": "Choose the money on account", "invalid_choice": "Choose money that is on account"},
    )  # fmt: skip
    pence = PoundsField(label="Amount", least=1)

    def __init__(self, *args: Any, purse: Purse, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        own = UnallocatedItem.objects.filter(
            organisation__in=purse.members.values("organisation"), remaining_pence__gt=0, kind="receipt"
        )
        field = self.fields["source"]
        field.queryset = own.select_related("organisation").order_by("organisation__name", "pk")  # type: ignore[attr-defined]
        field.label_from_instance = _money_words  # type: ignore[attr-defined]


def _money_words(item: UnallocatedItem) -> str:
    return f"{item.organisation.name}: {money(item.remaining_pence)} of {item.received_on:%-d %b %Y}"


@finance_page(READ_AND_WRITE, section="finance-customers")
def purse(request: FinanceRequest, code: str) -> HttpResponse:
    """One purse: what each paid in and drew, its statement, and money put into it."""
    found = purse_for(request.actor, code)
    form = PayInForm(posted(request), purse=found)
    if form.is_valid():
        given = form.cleaned_data
        try:
            words = _put_in(request, found, given)
        except DomainError as error:
            form.add_error(None, " ".join(said(error)))
        else:
            messages.success(request, words)
            return redirect(url("finance-purse", code=code))
    lines = statement_of(found)
    if wants_csv(request):
        return statement_file(found)
    [standing] = standings_of([found])
    context = {
        "purse": found, "standing": standing, "members": members_of(found), "lines": lines, "form": form,
        "may_pay_in": form.fields["source"].queryset.exists(),  # type: ignore[attr-defined]
        "last": found.valid_to - timedelta(days=1), "csv_url": csv_url(request), "back_url": url("finance-purses"),
        "history": history_of(subject_kind="purse", subject=found.code),
    }  # fmt: skip
    return show(request, "purse.html", context, status=400 if form.is_bound else 200)


def _put_in(request: FinanceRequest, found: Purse, given: dict[str, Any]) -> str:
    """Puts it in, or before a finance manager where it is more than one person may carry alone."""
    try:
        pay_in(purse=found, on=timezone.localdate(), actor=request.actor, **given)
    except NeedsSecondPerson:
        prepare_pay_in(purse=found, actor=request.actor, **given)
        return f"{money(given['pence'])} goes into {found.name} once a finance manager approves it."
    return f"{money(given['pence'])} is in {found.name} now."


def statement_file(found: Purse) -> HttpResponse:
    """The statement as a file."""
    header = ["date", "who", "what", "in_or_out", "left"]
    rows = ([one.on, one.who, one.text, pounds(one.pence), pounds(one.left_pence)] for one in statement_of(found))
    return csv_response(f"purse-{found.code}", header, rows)
