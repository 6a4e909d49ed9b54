"""The forms of paying out: a pay day with the account that pays, deciding on a batch, an account, a hold."""

from typing import Any

from django import forms

from frontend.fields import ShortDateField, ShownField
from invoicing.banking.models import BankAccount
from invoicing.paying_out.models import PaymentSending
from marketplace.organisations.models import Organisation


class PayOnForm(forms.Form):
    """The day on which the payments should reach their payees."""

    pay_on = ShortDateField(label="To be paid on")


class PrepareForm(PayOnForm):
    """The day, from which of our accounts, and ``shown``: what the page came to, so that nothing else is prepared."""

    account = forms.ChoiceField(label="Paid from")
    shown = ShownField()

    def __init__(self, *args: Any, accounts: list[BankAccount], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["account"].choices = [(one.pk, f"{one.name}, ending {one.account_number[-4:]}") for one in accounts]  # type: ignore[attr-defined]


class BatchForm(forms.Form):
    """``seen`` is what was read, ``key`` makes a second click harmless; the reason is asked for where money is stopped."""

    seen = forms.CharField(max_length=64, required=False, widget=forms.HiddenInput)
    key = forms.CharField(max_length=60, required=False, widget=forms.HiddenInput)
    form = forms.ChoiceField(label="Form of the file", required=False, choices=PaymentSending.Form.choices)
    reason = forms.CharField(label="Reason", required=False, max_length=200)
    line = ShownField(required=False, min_value=1)


class AskReleaserForm(forms.Form):
    """Who is asked to release a batch by link, and which file is then written."""

    name = forms.CharField(label="Name", max_length=120, error_messages={"required": "Enter their name"})
    email = forms.EmailField(
        label="E-mail address", max_length=200, help_text="Their own, not a shared one",
        error_messages={"required": "Enter their e-mail address"},
    )  # fmt: skip
    form = forms.ChoiceField(
        label="Form of the file for the bank", choices=PaymentSending.Form.choices, initial="pain001"
    )


class ProviderNamed(forms.Form):
    """A form that names a provider by its number or its name."""

    provider = forms.CharField(label="Provider", max_length=200, help_text="Name or number")

    def clean_provider(self) -> Organisation:
        text = self.cleaned_data["provider"].strip()
        others = Organisation.objects.exclude(kind=Organisation.Kind.PARTNERSHIP)
        found = list(others.filter(number__iexact=text)[:1]) or list(others.filter(name__iexact=text)[:2])
        if len(found) != 1:
            raise forms.ValidationError(f"{'No' if not found else 'More than one'} organisation is called {text}")
        return found[0]


class AccountForm(forms.Form):
    """A bank account as it stands on a statement."""

    account_name = forms.CharField(label="Name of the account", max_length=70)
    sort_code = forms.CharField(label="Sort code", max_length=12, help_text="Six digits, such as 20-45-11")
    account_number = forms.CharField(label="Account number", max_length=12, help_text="Six to eight digits")


class NamedAccountForm(AccountForm, ProviderNamed):
    """An account that finance enters for a provider."""

    field_order = ["provider", "account_name", "sort_code", "account_number"]


class DecideAccountForm(forms.Form):
    """What the second person did, or why the account is refused."""

    words = forms.CharField(label="How you checked it", max_length=240, required=False)
    reason = forms.CharField(label="Why you refuse it", max_length=240, required=False)


class HoldForm(ProviderNamed):
    """Whose payments are held, and why."""

    reason = forms.CharField(
        label="Reason", max_length=240, help_text="The provider reads this sentence. Write no name and no allegation"
    )
