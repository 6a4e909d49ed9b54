"""Forms about what subscriptions include: granting, correcting, carrying over, and the filter of the list."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django import forms

from frontend.fields import ShortDateField, ShownField
from frontend.included_words import days_of
from subscriptions.allowances.rules.units import Unit
from subscriptions.models import Allowance

MOST = 10_000
UNITS = [(one.value, one.words) for one in Unit]


def in_units(number: Decimal, unit: str) -> int:
    """Whole places or downloads, and consultant days as half days; anything between is refused."""
    units = number * 2 if unit == Unit.HALF_DAY else number
    if units != units.to_integral_value():
        what = "whole or half days, like 2.5" if unit == Unit.HALF_DAY else "a whole number"
        raise forms.ValidationError(f"How many must be {what}")
    return int(units)


def number_of(**more: Any) -> forms.DecimalField:
    """How many: a half is for consultant days."""
    return forms.DecimalField(
        label="How many", max_value=MOST, error_messages={"required": "Enter how many", "invalid": "How many must be a number"},
        **more,
    )  # fmt: skip


class GrantForm(forms.Form):
    """How much of what, under which name, and from when to when, both days included."""

    name = forms.CharField(label="Subscription level", max_length=60, help_text="As the school knows it, such as Gold")
    unit = forms.ChoiceField(label="What", choices=UNITS, initial=Unit.PLACE.value)
    places = number_of(min_value=Decimal("0.5"), help_text="Consultant days may be halves, like 2.5")
    first = ShortDateField(label="First day")
    last = ShortDateField(label="Last day")
    carry_most = forms.DecimalField(
        label="At most carried over", required=False, min_value=0, max_value=MOST,
        help_text="How many of those left at the end may go into the next year; empty: none",
    )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        for name in ("places", "carry_most"):
            if given.get(name) is not None and given.get("unit"):
                try:
                    given[name] = in_units(given[name], given["unit"])
                except forms.ValidationError as error:
                    self.add_error(name, error)
        return given


class CorrectForm(forms.Form):
    """How much it should have been in all, and why."""

    granted = number_of(min_value=0)
    seen = ShownField()
    reason = forms.CharField(
        label="Reason", max_length=240, help_text="The school reads it. It stays with the movement",
        error_messages={"required": "Enter the reason"},
    )  # fmt: skip

    def __init__(self, *args: Any, unit: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._unit = unit
        self.fields["granted"].label = "Granted in all"

    def clean_granted(self) -> int:
        return in_units(self.cleaned_data["granted"], self._unit)


class CarryForm(forms.Form):
    """Into which later allowance."""

    into = forms.ChoiceField(label="Carry over into", error_messages={"required": "Choose into which one"})

    def __init__(self, *args: Any, later: Sequence[Allowance], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["into"].choices = [(str(one.pk), f"{one.name}, {days_of(one)}") for one in later]  # type: ignore[attr-defined]


class IncludedFilter(forms.Form):
    """Which allowances of all customers."""

    q = forms.CharField(required=False, label="Name or number of the customer", max_length=100)
    unit = forms.ChoiceField(required=False, label="What", choices=[("", "All"), *UNITS])
    show = forms.ChoiceField(
        required=False,
        label="Show",
        choices=[("", "Running today"), ("lapsing", "Lapsing within 60 days"), ("ended", "Ended"), ("all", "All")],
    )
