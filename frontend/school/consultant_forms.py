"""The forms by which a school asks for a consultant, accepts a quote, and changes a date."""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django import forms

from frontend.fields import DatePartsField, PoundsField
from frontend.formats import long_date
from marketplace.core.money import Money
from marketplace.trading.engagements.models import Engagement
from marketplace.trading.engagements.requests import ConsultantRequest, OffPayrollDetermination
from marketplace.trading.engagements.rules.times import Part
from marketplace.trading.engagements.services.asking import Need
from marketplace.trading.engagements.services.ir35 import Ir35Answer
from providers.models import Consultant

_ANSWER = OffPayrollDetermination.Answer
FREE_TIME = "{day:%Y-%m-%d}|{code}"


class FindFilter(forms.Form):
    """What the list of consultants is narrowed to."""

    theme = forms.ChoiceField(label="Theme", required=False)
    phase = forms.ChoiceField(label="Phase", required=False)

    def __init__(self, *args: Any, themes: Sequence[str], phases: Sequence[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, found in (("theme", themes), ("phase", phases)):
            choices = [("", "Any"), *((one, one.replace("-", " ").replace("_", " ").capitalize()) for one in found)]
            self.fields[name].choices = choices  # type: ignore[attr-defined]


class AskForm(forms.Form):
    """The need, in the school's words."""

    consultants = forms.MultipleChoiceField(
        label="Whom do you ask?", widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Choose one to four consultants"},
    )  # fmt: skip
    title = forms.CharField(label="What do you need?", max_length=120)
    purpose = forms.CharField(
        label="What is it for?", max_length=1000, widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": "Enter what it is for"},
    )  # fmt: skip
    unit = forms.ChoiceField(
        label="Counted in", choices=Engagement.Unit.choices, widget=forms.RadioSelect, initial="day"
    )
    quantity = forms.DecimalField(
        label="How many?", min_value=Decimal("0.5"), max_value=Decimal(200), decimal_places=2,
        error_messages={"invalid": "How many must be a number, like 2.5", "required": "Enter how many you need"},
    )  # fmt: skip
    first = DatePartsField(label="First day that would suit")
    last = DatePartsField(label="Last day that would suit")
    mode = forms.ChoiceField(
        label="Where?", choices=ConsultantRequest.Mode.choices, widget=forms.RadioSelect, initial="at_school"
    )
    budget = PoundsField(label="Your budget with VAT", required=False, least=1)
    answer_by = DatePartsField(label="Answer by")

    def __init__(self, *args: Any, found: Sequence[Consultant], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.found = {one.code: one for one in found}
        choices = [(one.code, f"{one.name}, {one.grade}") for one in found]
        self.fields["consultants"].choices = choices  # type: ignore[attr-defined]

    @property
    def chosen(self) -> list[Consultant]:
        return [self.found[code] for code in self.cleaned_data["consultants"]]

    @property
    def need(self) -> Need:
        given = self.cleaned_data
        return Need(
            given["title"], given["purpose"], given["unit"], given["quantity"], given["first"],
            date.fromordinal(given["last"].toordinal() + 1), mode=given["mode"],
            budget=Money(given["budget"]) if given["budget"] else None,
        )  # fmt: skip


class Ir35Form(forms.Form):
    """How the consultant is paid for tax."""

    own_company = forms.ChoiceField(
        label="Is the consultant paid through their own company?", widget=forms.RadioSelect,
        choices=[("no", "No: they are employed, or a sole trader"), ("yes", "Yes, through their own limited company")],
        error_messages={"required": "Choose whether the consultant is paid through their own company"},
    )  # fmt: skip
    answer = forms.ChoiceField(
        label="If so, do the off-payroll rules (IR35) apply?", required=False, widget=forms.RadioSelect,
        choices=[(_ANSWER.OUTSIDE, "No, outside the rules"), (_ANSWER.INSIDE, "Yes, inside the rules")],
    )  # fmt: skip
    reasons = forms.CharField(
        label="Your reasons", required=False, max_length=1000, widget=forms.Textarea(attrs={"rows": 3})
    )

    def clean(self) -> dict[str, Any]:
        given = self.cleaned_data
        if given.get("own_company") == "yes":
            if not given.get("answer"):
                self.add_error("answer", "Choose whether the off-payroll rules apply")
            if not given.get("reasons"):
                self.add_error("reasons", "Enter your reasons: the law asks for them")
        return given

    @property
    def ir35(self) -> Ir35Answer:
        given = self.cleaned_data
        if given["own_company"] == "no":
            return Ir35Answer(own_company=False)
        return Ir35Answer(own_company=True, answer=given["answer"], reasons=given["reasons"])


class AcceptForm(Ir35Form):
    """Purchase order, tax, and the first date if one knows it."""

    purchase_order = forms.CharField(label="Purchase order", required=False, max_length=20)
    time = forms.ChoiceField(label="First date", required=False, widget=forms.RadioSelect)

    def __init__(self, *args: Any, times: Sequence[tuple[date, Part]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["time"].choices = [*time_choices(times), ("", "Choose the dates later")]  # type: ignore[attr-defined]


class TimeForm(forms.Form):
    """One of the consultant's free times."""

    time = forms.ChoiceField(
        label="Free times", widget=forms.RadioSelect, error_messages={"required": "Choose a time"}
    )  # fmt: skip

    def __init__(self, *args: Any, times: Sequence[tuple[date, Part]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["time"].choices = time_choices(times)  # type: ignore[attr-defined]


class ReasonForm(forms.Form):
    """Why, in a sentence that the other side reads."""

    reason = forms.CharField(label="Why?", max_length=240, error_messages={"required": "Enter why"})


class OrderForm(forms.Form):
    """A purchase order that came later."""

    purchase_order = forms.CharField(label="Purchase order", required=False, max_length=20)


def time_choices(times: Sequence[tuple[date, Part]]) -> list[tuple[str, str]]:
    """Each free time as a choice: "Wednesday 4 November 2026, whole day, 9am to 3:30pm"."""
    return [
        (FREE_TIME.format(day=day, code=part.code), f"{day:%A} {long_date(day)}, {part.words}") for day, part in times
    ]


def time_of(value: str, times: Sequence[tuple[date, Part]]) -> tuple[datetime, datetime, Decimal]:
    """The beginning, end and units of a choice."""
    day, part = next(one for one in times if FREE_TIME.format(day=one[0], code=one[1].code) == value)
    return *part.on(day), part.quantity
