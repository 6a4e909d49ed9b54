"""Forms of those who accredit."""

from typing import Any

from django import forms

from frontend.fields import ShortDateField
from providers.accreditation.services.applying import TEXT_LIMIT
from providers.accreditation.services.suspending import NEUTRAL

SHOW = [
    ("", "To decide"),
    ("references", "Waiting for references"),
    ("provider", "With the provider"),
    ("over", "Decided"),
    ("all", "All"),
]


class ApplicationFilter(forms.Form):
    """What the list is narrowed to."""

    show = forms.ChoiceField(label="Show", choices=SHOW, required=False)


class DecisionForm(forms.Form):
    """Yes or no, with the words that the provider reads."""

    decision = forms.ChoiceField(
        label="Your decision",
        choices=[("yes", "Accredit, once the agreement is signed"), ("no", "Do not accredit")],
        widget=forms.RadioSelect,
        error_messages={"required": "Choose whether to accredit"},
    )
    words = forms.CharField(
        label="What the provider reads", required=False, max_length=TEXT_LIMIT, widget=forms.Textarea(attrs={"rows": 4})
    )

    def clean(self) -> dict[str, Any]:
        if self.cleaned_data.get("decision") == "no" and not self.cleaned_data.get("words"):
            self.add_error("words", "Enter why not, so that the provider knows")
        return self.cleaned_data


class AppealDecisionForm(forms.Form):
    """The answer to an appeal."""

    decision = forms.ChoiceField(
        label="Your decision",
        choices=[("yes", "Accredit after all"), ("no", "It stays as it was decided")],
        widget=forms.RadioSelect,
        error_messages={"required": "Choose how it is decided"},
    )
    words = forms.CharField(
        label="What the provider reads",
        max_length=TEXT_LIMIT,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": "Enter your answer"},
    )


class PeriodForm(forms.Form):
    """From when somebody is accredited."""

    valid_from = ShortDateField(label="From", error_messages={"required": "Enter the first day"})
    last_day = ShortDateField(label="Last day", required=False)


class CheckForm(forms.Form):
    """Whether a document counts."""

    decision = forms.ChoiceField(
        label="Does it count?",
        choices=[("yes", "Yes"), ("no", "No")],
        widget=forms.RadioSelect,
        error_messages={"required": "Choose whether it counts"},
    )
    reason = forms.CharField(label="Why not", required=False, max_length=300)

    def clean(self) -> dict[str, Any]:
        if self.cleaned_data.get("decision") == "no" and not self.cleaned_data.get("reason"):
            self.add_error("reason", "Enter why it does not count")
        return self.cleaned_data


class SuspendForm(forms.Form):
    """What everybody reads, and the reason that is kept apart."""

    words = forms.CharField(label="What everybody reads", max_length=200, initial=NEUTRAL)
    reason = forms.CharField(
        label="The reason",
        max_length=TEXT_LIMIT,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": "Enter the reason"},
    )
