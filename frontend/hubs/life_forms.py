"""Forms of a hub's life: its schools, what was done, what was spent, what the lead says before a review."""

from django import forms

from frontend.fields import DatePartsField, PoundsField
from subscriptions.hubs.models import HubEngagement, HubSpend


class SchoolForm(forms.Form):
    """A school that works with the hub."""

    urn = forms.CharField(label="School's URN", max_length=6, error_messages={"required": "Enter the school's URN"})
    joined_on = DatePartsField(label="First day", error_messages={"required": "Enter the first day"})


class EngagementForm(forms.Form):
    """Something done with one school."""

    done_on = DatePartsField(label="Day", error_messages={"required": "Enter the day"})
    kind = forms.ChoiceField(
        label="What it was", choices=HubEngagement.Kind.choices, widget=forms.RadioSelect,
        error_messages={"required": "Choose what it was"},
    )  # fmt: skip
    words = forms.CharField(label="What was done", max_length=300, error_messages={"required": "Enter what was done"})
    hours = forms.DecimalField(
        label="Hours", max_digits=6, decimal_places=2, error_messages={"required": "Enter the hours"}
    )
    people = forms.IntegerField(label="Number of people", min_value=1, initial=1)


class LeaveForm(forms.Form):
    """From which day a school is no longer with the hub."""

    left_on = DatePartsField(label="First day without it", error_messages={"required": "Enter the day"})


class WhyForm(forms.Form):
    """Why a line is taken off."""

    why = forms.CharField(label="Why it is taken off", max_length=200, error_messages={"required": "Enter why"})


class SpendForm(forms.Form):
    """One line of what the money was spent on."""

    spent_on = DatePartsField(label="Day", error_messages={"required": "Enter the day"})
    category = forms.ChoiceField(
        label="Spent on", choices=[("", "Choose"), *HubSpend.Category.choices],
        error_messages={"required": "Choose what it was spent on"},
    )  # fmt: skip
    words = forms.CharField(label="What for", max_length=200, error_messages={"required": "Enter what it was for"})
    amount = PoundsField(label="Amount", least=1, error_messages={"required": "Enter the amount"})
    receipt = forms.FileField(label="Receipt", required=False)


class PrepareForm(forms.Form):
    """What the lead says before the review."""

    words = forms.CharField(
        label="What went well and what did not", widget=forms.Textarea(attrs={"rows": 6}),
        error_messages={"required": "Enter what went well and what did not"},
    )  # fmt: skip
