"""A fund of our own pays a share of an item to invoice, and gets it back when nothing is owed any more."""

from decimal import Decimal

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from frontend.finance.access import READ_AND_WRITE, FinanceRequest, finance_page, posted, said, show
from frontend.finance.items import item_for
from frontend.formats import money
from frontend.jinja import url
from invoicing.funds.models import FundSupport
from invoicing.funds.queries import figures_of
from invoicing.ledger.models import Fund
from invoicing.receivables.models import Charge
from invoicing.services import lower_price, return_support
from marketplace.core.actors import Role
from marketplace.core.errors import DomainError


class SupportForm(forms.Form):
    """Which fund pays, and what share of the price."""

    fund = forms.ChoiceField(label="Fund", help_text="Only funds that we set aside ourselves, with something left")
    percent = forms.DecimalField(
        label="Share that it pays", min_value=0, max_value=100, max_digits=5, decimal_places=2,
        widget=forms.TextInput(attrs={"inputmode": "decimal"}),
    )  # fmt: skip


class ReturnForm(forms.Form):
    """Why the fund gets its money back."""

    reason = forms.CharField(label="Reason", max_length=200)


@finance_page(READ_AND_WRITE, section="finance-invoicing", to="lower prices from a fund")
def item_fund(request: FinanceRequest, pk: int) -> HttpResponse:
    """The fund that pays a share of one item, or the choice of it. For a finance manager."""
    request.actor.require(Role.FINANCE_MANAGER, to="lower prices from a fund")
    found = item_for(request.actor, pk)
    support = FundSupport.objects.select_related("fund").filter(charge=found).first()
    figures = [row for row in figures_of(request.actor, on=timezone.localdate(), kind=Fund.Kind.DESIGNATED)
               if row.balance_pence > 0]  # fmt: skip
    form: forms.Form = ReturnForm(posted(request)) if support else SupportForm(posted(request))
    if not support:
        words = [(row.fund.code, f"{row.fund.name}, {money(row.balance_pence)} left") for row in figures]
        form.fields["fund"].choices = words  # type: ignore[attr-defined]
    if form.is_valid():
        try:
            done = _returned(request, support, form) if support else _lowered(request, found, form)
        except DomainError as error:
            form.add_error(None, " ".join(said(error)))
        else:
            messages.success(request, done)
            return redirect(url("finance-item", pk=pk))
    context = {
        "item": found, "support": support, "form": form, "funds": figures,
        "waits": found.state == Charge.State.PENDING, "back_url": url("finance-item", pk=pk),
    }  # fmt: skip
    return show(request, "item_fund.html", context, status=400 if form.is_bound else 200)


def _lowered(request: FinanceRequest, found: Charge, form: forms.Form) -> str:
    fund = Fund.objects.get(code=form.cleaned_data["fund"])
    share: Decimal = form.cleaned_data["percent"] / 100
    made = lower_price(charge=found, fund=fund, share=share, on=timezone.localdate(), actor=request.actor)
    return f"{fund.name} pays {money(made.pence)} of {found.description}."


def _returned(request: FinanceRequest, support: FundSupport, form: forms.Form) -> str:
    return_support(
        support=support, on=timezone.localdate(), reason=form.cleaned_data["reason"], actor=request.actor
    )  # fmt: skip
    return f"{support.fund.name} has its {money(support.pence)} back."
