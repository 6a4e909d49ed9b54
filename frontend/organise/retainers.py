"""Retainers for organisers: the list, offering one to a school and a provider, stopping one."""

from decimal import Decimal
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from frontend.fields import PoundsField, ShortDateField
from frontend.finance.access import posted, said
from frontend.finance.listing import chosen, page_of
from frontend.formats import long_date, plural
from frontend.jinja import url
from frontend.organise.access import READ_AND_WRITE, OrganiserRequest, organiser_page, show
from frontend.organise.reviews import SchoolField
from frontend.organise.shared_bookings import bookable
from frontend.retainer_words import facts_of, fee_words, period_rows
from marketplace.core.errors import DomainError
from marketplace.trading.engagements.models import Engagement
from marketplace.trading.engagements.retainer_queries import retainer_for, retainers_for
from marketplace.trading.engagements.services.retaining import MOST_PERIODS, offer_retainer, stop_retainer
from marketplace.trading.models import Retainer
from providers.models import Consultant

SECTION = "organise-accreditation"


class RetainerFilter(forms.Form):
    """What the list is narrowed to."""

    state = forms.ChoiceField(label="State", choices=[("", "Any"), *Retainer.State.choices], required=False)


class RetainerForm(forms.Form):
    """The terms that both sides are asked to agree to."""

    school = SchoolField(label="School", error_messages={"required": "Enter the school"})
    consultant = forms.ModelChoiceField(
        label="Consultant", queryset=Consultant.objects.none(), to_field_name="code", empty_label=None,
        error_messages={"required": "Choose the consultant"},
    )  # fmt: skip
    title = forms.CharField(label="What it is", max_length=90, error_messages={"required": "Enter what it is"})
    every = forms.ChoiceField(label="Charged", choices=Retainer.Every.choices, widget=forms.RadioSelect, initial="term")
    unit = forms.ChoiceField(
        label="Counted in", choices=Engagement.Unit.choices, widget=forms.RadioSelect, initial="day"
    )
    quantity = forms.DecimalField(
        label="How many each time?", min_value=Decimal("0.5"), max_value=Decimal(200), max_digits=5, decimal_places=2,
        error_messages={"invalid": "How many must be a number, like 2.5", "required": "Enter how many"},
    )  # fmt: skip
    fee_pence = PoundsField(label="What the school pays each time", least=1)
    earned_pence = PoundsField(label="What the provider earns of it")
    valid_from = ShortDateField(label="First day", error_messages={"required": "Enter the first day"})
    periods = forms.IntegerField(
        label="For how many months or terms?", min_value=1, max_value=MOST_PERIODS,
        error_messages={"required": "Enter for how many months or terms"},
    )  # fmt: skip
    unused = forms.ChoiceField(
        label="What becomes of days that nobody takes?", choices=Retainer.Unused.choices, widget=forms.RadioSelect,
        initial="lapse",
    )  # fmt: skip
    owed = forms.ChoiceField(
        label="When is the provider owed?", choices=Retainer.Owed.choices, widget=forms.RadioSelect, initial="visit"
    )

    def __init__(self, *args: Any, consultants: list[Consultant], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["consultant"]
        found = Consultant.objects.filter(pk__in=[one.pk for one in consultants])
        field.queryset = found.select_related("provider__organisation", "home_school").order_by("name")
        field.label_from_instance = lambda one: f"{one.name}, {one.provider.organisation.name}"


class StopForm(forms.Form):
    """From when no new period begins, and why."""

    from_day = ShortDateField(label="No new period from", error_messages={"required": "Enter from which day"})
    reason = forms.CharField(label="Why?", max_length=240, error_messages={"required": "Enter why"})


@organiser_page(section=SECTION)
def retainers(request: OrganiserRequest) -> HttpResponse:
    """Every retainer, newest first."""
    form = RetainerFilter(request.GET)
    found = retainers_for(request.actor)
    if form.is_valid() and form.cleaned_data["state"]:
        found = found.filter(state=form.cleaned_data["state"])
    page = page_of(request, found)
    context = {
        "filter_form": form, "page_obj": page, "rows": [(one, fee_words(one)) for one in page],
        "chosen": chosen(request, form), "count_text": plural(page.paginator.count, "retainer"),
    }  # fmt: skip
    return show(request, "retainers.html", context)


@organiser_page(READ_AND_WRITE, section=SECTION)
def new(request: OrganiserRequest) -> HttpResponse:
    """The terms; the school and the provider are asked to agree to them."""
    on = timezone.localdate()
    form = RetainerForm(posted(request), consultants=bookable(on))
    if form.is_bound and form.is_valid():
        try:
            made = offer_retainer(**form.cleaned_data, on=on, actor=request.actor)
        except DomainError as error:
            form.add_error(None, " ".join(said(error)))
        else:
            messages.success(request, f"{made.number} is offered. It runs when the school and the provider agreed.")
            return redirect(url("organise-retainer", number=made.number))
    context = {"form": form, "back_url": url("organise-retainers")}
    return show(request, "retainer_new.html", context, status=400 if form.errors else 200)


@organiser_page(READ_AND_WRITE, section=SECTION)
def retainer(request: OrganiserRequest, number: str) -> HttpResponse:
    """One retainer with its periods; no new one begins where it is stopped."""
    found = retainer_for(request.actor, number)
    form = StopForm(posted(request))
    if form.is_bound and form.is_valid():
        try:
            stopped = stop_retainer(retainer=found, on=timezone.localdate(), actor=request.actor, **form.cleaned_data)
        except DomainError as error:
            form.add_error(None, " ".join(said(error)))
        else:
            day = long_date(stopped.stopped_from) if stopped.stopped_from else ""
            messages.success(request, f"No new period of {number} begins from {day}. What began is delivered.")
            return redirect(url("organise-retainer", number=number))
    context = {
        "retainer": found, "facts": facts_of(found, earned=True), "rows": period_rows(found), "form": form,
        "may_stop": found.state == Retainer.State.RUNNING and found.stopped_from is None,
        "back_url": url("organise-retainers"),
    }  # fmt: skip
    return show(request, "retainer.html", context, status=400 if form.errors else 200)
