"""The form of an agreement that finance makes by hand."""

from datetime import date, timedelta
from typing import Any

from django import forms

from frontend.fields import PoundsField, ShortDateField
from frontend.finance.customers import customers_for
from invoicing.ledger.models import IncomeStream, LedgerAccount
from invoicing.vat.rules.kinds import FOLLOWING, SupplyKind
from marketplace.core.actors import Actor
from marketplace.core.periods import Period
from marketplace.organisations.models import Organisation
from subscriptions.agreements.models import Agreement
from subscriptions.agreements.rules.forms import Billing, Every, Prorate, Timing
from subscriptions.renewals.by_hand import ByHand

_MOST_NAMED = 5
MOST_YEARS = 7
SUPPLIES = [
    (kind.name.lower(), kind.words)
    for kind in SupplyKind
    if kind not in FOLLOWING and kind not in (SupplyKind.ANY, SupplyKind.LATE_PAYMENT, SupplyKind.GRANT)
]
HOW = [
    ("offered", "Offer it to the customer, who accepts it on the page"),
    ("paper", "It was agreed on paper: it runs"),
]


def customer_named(actor: Actor, text: str) -> Organisation:
    """The one customer that is meant by a name or number; refuses in words where there is none, or several."""
    everybody = customers_for(actor)
    if found := everybody.filter(number__iexact=text).first() or everybody.filter(name__iexact=text).first():
        return found
    meant = list(everybody.filter(name__icontains=text).order_by("name", "pk")[: _MOST_NAMED + 1])
    if len(meant) == 1:
        return meant[0]
    if not meant:
        raise forms.ValidationError(f"No customer is called “{text}”. Enter a name or customer number")
    named = ", ".join(f"{one.name} ({one.number})" for one in meant[:_MOST_NAMED])
    more = " and others" if len(meant) > _MOST_NAMED else ""
    raise forms.ValidationError(f"More than one customer is called that: {named}{more}. Enter the number")


class AgreementForm(forms.Form):
    """What was agreed, with whom, for how long, at which price, and how it is charged."""

    customer = forms.CharField(label="Customer", max_length=100, help_text="Name or customer number")
    title = forms.CharField(label="What is it?", max_length=160, help_text="It stands on the invoice")
    kind = forms.ChoiceField(label="Kind", choices=Agreement.Kind.choices, initial=Agreement.Kind.SERVICE)
    first_day = ShortDateField(label="First day")
    last_day = ShortDateField(label="Last day")
    price = PoundsField(label="Price of a year, before VAT", least=1)
    supply = forms.ChoiceField(
        label="What is supplied", choices=SUPPLIES, initial="other", help_text="It decides the VAT"
    )
    account = forms.ChoiceField(label="Account")
    stream = forms.ChoiceField(label="Income stream")
    cfr_code = forms.CharField(label="CFR code", max_length=6, required=False)
    every = forms.ChoiceField(label="Charged", choices=[(one.value, one.words) for one in Every])
    timing = forms.ChoiceField(label="When", choices=[(one.value, one.words) for one in Timing])
    prorate = forms.ChoiceField(label="Part of a year", choices=[(one.value, one.words) for one in Prorate])
    notice_weeks = forms.IntegerField(label="Weeks of notice", min_value=0, max_value=104, initial=12)
    renewal = forms.ChoiceField(label="At the end", choices=Agreement.Renewal.choices)
    purchase_order = forms.CharField(label="Purchase order", max_length=20, required=False)
    how = forms.ChoiceField(label="How is it agreed?", choices=HOW, widget=forms.RadioSelect, initial="offered")
    paper = forms.CharField(
        label="Reference of the paper", max_length=60, required=False, help_text="Needed where it was agreed on paper"
    )
    token = forms.RegexField("^[0-9a-f]{32}$", widget=forms.HiddenInput)

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.actor = actor
        income = LedgerAccount.objects.filter(type="income").order_by("code")
        self.fields["account"].choices = [(one.code, str(one)) for one in income]  # type: ignore[attr-defined]
        streams = IncomeStream.objects.order_by("code")
        self.fields["stream"].choices = [(one.pk, one.name) for one in streams]  # type: ignore[attr-defined]

    def clean_customer(self) -> Organisation:
        return customer_named(self.actor, self.cleaned_data["customer"].strip())

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        first, last = cleaned.get("first_day"), cleaned.get("last_day")
        if first and last:
            self._check_term(first, last)
        if cleaned.get("how") == "paper" and not cleaned.get("paper"):
            self.add_error("paper", "Enter the reference of the paper")
        return cleaned

    def _check_term(self, first: date, last: date) -> None:
        if last < first:
            self.add_error("last_day", "Last day must be on or after the first day")
        elif last >= Period.months_from(first, 12 * MOST_YEARS).end:
            self.add_error("last_day", f"Last day must be within {MOST_YEARS} years of the first day")

    def asked(self) -> ByHand:
        """What the form says, once it is valid."""
        given = self.cleaned_data
        billing = Billing(Every(given["every"]), Timing(given["timing"]), Prorate(given["prorate"]))
        return ByHand(
            title=given["title"],
            organisation=given["customer"],
            kind=given["kind"],
            term=Period(given["first_day"], given["last_day"] + timedelta(days=1)),
            pence=given["price"],
            supply=SupplyKind[given["supply"].upper()],
            account_code=given["account"],
            stream_code=given["stream"],
            billing=billing,
            cfr_code=given["cfr_code"],
            notice_weeks=given["notice_weeks"],
            renewal=given["renewal"],
            purchase_order=given["purchase_order"],
        )
