"""Forms of a provider's accreditation."""

from datetime import date
from typing import Any

from django import forms

from frontend.fields import DatePartsField
from providers.accreditation.rules.declarations import DECLARATIONS
from providers.accreditation.services.applying import TEXT_LIMIT


class EvidenceForm(forms.Form):
    """What is shown, for whom, from when to when."""

    what = forms.ChoiceField(label="What do you show?", error_messages={"required": "Choose what you show"})
    valid_from = DatePartsField(label="Date on the document", error_messages={"required": "Enter the date on the document"})  # fmt: skip
    last_day = DatePartsField(label="Last day it is valid", required=False)
    number = forms.CharField(label="Number printed on it", required=False, max_length=40)
    decision = forms.CharField(label="What it says", required=False, max_length=200)
    file = forms.FileField(label="Document", required=False, allow_empty_file=True)

    def __init__(self, *args: Any, choices: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["what"].choices = [("", "Choose"), *choices]  # type: ignore[attr-defined]

    def clean_last_day(self) -> date | None:
        """The last day, which must not come before the date on the document."""
        last: date | None = self.cleaned_data["last_day"]
        first = self.cleaned_data.get("valid_from")
        if last and first and last < first:
            raise forms.ValidationError("Last day it is valid must be on or after the date on the document")
        return last


class DeclarationForm(forms.Form):
    """The statements to tick."""

    codes = forms.MultipleChoiceField(
        label="Tick what is so",
        required=False,
        choices=list(DECLARATIONS.items()),
        widget=forms.CheckboxSelectMultiple,
    )


class RefereeForm(forms.Form):
    """Somebody who knows the work."""

    name = forms.CharField(label="Their name", max_length=120, error_messages={"required": "Enter their name"})
    email = forms.EmailField(
        label="Their e-mail address",
        error_messages={
            "required": "Enter their e-mail address",
            "invalid": "Their e-mail address must be like name@example.org",
        },
    )
    relation = forms.CharField(
        label="How they know the consultant",
        max_length=120,
        error_messages={"required": "Enter how they know the consultant"},
    )


class AppealForm(forms.Form):
    """Why somebody else should look again."""

    why = forms.CharField(
        label="Why it should be looked at again",
        max_length=TEXT_LIMIT,
        widget=forms.Textarea(attrs={"rows": 5}),
        error_messages={"required": "Enter why it should be looked at again"},
    )


class ReferenceForm(forms.Form):
    """What the referee says."""

    recommends = forms.ChoiceField(
        label="Do you recommend them for work in schools?",
        choices=[("yes", "Yes"), ("no", "No")],
        widget=forms.RadioSelect,
        error_messages={"required": "Choose whether you recommend them"},
    )
    words = forms.CharField(
        label="What you can say about the work",
        max_length=TEXT_LIMIT,
        widget=forms.Textarea(attrs={"rows": 6}),
        error_messages={"required": "Enter what you can say about the work"},
    )
