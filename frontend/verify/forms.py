"""Forms of the verifier's desk."""

from django import forms

from frontend.fields import DatePartsField

SENTENCE = "Who sent it reads this sentence. Do not name pupils."


class PartForm(forms.Form):
    """Less than was claimed, and why."""

    accepted = forms.DecimalField(
        label="What you accept", min_value=0, max_digits=14, decimal_places=4,
        widget=forms.TextInput(attrs={"inputmode": "decimal"}),
        error_messages={
            "required": "Enter what you accept", "invalid": "What you accept must be a figure, such as 41 or 82.5",
        },
    )  # fmt: skip
    reason = forms.CharField(
        label="Why not all of it", max_length=300, help_text=SENTENCE, error_messages={"required": "Enter why"}
    )


class RejectForm(forms.Form):
    """Why it is sent back, and by when it may come again."""

    reason = forms.CharField(
        label="What is wrong or missing", max_length=300, help_text=SENTENCE,
        error_messages={"required": "Enter what is wrong or missing"},
    )  # fmt: skip
    again_by = DatePartsField(
        label="Send it again by",
        required=False,
        help_text="Left empty, they have 28 days, or until the item’s own day.",
    )


class ReasonForm(forms.Form):
    """Why nothing is paid, or why a decision is taken back."""

    reason = forms.CharField(
        label="Reason", max_length=300, help_text=SENTENCE, error_messages={"required": "Enter the reason"}
    )


class MoreTimeForm(forms.Form):
    """Until when, and why."""

    due_on = DatePartsField(label="New last day", error_messages={"required": "Enter the new last day"})
    reason = forms.CharField(
        label="Why there is more time", max_length=300, help_text=SENTENCE,
        error_messages={"required": "Enter why there is more time"},
    )  # fmt: skip


class SampleForm(forms.Form):
    """How many, and from which seed: the same seed draws the same claims again."""

    count = forms.IntegerField(
        label="How many claims", min_value=1, max_value=200, error_messages={"required": "Enter how many claims"}
    )
    seed = forms.IntegerField(
        label="Seed", min_value=0, max_value=2**31, help_text="Any number. Write it down: it draws the same sample again.",
        error_messages={"required": "Enter a seed"},
    )  # fmt: skip
