"""The forms of purchases: a supplier's invoice with its lines, a payment, and the VAT recovery rate."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django import forms
from django.utils import timezone

from frontend.fields import PoundsField, ShortDateField
from frontend.finance.journal_forms import account_choices, fund_choices
from invoicing.journals.models import Purchase, PurchaseLine
from invoicing.journals.rules.input_vat import NewPurchaseLine
from invoicing.ledger.models import LedgerAccount
from marketplace.core.money import vat_on
from marketplace.organisations.models import Organisation

FIRST_ROWS = 4
PARTS = ("description", "account", "net", "rate", "vat", "tag", "fund")


class PurchaseForm(forms.Form):
    """What stands on the supplier's invoice. Empty lines are passed over; empty VAT is worked out from the rate."""

    supplier = forms.CharField(
        label="Supplier", max_length=200, help_text="Name or number, as it stands among the organisations"
    )
    supplier_number = forms.CharField(label="Supplier's invoice number", max_length=40)
    dated_on = ShortDateField(label="Invoice date")
    due_on = ShortDateField(label="To be paid by")

    def __init__(self, *args: Any, rows: int, known: Purchase | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.rows = range(rows)
        if known:
            del self.fields["supplier"]
        accounts = account_choices("expense")
        tags = [("", ""), *PurchaseLine.Tag.choices]
        self.funds = fund_choices()
        for row in self.rows:
            said = f"line {row + 1}"
            fields: dict[str, forms.Field] = {
                "description": forms.CharField(label=f"What, {said}", max_length=200, required=False),
                "account": forms.ChoiceField(label=f"Account, {said}", choices=accounts, required=False),
                "net": PoundsField(label=f"Net, {said}", least=1, required=False),
                "rate": forms.DecimalField(
                    label=f"VAT rate, {said}", min_value=0, max_value=99, max_digits=4, decimal_places=2, required=False,
                    widget=forms.TextInput(attrs={"inputmode": "decimal"}), initial=Decimal(20),
                ),
                "vat": PoundsField(label=f"VAT, {said}", required=False),
                "tag": forms.ChoiceField(label=f"Used, {said}", choices=tags, required=False),
            }  # fmt: skip
            if self.funds:
                fields["fund"] = forms.ChoiceField(label=f"Fund, {said}", choices=self.funds, required=False)
            self.fields |= {f"line_{row}_{part}": field for part, field in fields.items()}

    def clean_supplier(self) -> Organisation:
        text = self.cleaned_data["supplier"].strip()
        others = Organisation.objects.exclude(kind=Organisation.Kind.PARTNERSHIP)
        found = list(others.filter(number__iexact=text)[:1]) or list(others.filter(name__iexact=text)[:2])
        if len(found) == 1:
            return found[0]
        if found:
            raise forms.ValidationError(f"Several organisations are called {text}. Enter the number instead")
        raise forms.ValidationError(f"There is no organisation {text}. An administrator adds it first")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        for row in self.rows:
            given = {part: cleaned.get(f"line_{row}_{part}") for part in PARTS}
            if not any(given[part] for part in ("description", "account", "net", "vat", "tag")):
                continue
            needed = {"description": "what was bought", "account": "account", "net": "net amount", "tag": "use"}
            for part, words in needed.items():
                name = f"line_{row}_{part}"
                if not given[part] and name not in self.errors:
                    self.add_error(name, f"Enter the {words} of line {row + 1}".replace("the what", "what"))
        return cleaned

    def lines(self) -> list[NewPurchaseLine]:
        """The lines that say anything, in their order."""
        found = []
        for row in self.rows:
            given = {part: self.cleaned_data.get(f"line_{row}_{part}") for part in PARTS}
            if given["net"]:
                found.append(_line(given))
        return found


def _line(given: dict[str, Any]) -> NewPurchaseLine:
    rate = (given["rate"] or Decimal(0)) / 100
    vat = vat_on(given["net"], rate) if given["vat"] is None else given["vat"]
    return NewPurchaseLine(
        given["description"], given["account"], given["net"], rate, vat, given["tag"], given["fund"] or ""
    )


def initial_of(purchase: Purchase) -> dict[str, Any]:
    """A purchase as the form shows it."""
    found: dict[str, Any] = {
        "supplier_number": purchase.supplier_number, "dated_on": purchase.dated_on, "due_on": purchase.due_on,
    }  # fmt: skip
    lines: Sequence[PurchaseLine] = list(purchase.lines.select_related("fund").order_by("position"))
    for row, line in enumerate(lines):
        rate = f"{(line.vat_rate * 100).normalize():f}"
        values = (
            line.description, line.account_id, line.net_pence, rate, line.vat_pence, line.tag,
            line.fund.code if line.fund else "",
        )  # fmt: skip
        found |= {f"line_{row}_{part}": value for part, value in zip(PARTS, values, strict=True)}
    return found


class PayForm(forms.Form):
    """A payment that left the bank."""

    pence = PoundsField(label="Amount paid", least=1)
    paid_on = ShortDateField(label="Paid on")
    reference = forms.CharField(label="Reference", max_length=120, required=False)
    account = forms.ChoiceField(label="From")

    def __init__(self, *args: Any, accounts: Sequence[LedgerAccount], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["account"].choices = [(one.pk, str(one)) for one in accounts]  # type: ignore[attr-defined]

    def clean_paid_on(self) -> Any:
        if self.cleaned_data["paid_on"] > timezone.localdate():
            raise forms.ValidationError("Paid on must be today or in the past")
        return self.cleaned_data["paid_on"]


class RateForm(forms.Form):
    """The share of VAT for both kinds of sales that comes back, from a day on."""

    percent = forms.DecimalField(
        label="Share that comes back", min_value=0, max_value=100, max_digits=5, decimal_places=2,
        widget=forms.TextInput(attrs={"inputmode": "decimal"}),
    )  # fmt: skip
    valid_from = ShortDateField(label="From")
