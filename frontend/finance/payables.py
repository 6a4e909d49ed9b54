"""Amounts due to providers: what is owed, what waits for a customer to pay, and why."""

from typing import Any

from django import forms
from django.http import HttpResponse

from frontend.finance.access import FinanceRequest, finance_page, show
from frontend.finance.history import history_of
from frontend.finance.listing import chosen, csv_response, csv_url, page_of, pounds, wants_csv
from frontend.formats import plural
from frontend.jinja import url
from invoicing.payables.models import Payable
from invoicing.payables.queries import cause_of, moves_of, payable_for, payables_for, reductions_of, sums_of

CSV_HEADER = [
    "made_on", "provider", "provider_number", "what_for", "state", "amount", "taken_off", "owed", "waiting", "account",
    "offer",
]  # fmt: skip
TAGS = {"waiting": "waiting", "owed": "to pay", "cancelled": "cancelled"}


class PayableFilter(forms.Form):
    """Whose, and how it stands."""

    provider = forms.CharField(label="Provider", required=False, max_length=100)
    state = forms.ChoiceField(label="State", required=False, choices=[("", "All"), *Payable.State.choices])


@finance_page(section="finance-payment-batches")
def payables(request: FinanceRequest) -> HttpResponse:
    """Amounts due to providers, the newest first, with the sums of all that are shown."""
    form = PayableFilter(request.GET if request.GET else None)
    good = not form.is_bound or form.is_valid()
    picked: dict[str, Any] = form.cleaned_data if form.is_bound and good else {}
    rows = payables_for(request.actor)
    if name := (picked.get("provider") or "").strip():
        numbered = rows.filter(provider__number__iexact=name)
        rows = numbered if numbered.exists() else rows.filter(provider__name__icontains=name)
    if picked.get("state"):
        rows = rows.filter(state=picked["state"])
    if wants_csv(request):
        cells = (
            [row.made_on, row.provider.name, row.provider.number, row.description, row.get_state_display(),
             pounds(row.net_pence), pounds(row.reduced_pence), pounds(row.owed_pence), pounds(row.waiting_pence),
             row.account_id, row.analysis_code]
            for row in rows.iterator(chunk_size=1_000)
        )  # fmt: skip
        return csv_response("amounts-due-to-providers", CSV_HEADER, cells)
    sums = sums_of(rows)
    context = {
        "form": form, "page_obj": page_of(request, rows), "sums": sums, "tags": TAGS, "csv_url": csv_url(request),
        "count_text": plural(sums.count, "amount"), "chosen": chosen(request, form) if picked else [],
    }  # fmt: skip
    return show(request, "payables.html", context, status=200 if good else 400)


@finance_page(section="finance-payment-batches")
def payable(request: FinanceRequest, pk: int) -> HttpResponse:
    """One of them: why it is due, what it waits for, its ledger entries."""
    found = payable_for(request.actor, pk)
    context = {
        "payable": found, "cause": cause_of(found), "moves": moves_of(found), "reductions": reductions_of(found),
        "tags": TAGS, "back_url": url("finance-payables"),
        "history": history_of(subject_kind="payable", subject=str(found.pk)),
    }  # fmt: skip
    return show(request, "payable.html", context)
