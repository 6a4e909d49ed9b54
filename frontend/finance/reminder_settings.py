"""How reminders are written and when, whether interest is claimed, and the reference rates it is worked out by."""

from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from frontend.fields import PoundsField, ShortDateField
from frontend.finance.access import READ_AND_WRITE, FinanceRequest, finance_page, posted, said, show
from frontend.formats import long_date
from frontend.jinja import url
from invoicing.credit_control.models import LatePaymentPolicy, ReferenceRate, ReminderLevel
from invoicing.credit_control.queries import reminder_levels
from invoicing.credit_control.rules.late_payment import half_year_of
from invoicing.credit_control.services.late import claims_on
from invoicing.credit_control.services.levels import WORDS_LIMIT
from invoicing.services import change_level, load_reference_rate, seed_reminder_levels, set_late_payment
from marketplace.core.actors import Role
from marketplace.core.errors import DomainError, NotFound


class LevelForm(forms.Form):
    """One level, as it is used from now on."""

    name = forms.CharField(label="Name", max_length=60, help_text="The heading of the letter")
    days_after = forms.IntegerField(label="Days after the due date", min_value=1, max_value=365)
    words = forms.CharField(
        label="Words", max_length=WORDS_LIMIT, widget=forms.Textarea(attrs={"rows": 5}),
        help_text="The invoices, the sum and how to pay stand beneath",
    )  # fmt: skip
    channel = forms.ChoiceField(label="Sent by", choices=ReminderLevel.Channel.choices, widget=forms.RadioSelect)
    copied_to = forms.ChoiceField(label="Who gets a copy", choices=ReminderLevel.Copy.choices, widget=forms.RadioSelect)
    minimum_pence = PoundsField(label="Least amount", help_text="Less than this is not asked for")
    used = forms.BooleanField(label="Send reminders of this level", required=False)


class SwitchForm(forms.Form):
    """Whether interest is claimed, from a day on."""

    claims = forms.ChoiceField(
        label="Claim interest and the fixed sum", choices=[("yes", "Yes"), ("no", "No")], widget=forms.RadioSelect
    )
    from_on = ShortDateField(label="From")


class RateForm(forms.Form):
    """A reference rate in percent."""

    half_from = forms.ChoiceField(label="Half-year")
    rate = forms.DecimalField(
        label="Bank of England base rate", min_value=0, max_value=99, decimal_places=3,
        help_text="In percent, such as 3.75, as it stood on the day before the half-year",
    )  # fmt: skip

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        this = half_year_of(today)
        halves = [date(this.year + (this.month - 1 + 6 * step) // 12, (this.month - 1 + 6 * step) % 12 + 1, 1) for step in range(1, -6, -1)]  # fmt: skip
        self.fields["half_from"].choices = [(day.isoformat(), f"From {long_date(day)}") for day in halves]  # type: ignore[attr-defined]


@finance_page(READ_AND_WRITE, section="finance-customers")
def settings(request: FinanceRequest) -> HttpResponse:
    """The levels, the switch and the rates; a finance manager changes them."""
    today = timezone.localdate()
    do = request.POST.get("do", "")
    switch = SwitchForm(posted(request) if do == "switch" else None, initial={"from_on": today})
    rate = RateForm(posted(request) if do == "rate" else None, today=today)
    errors: list[str] = []
    try:
        if words := _done(request, do, switch, rate):
            messages.success(request, words)
            return redirect(url("finance-reminder-settings"))
    except DomainError as error:
        errors = said(error)
    bound = switch.is_bound or rate.is_bound
    context = {
        "levels": list(reminder_levels(request.actor)),
        "switch": switch,
        "rate": rate,
        "forms": [switch, rate],
        "claims": claims_on(today),
        "decisions": LatePaymentPolicy.objects.order_by("-from_on"),
        "rates": [(one, f"{(one.rate * 100).normalize():f}%") for one in ReferenceRate.objects.order_by("-half_from")],
        "may_decide": request.actor.has(Role.FINANCE_MANAGER),
        "errors": errors,
        "back_url": url("finance-reminders"),
    }
    return show(request, "reminder_settings.html", context, status=409 if errors else 400 if bound else 200)


def _done(request: FinanceRequest, do: str, switch: SwitchForm, rate: RateForm) -> str:
    """What was done, in words; nothing where a form was not good."""
    if do == "levels":
        request.actor.require(Role.FINANCE_MANAGER, to="change the levels of reminders")
        seed_reminder_levels()
        return "The usual levels are made."
    if switch.is_valid():
        given = switch.cleaned_data
        made = set_late_payment(from_on=given["from_on"], claims=given["claims"] == "yes", actor=request.actor)
        return f"Interest is {'' if made.claims else 'not '}claimed from {long_date(made.from_on)} on."
    if rate.is_valid():
        half = date.fromisoformat(rate.cleaned_data["half_from"])
        percent: Decimal = rate.cleaned_data["rate"]
        load_reference_rate(half_from=half, rate=percent / 100, actor=request.actor)
        return f"{percent.normalize():f}% is kept for the half-year from {long_date(half)}."
    return ""


@finance_page(READ_AND_WRITE, section="finance-customers", to="change the levels of reminders")
def level(request: FinanceRequest, position: int) -> HttpResponse:
    """One level, to be changed by a finance manager."""
    found = reminder_levels(request.actor).filter(position=position).first()
    if found is None:
        raise NotFound(f"There is no level {position}.")
    fields = list(LevelForm.base_fields)
    form = LevelForm(posted(request), initial={name: getattr(found, name) for name in fields})
    errors: list[str] = []
    if form.is_valid():
        try:
            change_level(level=found, **form.cleaned_data, actor=request.actor)
        except DomainError as error:
            errors = said(error)
        else:
            messages.success(request, f"Level {position} is changed for reminders from now on.")
            return redirect(url("finance-reminder-settings"))
    context = {
        "level": found,
        "form": form,
        "errors": errors,
        "may_decide": request.actor.has(Role.FINANCE_MANAGER),
        "back_url": url("finance-reminder-settings"),
    }
    return show(request, "reminder_level.html", context, status=409 if errors else 400 if form.is_bound else 200)
