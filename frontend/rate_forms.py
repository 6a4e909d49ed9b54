"""What is typed about a consultant's rates, by a provider and by the partnership alike."""

from decimal import Decimal
from typing import Any

from django import forms

from frontend.fields import PoundsField, ShortDateField
from providers.models import Consultant, Rate, RateStep
from providers.rates.negotiating import WORDS_LIMIT
from providers.rates.rules.terms import RateTerms

UNIT_FIELDS = {"half_day_percent": "Half day", "twilight_percent": "Twilight", "hour_percent": "Hour"}


class RateForm(forms.Form):
    """A day's figure, how brokerage is worked out, what shorter units cost, travel, the first day, and words."""

    day_pence = PoundsField(
        label="A day, for members", least=1, error_messages={"required": "Enter the figure for a day, for members"}
    )
    other_day_pence = PoundsField(label="A day, for other schools", required=False, least=1)
    brokerage = forms.ChoiceField(
        label="Brokerage",
        choices=Rate.Brokerage.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Choose how brokerage is worked out"},
    )
    percent = forms.DecimalField(
        label="Brokerage in percent", required=False, min_value=0, max_value=99, decimal_places=3, max_digits=6
    )
    fixed_pence = PoundsField(label="Brokerage as a sum for each day", required=False, least=0)
    half_day_percent = forms.IntegerField(label="Half day", required=False, min_value=0, max_value=100)
    twilight_percent = forms.IntegerField(label="Twilight", required=False, min_value=0, max_value=100)
    hour_percent = forms.IntegerField(label="Hour", required=False, min_value=0, max_value=100)
    travel = forms.ChoiceField(
        label="Travel",
        choices=[("included", "Included"), ("by_mile", "By the mile, at the rate of the first day")],
        widget=forms.RadioSelect,
        initial="included",
        error_messages={"required": "Choose how travel is paid"},
    )
    valid_from = ShortDateField(label="First day", error_messages={"required": "Enter the first day"})
    words = forms.CharField(
        label="What you want to say with it",
        required=False,
        max_length=WORDS_LIMIT,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def clean(self) -> dict[str, Any]:
        given = self.cleaned_data
        if given.get("brokerage") == Rate.Brokerage.FIXED:
            if given.get("fixed_pence") is None and "fixed_pence" not in self.errors:
                self.add_error("fixed_pence", "Enter brokerage as a sum for each day")
        elif "brokerage" in given and given.get("percent") is None and "percent" not in self.errors:
            self.add_error("percent", "Enter brokerage in percent")
        return given

    def terms(self) -> RateTerms:
        """What was typed, once it is valid; other schools pay what members do where nothing else is said."""
        given = self.cleaned_data
        fixed = given["brokerage"] == Rate.Brokerage.FIXED
        return RateTerms(
            day_pence=given["day_pence"],
            other_day_pence=given["other_day_pence"] or given["day_pence"],
            brokerage=given["brokerage"],
            share=Decimal(0) if fixed else given["percent"] / 100,
            fixed_pence=given["fixed_pence"] if fixed else 0,
            half_day_percent=given["half_day_percent"] or 0,
            twilight_percent=given["twilight_percent"] or 0,
            hour_percent=given["hour_percent"] or 0,
            by_mile=given["travel"] == "by_mile",
        )


class NewRateForm(RateForm):
    """The same, about one of a provider's consultants."""

    consultant = forms.ModelChoiceField(
        label="Consultant",
        queryset=Consultant.objects.none(),
        to_field_name="code",
        empty_label=None,
        error_messages={"required": "Choose the consultant"},
    )

    def __init__(self, *args: Any, consultants: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["consultant"]
        field.queryset = consultants
        field.label_from_instance = lambda one: one.name


def initial_of(step: RateStep | None) -> dict[str, Any]:
    """The form filled with what lies on the table, to change what one would have otherwise."""
    if step is None:
        return {"brokerage": Rate.Brokerage.INCLUSIVE, "percent": 15, "half_day_percent": 55, "travel": "included"}
    names = ("day_pence", "other_day_pence", "brokerage", "valid_from", *UNIT_FIELDS)
    percent = (step.share * 100).normalize()
    return {name: getattr(step, name) for name in names} | {
        "percent": "" if step.brokerage == Rate.Brokerage.FIXED else f"{percent:f}",
        "fixed_pence": step.fixed_pence or None,
        "travel": "by_mile" if step.by_mile else "included",
    }
