"""Forms of a claimant's desk. A button that does one thing has no form."""

from typing import Any

from django import forms

from frontend.fields import DatePartsField
from subscriptions.outcomes.models import OutcomeItem
from subscriptions.outcomes.services.claiming import type_words
from subscriptions.outcomes.services.evidence import OTHER, Shown
from subscriptions.outcomes.services.items import WORDS_LIMIT

NO_PUPILS = "Do not name pupils. Use the reference your school gave."


class SendForm(forms.Form):
    """What was achieved, and what the verifier should know."""

    claimed = forms.DecimalField(
        label="What was achieved", required=False, min_value=0, max_digits=14, decimal_places=4,
        widget=forms.TextInput(attrs={"inputmode": "decimal"}),
        error_messages={"invalid": "What was achieved must be a figure, such as 41 or 82.5"},
    )  # fmt: skip
    words = forms.CharField(
        label="What the verifier should know", required=False, max_length=WORDS_LIMIT, help_text=NO_PUPILS,
        widget=forms.Textarea(attrs={"rows": 4}),
    )  # fmt: skip

    def __init__(self, *args: Any, item: OutcomeItem, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        measure = item.measure
        if measure is None or measure.target is None:
            del self.fields["claimed"]
        else:
            self.fields["claimed"].help_text = f"In {measure.unit}" if measure.unit else ""


class EvidenceForm(forms.Form):
    """A file, a link, or figures: one of them."""

    type = forms.ChoiceField(label="What is it?", error_messages={"required": "Choose what it is"})
    label = forms.CharField(
        label="Name it", max_length=160, help_text=NO_PUPILS, error_messages={"required": "Enter a name for it"}
    )
    file = forms.FileField(label="A file", required=False, allow_empty_file=True, help_text="Up to 10 MB")
    link = forms.CharField(label="Or a link", required=False, max_length=400)
    figures = forms.CharField(
        label="Or figures", required=False, max_length=2000, help_text="One on each line, such as: Schools: 6",
        widget=forms.Textarea(attrs={"rows": 3}),
    )  # fmt: skip

    def __init__(self, *args: Any, item: OutcomeItem, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        types = item.measure.evidence_types if item.measure else []
        choices = [*((one, type_words(one).capitalize()) for one in types), (OTHER, "Something else")]
        self.fields["type"].choices = choices  # type: ignore[attr-defined]

    def clean_figures(self) -> dict[str, str]:
        """Name and figure of each line."""
        found: dict[str, str] = {}
        for line in self.cleaned_data["figures"].splitlines():
            name, colon, figure = line.rpartition(":")
            if line.strip() and not colon:
                raise forms.ValidationError("Each line must have a name, a colon and a figure, such as: Schools: 6")
            if line.strip():
                found[name] = figure
        return found

    def shown(self) -> Shown:
        given = self.cleaned_data
        file = given["file"]
        return Shown(
            label=given["label"], type=given["type"], upload=file.file if file else None, name=file.name if file else "",
            link=given["link"], facts=given["figures"],
        )  # fmt: skip


class DeclineForm(forms.Form):
    """Why the contract is not wanted."""

    reason = forms.CharField(
        label="Why you decline it", max_length=300, help_text="The partnership reads this.",
        error_messages={"required": "Enter why you decline it"},
    )  # fmt: skip


class DeputyForm(forms.Form):
    """Who stands in for the lead, and for which days."""

    email = forms.EmailField(
        label="Their e-mail address", help_text="They need a sign-in at your school.",
        error_messages={"required": "Enter their e-mail address"},
    )  # fmt: skip
    valid_from = DatePartsField(label="First day", error_messages={"required": "Enter the first day"})
    last_day = DatePartsField(label="Last day", required=False)
