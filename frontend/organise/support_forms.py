"""Forms of support plans and of matched funding."""

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django import forms
from django.utils import timezone

from frontend.council.words import NAMES_NO_PUPIL
from frontend.fields import PoundsField, ShortDateField, ShownField
from frontend.organise.reviews import SchoolField
from invoicing.ledger.models import IncomeStream, LedgerAccount
from marketplace.core.periods import Period
from subscriptions.support.models import SupportPlan, SupportReview
from subscriptions.support.services.planning import PartTerms

PART_ROWS = 5
_PART = (("provider", "Who gives it"), ("what", "What"), ("days", "Days"), ("pence", "Cost before VAT"))
_NAMED = "Name or customer number"
TEXT = forms.Textarea(attrs={"rows": 4})


class SupportPlanFilter(forms.Form):
    """What the list of plans is narrowed to."""

    state = forms.ChoiceField(label="State", choices=[("", "Any"), *SupportPlan.State.choices], required=False)


class OptionalSchoolField(SchoolField):
    """The same where nothing need be typed."""

    def clean(self, value: Any) -> Any:
        return super().clean(value) if str(value or "").strip() else None


class PartsForm(forms.Form):
    """Up to five rows of who gives what; an empty row is left out, a begun one must be whole."""

    every_weeks = forms.IntegerField(label="Weeks between reviews", min_value=1, max_value=52, initial=6)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for at in range(1, PART_ROWS + 1):
            self.fields[f"provider_{at}"] = OptionalSchoolField(label=f"Who gives part {at}", required=False)
            self.fields[f"what_{at}"] = forms.CharField(label=f"What part {at} is", max_length=200, required=False)
            self.fields[f"days_{at}"] = forms.DecimalField(
                label=f"Days of part {at}", min_value=0, max_value=400, decimal_places=2, required=False
            )
            self.fields[f"pence_{at}"] = PoundsField(
                label=f"Cost of part {at} before VAT", most=1_000_000_00, required=False
            )

    @property
    def rows(self) -> Iterator[tuple[str, list[tuple[forms.BoundField, str]]]]:
        """For the page: each row's heading with its fields and their short labels."""
        for at in range(1, PART_ROWS + 1):
            yield f"Part {at}", [(self[f"{name}_{at}"], label) for name, label in _PART]

    @property
    def parts(self) -> list[PartTerms]:
        """The rows that were filled in."""
        found = []
        for at in range(1, PART_ROWS + 1):
            provider, what, days, pence = (self.cleaned_data.get(f"{name}_{at}") for name, _ in _PART)
            if provider and what:
                found.append(PartTerms(provider, what, days or Decimal(0), pence or 0))
        return found

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        begun = False
        for at in range(1, PART_ROWS + 1):
            typed = [bool(str(self.data.get(f"{name}_{at}", "")).strip()) for name, _ in _PART]
            begun = begun or any(typed)
            for (name, label), there in zip(_PART, typed, strict=True):
                if any(typed) and not there:
                    self.add_error(f"{name}_{at}", f"{label} of part {at} is missing")
        if not begun:
            self.add_error("provider_1", "Enter who gives the support")
        return given


class PlanForm(PartsForm):
    """A plan for one school."""

    school = SchoolField(label="School", help_text=_NAMED, error_messages={"required": "Enter the school"})
    title = forms.CharField(label="Title", max_length=160, help_text="Such as: Reading in key stage 1")
    need = forms.CharField(label="What the school needs", widget=TEXT, help_text=NAMES_NO_PUPIL)
    programme = forms.CharField(label="What is done about it", widget=TEXT, help_text=NAMES_NO_PUPIL)
    funder = SchoolField(label="Who pays", help_text=_NAMED, error_messages={"required": "Enter who pays"})
    first = ShortDateField(label="First day", error_messages={"required": "Enter the first day"})
    last = ShortDateField(label="Last day", error_messages={"required": "Enter the last day"})
    confidential = forms.BooleanField(label="This plan is confidential", required=False)

    def clean(self) -> dict[str, Any]:
        given = super().clean()
        if given.get("first") and given.get("last") and given["last"] < given["first"]:
            self.add_error("last", "Last day must be on or after the first day")
        return given

    @property
    def terms(self) -> dict[str, Any]:
        """As ``draft_plan`` takes them."""
        given = self.cleaned_data
        names = ("school", "title", "need", "programme", "funder", "confidential", "every_weeks")
        held = Period(given["first"], given["last"] + timedelta(days=1))
        return {**{name: given[name] for name in names}, "term": held, "parts": self.parts}


class TakeOverForm(PartsForm):
    """Others take over from a day on."""

    from_day = ShortDateField(label="From which day", error_messages={"required": "Enter the day"})
    reason = forms.CharField(
        label="Why others take over", max_length=300, help_text="The school reads this",
        error_messages={"required": "Enter why others take over"},
    )  # fmt: skip


class ReviewForm(forms.Form):
    """What a review found."""

    held_on = ShortDateField(label="Day on which it was held", error_messages={"required": "Enter the day"})
    rating = forms.ChoiceField(
        label="How the plan stands", choices=SupportReview.Rating.choices, widget=forms.RadioSelect,
        error_messages={"required": "Choose how the plan stands"},
    )  # fmt: skip
    found = forms.CharField(
        label="What was found", widget=TEXT, help_text=NAMES_NO_PUPIL,
        error_messages={"required": "Enter what was found"},
    )  # fmt: skip
    next_steps = forms.CharField(label="What comes next", widget=TEXT, required=False, help_text=NAMES_NO_PUPIL)

    def clean_held_on(self) -> date:
        day: date = self.cleaned_data["held_on"]
        if day > timezone.localdate():
            raise forms.ValidationError("Day on which it was held must be today or in the past")
        return day


class WithdrawForm(forms.Form):
    """Why a draft is taken back."""

    reason = forms.CharField(
        label="Why the plan is taken back", max_length=300, help_text="The school reads this",
        error_messages={"required": "Enter why the plan is taken back"},
    )  # fmt: skip


class SchemeForm(forms.Form):
    """A scheme that matches what schools spend."""

    code = forms.SlugField(
        label="Code", max_length=20, help_text="Letters, numbers and hyphens, such as jpd-2026",
        error_messages={"required": "Enter the code"},
    )  # fmt: skip
    title = forms.CharField(label="Title", max_length=160)
    share = forms.DecimalField(
        label="Share that is matched, in percent", min_value=Decimal("0.01"), max_value=100, decimal_places=2
    )
    most = PoundsField(label="At most for each school", least=1)
    budget = PoundsField(label="Budget in all", least=1)
    first = ShortDateField(label="First day", error_messages={"required": "Enter the first day"})
    last = ShortDateField(label="Last day", error_messages={"required": "Enter the last day"})
    evidence = forms.CharField(
        label="What a school shows",
        max_length=40,
        initial="receipt",
        help_text="One kind of evidence, such as: receipt",
    )
    account = forms.ChoiceField(label="Ledger account of expense")
    stream = forms.ChoiceField(label="Income stream")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        accounts = LedgerAccount.objects.filter(type="expense", control=False).order_by("code")
        streams = IncomeStream.objects.order_by("code")
        self.fields["account"].choices = [(one.code, f"{one.code} {one.name}") for one in accounts]  # type: ignore[attr-defined]
        self.fields["stream"].choices = [(one.code, one.name) for one in streams]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if given.get("first") and given.get("last") and given["last"] < given["first"]:
            self.add_error("last", "Last day must be on or after the first day")
        return given


class PromiseForm(forms.Form):
    """What a school means to spend."""

    school = SchoolField(label="School", help_text=_NAMED, error_messages={"required": "Enter the school"})
    what = forms.CharField(label="What it spends it on", max_length=120, help_text="Such as: Cover for lesson study")
    spend = PoundsField(label="What it means to spend", least=1)
    by = ShortDateField(label="Day by which it shows what it spent", error_messages={"required": "Enter the day"})
    expected = ShownField(required=False)
