"""The forms about what is sold for others: a mandate and its end, and what is done with a settlement."""

from decimal import Decimal

from django import forms

from frontend.fields import ShortDateField
from frontend.finance.customers import customers_for
from invoicing.mandates.models import MOST
from marketplace.core.actors import Actor
from marketplace.organisations.models import Organisation

HUNDRED = Decimal(100)


class MandateForm(forms.Form):
    """In whose name we sell, from when, and for which fee."""

    supplier = forms.CharField(
        label="Customer number of the supplier", max_length=12, help_text="Add the organisation first where it has none"
    )
    valid_from = ShortDateField(label="We sell in its name from")
    fee = forms.DecimalField(
        label="Our fee", min_value=0, max_value=MOST * HUNDRED, max_digits=4, decimal_places=2,
        help_text="Percent of what is sold, before VAT",
        widget=forms.TextInput(attrs={"inputmode": "decimal"}),
        error_messages={"invalid": "Our fee must be a percentage, like 10 or 7.5"},
    )  # fmt: skip
    letters = forms.CharField(
        label="Letters before its invoice numbers", max_length=6,
        help_text="Two to six letters that no other numbers begin with, such as FEN. They stay the supplier's",
    )  # fmt: skip
    evidence = forms.CharField(
        label="Agreement", max_length=240, help_text="Such as: signed by both on 4 May 2026, contracts folder 12"
    )

    def __init__(self, *args: object, actor: Actor, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.actor = actor

    def clean_supplier(self) -> Organisation:
        number = self.cleaned_data["supplier"].strip()
        found = customers_for(self.actor).filter(number__iexact=number).first()
        if found is None:
            raise forms.ValidationError(f"Customer number must be one of ours: there is no customer {number}")
        return found

    @property
    def fee_rate(self) -> Decimal:
        """10 % is 0.1000."""
        rate: Decimal = self.cleaned_data["fee"]
        return rate / HUNDRED


class EndForm(forms.Form):
    """The first day on which nothing is sold in the supplier's name any more."""

    valid_to = ShortDateField(label="First day on which we sell nothing more")


class WithdrawForm(forms.Form):
    """Why a settlement is taken back."""

    reason = forms.CharField(label="Reason for withdrawing it", max_length=240)
