"""Forms about self-billing agreements and providers' invoices."""

from datetime import date
from typing import Any

from django import forms
from django.utils import timezone

from frontend.fields import ShortDateField
from invoicing.provider_invoices.models import ProviderInvoice
from marketplace.organisations.models import Organisation


class AgreementForm(forms.Form):
    """For whom we write invoices, and from when; for twelve months unless an earlier end is given."""

    provider = forms.CharField(label="Provider", max_length=12, help_text="Its number, such as 100234")
    valid_from = ShortDateField(label="First day", help_text="Such as 1/9/26")
    last_day = ShortDateField(label="Last day", required=False, help_text="Twelve months on where you leave it empty")

    def clean_provider(self) -> Organisation:
        number = self.cleaned_data["provider"].strip()
        found = Organisation.objects.filter(number__iexact=number).first()
        if found is None:
            raise forms.ValidationError(f"No organisation has the number {number}")
        return found


class PaperForm(forms.Form):
    """An agreement that the provider signed on paper."""

    name = forms.CharField(label="Signed by", max_length=120)
    file = forms.FileField(label="Signed agreement", help_text="PDF, at most 10 MB")


class EndForm(forms.Form):
    """The first day on which we write none, and why."""

    on = ShortDateField(label="First day without it", help_text="Such as 1/9/26")
    reason = forms.CharField(label="Reason", max_length=240)


class RunForm(forms.Form):
    """The date on the invoices: today or before, since what is written never changes."""

    on = ShortDateField(label="Invoice date", help_text="Such as 30/9/26. What was earned by then is invoiced")

    def clean_on(self) -> date:
        on: date = self.cleaned_data["on"]
        if on > timezone.localdate():
            raise forms.ValidationError("Invoice date must be today or in the past")
        return on


class ProviderInvoiceFilter(forms.Form):
    """Whose, and how they stand."""

    provider = forms.CharField(label="Provider", required=False, max_length=100)
    state = forms.ChoiceField(
        label="State", required=False, choices=[("", "All"), *ProviderInvoice.State.choices, ("open", "To pay")]
    )


class ReasonForm(forms.Form):
    """Why; the provider reads it."""

    reason = forms.CharField(label="Reason", max_length=240, help_text="The provider reads it")


class MatchForm(forms.Form):
    """The amounts due that an invoice is for."""

    payables = forms.TypedMultipleChoiceField(
        label="What is it for?", coerce=int, widget=forms.CheckboxSelectMultiple, choices=()
    )

    def __init__(self, *args: Any, choices: list[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["payables"].choices = choices  # type: ignore[attr-defined]
