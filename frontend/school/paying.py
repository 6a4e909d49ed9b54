"""How an order is paid for, as its buyer chooses on the check page: when it is invoiced, and in how many payments."""

from collections.abc import Sequence
from datetime import date
from itertools import pairwise
from typing import Any

from django import forms

from frontend.fields import DatePartsField, ShownField
from frontend.formats import long_date, money
from invoicing.receivables.charges import PURCHASE_ORDER_LIMIT
from marketplace.core.periods import Period
from marketplace.core.wording import period_words
from marketplace.organisations.models import CustomerTerms, Organisation
from marketplace.organisations.queries import financial_year_of
from marketplace.trading.services import BasketCheck, Paying
from subscriptions.purses.queries import Offered

SOON, DELIVERED, ON_DATE = "soon", "delivered", "date"
WHEN = [(SOON, "As soon as possible"), (DELIVERED, "When it is delivered"), (ON_DATE, "On a date")]
WHOLE, MONTHLY = "whole", "monthly"
ON_ACCOUNT = "On account, by invoice after ordering"


class OrderForm(forms.Form):
    """What is still asked when the basket is right. Nothing chosen: invoiced as soon as possible, paid whole."""

    purchase_order = forms.CharField(label="Purchase order", max_length=PURCHASE_ORDER_LIMIT, required=False)
    invoice_when = forms.ChoiceField(
        label="When shall we invoice it?", choices=WHEN, widget=forms.RadioSelect, required=False
    )
    invoice_date = DatePartsField(label="Invoice date", required=False)
    payments = forms.ChoiceField(
        label="How will you pay?",
        choices=[(WHOLE, "All at once"), (MONTHLY, "In monthly instalments")],
        widget=forms.RadioSelect,
        required=False,
    )
    purse = forms.ChoiceField(label="What pays it?", choices=[], widget=forms.RadioSelect, required=False)
    expected = ShownField()
    basket = ShownField()

    def __init__(self, *args: Any, purses: Sequence[Offered] = (), **kwargs: Any) -> None:
        """``purses`` are those from which the buyer may pay."""
        super().__init__(*args, **kwargs)
        if not purses:
            del self.fields["purse"]
            return
        choices = [("", ON_ACCOUNT), *((one.purse.code, f"Pay from {one.purse.name}") for one in purses)]
        self.fields["purse"].choices = choices  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if given.get("invoice_when") == ON_DATE and not given.get("invoice_date") and "invoice_date" not in self.errors:
            self.add_error("invoice_date", "Enter the invoice date, or choose “As soon as possible”")
        return given

    @property
    def paying(self) -> Paying:
        """What was chosen; of a form that is valid."""
        when = self.cleaned_data["invoice_when"]
        return Paying(
            invoice_on=self.cleaned_data["invoice_date"] if when == ON_DATE else None,
            on_delivery=when == DELIVERED,
            in_instalments=self.cleaned_data["payments"] == MONTHLY,
            purse=self.cleaned_data.get("purse", ""),
        )

    @property
    def typed(self) -> dict[str, Any]:
        """What the browser sent, to be shown again."""
        return {name: self.data.get(name) for name in self.data}

    def offer(self, check: BasketCheck, terms: CustomerTerms) -> None:
        """Leaves only what may be chosen for this basket."""
        self.fields["purchase_order"].label = terms.payer_reference_name
        if not check.committed.pence:  # nothing is invoiced, so nothing pays it
            self.fields.pop("purse", None)
        if not check.dates.choice or not check.committed.pence:
            for name in ("invoice_when", "invoice_date"):
                del self.fields[name]
        elif check.dates.on_delivery is None:
            self.fields["invoice_when"].choices = [WHEN[0], WHEN[2]]  # type: ignore[attr-defined]
        if check.instalments == 1:
            del self.fields["payments"]
        else:
            words = f"In {check.instalments} monthly instalments"
            self.fields["payments"].choices = [(WHOLE, "All at once"), (MONTHLY, words)]  # type: ignore[attr-defined]


def when_hints(check: BasketCheck, buyer: Organisation) -> dict[str, str]:
    """For each choice the day and the buyer's financial year in which it falls."""
    dates = check.dates
    soon = "; ".join(f"from {_in_year(day, buyer)}" for day in check.usual_days)
    found = {SOON: f"{soon[:1].upper()}{soon[1:]}"}
    if day := dates.on_delivery:
        several = len([one for one in check.lines if one.quote]) > 1
        found[DELIVERED] = f"{'The first of it: ' if several else ''}{_in_year(day, buyer)}"
    years = _years(dates.first, dates.last, buyer)
    found[ON_DATE] = f"From {long_date(dates.first)} to {long_date(dates.last)}{_ends(years)}"
    return found


def _in_year(day: date, buyer: Organisation) -> str:
    """ "24 March 2027, in April 2026 to March 2027"."""
    year = financial_year_of(buyer, day)
    return f"{long_date(day)}, in {period_words(year.start, year.end)}" if year else long_date(day)


def _years(first: date, last: date, buyer: Organisation) -> list[Period]:
    """The buyer's financial years from one day to another."""
    found, day = [], first
    while day <= last and (year := financial_year_of(buyer, day)):
        found.append(year)
        day = year.end
    return found


def _ends(years: list[Period]) -> str:
    """ ". Until 31 March 2027 it falls in April 2026 to March 2027, after that in April 2027 to March 2028"."""
    if len(years) == 1:
        return f", in {period_words(years[0].start, years[0].end)}"
    return "".join(
        f". Until {long_date(one.last_day)} it falls in {period_words(one.start, one.end)}, after that in "
        f"{period_words(following.start, following.end)}"
        for one, following in pairwise(years)
    )


def purse_hints(purses: Sequence[Offered]) -> dict[str, str]:
    """For each purse what is left for the buyer, and who is invoiced."""
    return {
        one.purse.code: f"{money(one.left_pence)} left of {money(one.paid_pence)}. {one.purse.lead.name} is invoiced"
        for one in purses
    }


def monthly_hint(check: BasketCheck) -> str:
    """What is paid in instalments, where not all is."""
    monthly = [one.line.offer.title for one in check.lines if one.instalments > 1]
    rest = len(check.lines) - len(monthly)
    return (
        f"{', '.join(monthly)}. The rest is paid at once" if rest else "One invoice lists all payments with their days"
    )
