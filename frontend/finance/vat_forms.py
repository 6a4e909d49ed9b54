"""The forms about VAT: what would be charged, a new rule, the end of one, and how an organisation stands."""

from typing import Any

from django import forms
from django.utils import timezone

from frontend.fields import ShortDateField
from invoicing.vat.models import CATEGORY_CHOICES
from invoicing.vat.rules.kinds import (
    FOLLOWING,
    Buyer,
    Dimension,
    Funding,
    Place,
    Question,
    Relation,
    Standing,
    SupplyKind,
)

_KINDS = [(kind, words) for kind, words in SupplyKind.choices() if kind not in FOLLOWING]


class _Of(forms.TypedChoiceField):
    """A choice of one dimension; ``facts`` leaves "any" out, ``or_else`` is what nothing chosen is called."""

    def __init__(self, part: type[Dimension], *, facts: bool = False, or_else: str = "", **kwargs: Any) -> None:
        choices: list[tuple[int | str, str]] = [*(part.facts() if facts else part.choices())]
        if or_else:
            choices, kwargs["required"] = [("", or_else), *choices], False
        super().__init__(choices=choices, coerce=lambda value: part(int(value)), empty_value=None, **kwargs)


class AskForm(forms.Form):
    """What would be charged, and the day of which the rules are shown."""

    kind = _Of(SupplyKind, facts=True, or_else="Choose what is supplied", label="What is supplied")
    part_of = forms.TypedChoiceField(
        label="Travel or a fee belongs to", required=False, coerce=lambda value: SupplyKind(int(value)),
        empty_value=None, choices=[("", "Does not apply"), *_KINDS[1:]],
    )  # fmt: skip
    supplier = forms.CharField(
        label="Supplier's number", required=False, max_length=12, help_text="Empty: we supply it"
    )
    customer = forms.CharField(label="Customer's number", required=False, max_length=12, help_text="Who is invoiced")
    funding = _Of(Funding, facts=True, or_else="As usual for the customer", label="Paid from")
    on = ShortDateField(label="On", required=False)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("kind") and not cleaned.get("customer"):
            self.add_error("customer", "Enter the number of the customer who is invoiced")
        if cleaned.get("customer") and not cleaned.get("kind"):
            self.add_error("kind", "Choose what is supplied")
        return cleaned


class RuleForm(forms.Form):
    """A new rule."""

    question = _Of(Question, label="Which question it answers", initial=int(Question.LIABILITY))
    kind = forms.TypedChoiceField(label="What is supplied", choices=_KINDS, coerce=lambda value: SupplyKind(int(value)))
    standing = _Of(Standing, label="Supplier")
    place = _Of(Place, label="Place")
    relation = _Of(Relation, label="Relation")
    funding = _Of(Funding, label="Paid from")
    buyer = _Of(Buyer, label="Customer")
    category = forms.ChoiceField(label="Treatment", choices=[("", "Choose the treatment"), *CATEGORY_CHOICES])
    reason = forms.CharField(
        label="Reason printed on the line",
        required=False,
        max_length=200,
        help_text="Empty for the standard rate alone",
    )
    counts = forms.TypedChoiceField(
        label="Counts in box 6 of the VAT return", required=False, coerce=lambda value: value == "yes", empty_value=None,
        choices=[("", "As known for this reason"), ("yes", "Yes, like a supply abroad"), ("no", "No, like a grant")],
        help_text="Needed only for a new reason outside the scope of VAT",
    )  # fmt: skip
    source = forms.CharField(label="Source", max_length=200, help_text="The Act or notice that says so")
    valid_from = ShortDateField(label="Holds from")


class EndForm(forms.Form):
    """The first day on which a rule no longer holds."""

    valid_to = ShortDateField(label="First day on which it no longer holds")


class FactsForm(forms.Form):
    """How an organisation stands from a day on."""

    STANDINGS = [
        ("eligible", "Registered, and an eligible body"),
        ("registered", "Registered, no eligible body"),
        ("private", "Registered private school"),
        ("eligible_not_registered", "Eligible body that is not registered"),
        ("not_registered", "Not registered"),
    ]

    valid_from = ShortDateField(label="From", initial=timezone.localdate)
    stands = forms.ChoiceField(label="Stands as", choices=STANDINGS, widget=forms.RadioSelect)
    vat_number = forms.CharField(label="VAT number", required=False, max_length=20)
    abroad = forms.BooleanField(label="Belongs abroad, outside the United Kingdom and the Isle of Man", required=False)
    evidence = forms.CharField(
        label="Evidence",
        max_length=240,
        help_text="Such as: articles of association, clause 7; certificate of 4 May 2026",
    )

    def facts(self) -> dict[str, Any]:
        """As ``set_vat_facts`` wants them."""
        stands, given = self.cleaned_data["stands"], self.cleaned_data
        return {
            "valid_from": given["valid_from"],
            "registered": not stands.endswith("not_registered"),
            "eligible_body": stands.startswith("eligible"),
            "private_school": stands == "private",
            "abroad": given["abroad"],
            "vat_number": given["vat_number"],
            "evidence": given["evidence"],
        }
