"""How a customer is invoiced and pays: all of its terms on one page, with what they mean for the items that wait."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from frontend.finance.access import READ_AND_WRITE, FinanceRequest, finance_page, posted, said, show
from frontend.finance.customers import customer_for, customers_for
from frontend.formats import long_date, money, plural
from frontend.jinja import url
from invoicing.receivables.outlook import Outlook, items_of_month, outlook
from marketplace.core.actors import Actor
from marketplace.core.errors import DomainError
from marketplace.organisations.models import CustomerTerms, Organisation
from marketplace.organisations.services.registry import terms_of
from marketplace.trading.services import change_terms, following

_MOST_NAMED = 5
_RADIOS = ("settlement", "purchase_order_rule", "invoice_grouping", "invoice_rhythm")


class TermsForm(forms.Form):
    """All of a customer's terms. ``move`` is there where something waits."""

    settlement = forms.ChoiceField(label="Pays by", choices=CustomerTerms.Settlement.choices, widget=forms.RadioSelect)
    cost_centre = forms.CharField(
        label="Cost centre", max_length=20, required=False,
        help_text="Where the council's ledger charges the school. Needed for a council journal",
    )  # fmt: skip
    payment_days = forms.IntegerField(label="Days to pay", min_value=0, max_value=120)
    purchase_order_rule = forms.ChoiceField(
        label="Purchase order", choices=CustomerTerms.PurchaseOrderRule.choices, widget=forms.RadioSelect
    )
    payer_reference_name = forms.CharField(
        label="Name of the reference", max_length=40, help_text="Such as purchase order, cost code, school number"
    )
    invoice_grouping = forms.ChoiceField(
        label="What stands on one invoice", choices=CustomerTerms.Grouping.choices, widget=forms.RadioSelect
    )
    invoice_rhythm = forms.ChoiceField(
        label="When it is invoiced", choices=CustomerTerms.Rhythm.choices, widget=forms.RadioSelect
    )
    invoice_to = forms.CharField(
        label="Invoiced through", max_length=100, required=False,
        help_text="Name or customer number of the trust, lead school or council that is invoiced instead",
    )  # fmt: skip
    move = forms.BooleanField(required=False)

    def __init__(self, *args: Any, actor: Actor, waiting: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.actor = actor
        if waiting:
            words = "the item that waits" if waiting == 1 else f"the {waiting:,} items that wait"
            self.fields["move"].label = f"Where this changes, move {words} to the new one"
        else:
            del self.fields["move"]

    def clean_invoice_to(self) -> Organisation | None:
        """The one organisation that is meant."""
        text = self.cleaned_data["invoice_to"].strip()
        if not text:
            return None
        everybody = customers_for(self.actor)
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

    def changes(self) -> dict[str, Any]:
        """The terms by their names."""
        return {name: value for name, value in self.cleaned_data.items() if name != "move"}


def outlook_words(found: Outlook) -> str:
    """ "4 items of £1,230.00 before VAT are due by 30 September 2026: they become 2 invoices." """
    if not found.items:
        return f"Nothing waits to be invoiced by {long_date(found.until)}."
    several = found.items > 1
    said_of = (
        f"{plural(found.items, 'item')} of {money(found.pence)} before VAT {'are' if several else 'is'} due by "
        f"{long_date(found.until)}"
    )
    if found.held == found.items:
        return f"{said_of}, held until somebody acts."
    held = f", of which {found.held} {'are' if found.held > 1 else 'is'} held" if found.held else ""
    return f"{said_of}{held}: {'they become' if several else 'it becomes'} {plural(found.invoices, 'invoice')}."


def outlook_of(customer: Organisation, terms: CustomerTerms) -> Outlook:
    """What the customer's items of this month become under its terms."""
    facts, until = items_of_month(customer.pk, on=timezone.localdate())
    return outlook(facts, terms, until=until)


def _grouping_hints(customer: Organisation, terms: CustomerTerms) -> dict[str, str]:
    """For each grouping how many invoices this month's items become, where there are any."""
    facts, until = items_of_month(customer.pk, on=timezone.localdate())
    if not facts:
        return {}
    given = {field.attname: getattr(terms, field.attname) for field in CustomerTerms._meta.concrete_fields}
    counts = {
        value: outlook(facts, CustomerTerms(**given | {"invoice_grouping": value}), until=until).invoices
        for value in CustomerTerms.Grouping.values
    }
    return {value: f"{plural(count, 'invoice')} for what is ready this month" for value, count in counts.items()}


@finance_page(READ_AND_WRITE, section="finance-customers", to="change how a customer is invoiced")
def terms(request: FinanceRequest, number: str) -> HttpResponse:
    """Changes the terms; what waits follows them at once, as an issued invoice never changes."""
    customer = customer_for(request.actor, number)
    agreed = terms_of(customer)
    waiting = following(customer, request.actor).count()
    form = TermsForm(posted(request), initial=_initial(agreed), actor=request.actor, waiting=waiting)
    status = 200
    if request.method == "POST":
        if form.is_valid():
            try:
                moved = change_terms(
                    customer=customer, changes=form.changes(), move_waiting=form.cleaned_data.get("move", False),
                    actor=request.actor,
                )  # fmt: skip
            except DomainError as error:
                form.add_error("invoice_to", " ".join(said(error)))
            else:
                messages.success(request, _done(customer, moved))
                return redirect(url("finance-customer", number=number))
        status = 400
    context = {
        "customer": customer,
        "form": form,
        "outlook": outlook_words(outlook_of(customer, agreed)),
        "grouping_hints": _grouping_hints(customer, agreed),
        "through": agreed.invoice_to,
        "back_url": url("finance-customer", number=number),
    }
    return show(request, "terms.html", context, status=status)


def _initial(agreed: CustomerTerms) -> dict[str, Any]:
    names = (*_RADIOS, "payment_days", "payer_reference_name", "cost_centre")
    return {name: getattr(agreed, name) for name in names} | {
        "invoice_to": agreed.invoice_to.number if agreed.invoice_to else ""
    }


def _done(customer: Organisation, moved: int) -> str:
    through = terms_of(customer).invoice_to
    words = f" {plural(moved, 'item')} moved to {(through or customer).name}." if moved else ""
    return f"Terms of {customer.name} saved.{words} {outlook_words(outlook_of(customer, terms_of(customer)))}"
