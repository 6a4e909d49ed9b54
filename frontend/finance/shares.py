"""Another organisation buys a share of an item to invoice: the item is split in two before it is invoiced."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from frontend.fields import PoundsField
from frontend.finance.access import READ_AND_WRITE, FinanceRequest, finance_page, posted, said, show
from frontend.finance.funds import organisation_named
from frontend.finance.items import item_for
from frontend.finance.words import rate_name
from frontend.formats import money
from frontend.jinja import url
from invoicing.receivables.models import Charge
from invoicing.services import share_item
from invoicing.vat.rules.kinds import FOLLOWING, SupplyKind
from marketplace.core.actors import FINANCE
from marketplace.core.errors import DomainError
from marketplace.core.money import round_half_up
from marketplace.organisations.models import Organisation
from marketplace.trading.models import OrderLine

_NO_SUPPLIES = FOLLOWING | {SupplyKind.ANY, SupplyKind.GRANT, SupplyKind.LATE_PAYMENT}


class ShareForm(forms.Form):
    """Who buys how much of the item, and what that is for VAT."""

    buyer = forms.CharField(label="Who buys a share", max_length=200, help_text="Name or customer number")
    percent = forms.DecimalField(
        label="Share", required=False, min_value=0, max_value=100, max_digits=5, decimal_places=2,
        help_text="Of the price before VAT", widget=forms.TextInput(attrs={"inputmode": "decimal"}),
    )  # fmt: skip
    pence = PoundsField(label="Or an amount before VAT", least=1, required=False)
    kind = forms.ChoiceField(label="VAT of the share", required=False)

    def __init__(self, *args: Any, item: Charge, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.item = item
        kinds = [(kind.code, f"By rule: {kind.words}") for kind in SupplyKind if kind not in _NO_SUPPLIES]
        same = f"As on the item: {rate_name(item.vat_category, item.vat_rate)}"
        self.fields["kind"].choices = [("", same), *kinds]  # type: ignore[attr-defined]

    def clean_buyer(self) -> Organisation:
        return organisation_named(self.cleaned_data["buyer"].strip())

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if {"percent", "pence"} & set(self.errors):
            return given
        percent, pence = given.get("percent"), given.get("pence")
        if (percent is None) == (pence is None):
            self.add_error("percent", "Enter a share or an amount, one of the two")
        elif percent is not None:
            given["pence"] = round_half_up(self.item.due_pence * percent / 100)
        return given


@finance_page(READ_AND_WRITE, section="finance-invoicing", to="split items to invoice")
def item_share(request: FinanceRequest, pk: int) -> HttpResponse:
    """Splits an item that waits: the rest stays the customer's, the share is invoiced to whoever buys it."""
    request.actor.require(*sorted(FINANCE), to="split items to invoice")
    found = item_for(request.actor, pk)
    form = ShareForm(posted(request), item=found, initial={"kind": _kind_of(found)})
    if form.is_valid():
        given = form.cleaned_data
        kind = SupplyKind[given["kind"].upper()] if given["kind"] else None
        try:
            made = share_item(
                item=found, buyer=given["buyer"], pence=given["pence"], kind=kind, on=timezone.localdate(),
                actor=request.actor,
            )  # fmt: skip
        except DomainError as error:
            form.add_error(None, " ".join(said(error)))
        else:
            messages.success(request, f"{made.invoice_to.name} buys {money(made.net_pence)} of {found.description}.")
            return redirect(url("finance-item", pk=pk))
    context = {
        "item": found, "form": form, "waits": found.state == Charge.State.PENDING and found.fund_id is None,
        "back_url": url("finance-item", pk=pk),
    }  # fmt: skip
    return show(request, "item_share.html", context, status=400 if form.is_bound else 200)


def _kind_of(item: Charge) -> str:
    """What the ordered offer is for VAT; "" where a person chose its treatment, or nobody ordered it here."""
    line = OrderLine.objects.select_related("offer").filter(charge_source_key=item.source_key).first()
    return "" if line is None or line.offer.vat_category else line.offer.supply_kind
