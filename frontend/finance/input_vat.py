"""VAT on purchases by what they are used for, and the rate at which VAT for both kinds of sales comes back."""

from datetime import date, timedelta

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from frontend.finance.access import READ_AND_WRITE, FinanceRequest, finance_page, said, show
from frontend.finance.customers import StatementForm
from frontend.finance.listing import csv_response, csv_url, pounds, wants_csv
from frontend.finance.purchase_forms import RateForm
from frontend.formats import long_date
from frontend.jinja import url
from invoicing.journals.models import PurchaseLine
from invoicing.journals.queries import PROVIDERS, input_vat, recovery_rates_for
from invoicing.services import set_recovery_rate
from marketplace.core.actors import Role
from marketplace.core.errors import DomainError
from marketplace.core.periods import add_months

TAG_NAMES = {**dict(PurchaseLine.Tag.choices), PROVIDERS: "Providers' invoices"}


def last_quarter(today: date) -> tuple[date, date]:
    """The calendar quarter that ended last, half-open."""
    end = today.replace(day=1, month=(today.month - 1) // 3 * 3 + 1)
    return add_months(end, -3), end


@finance_page(READ_AND_WRITE, section="finance-ledger")
def purchases_vat(request: FinanceRequest) -> HttpResponse:
    """Sums of a period for a return, and the rates; a finance manager adds one."""
    rate_form = RateForm(request.POST if request.method == "POST" else None)
    if rate_form.is_valid():
        given = rate_form.cleaned_data
        try:
            set_recovery_rate(valid_from=given["valid_from"], rate=given["percent"] / 100, actor=request.actor)
        except DomainError as error:
            rate_form.add_error(None, " ".join(said(error)))
        else:
            messages.success(request, f"{given['percent']}% comes back from {long_date(given['valid_from'])}.")
            return redirect(url("finance-purchases-vat"))
    start, end = last_quarter(timezone.localdate())
    asked = "start" in request.GET or "end" in request.GET
    form = StatementForm(request.GET if asked else None, initial={"start": start, "end": end - timedelta(days=1)})
    if form.is_valid():
        start, end = form.cleaned_data["start"], form.cleaned_data["end"] + timedelta(days=1)
    rows = input_vat(request.actor, start=start, end=end)
    if wants_csv(request):
        lines = ([TAG_NAMES[r.tag], r.count, *map(pounds, (r.net_pence, r.vat_pence, r.recovered_pence))] for r in rows)
        return csv_response("vat-on-purchases", ["used", "lines", "net", "vat", "comes_back"], lines)
    context = {
        "form": form, "rate_form": rate_form, "forms": [rate_form], "rows": rows, "tag_names": TAG_NAMES,
        "start": start, "end": end, "rates": recovery_rates_for(request.actor), "csv_url": csv_url(request),
        "may_set": request.actor.has(Role.FINANCE_MANAGER), "back_url": url("finance-purchases"),
    }  # fmt: skip
    wrong = rate_form.is_bound or (form.is_bound and form.errors)
    return show(request, "purchases_vat.html", context, status=400 if wrong else 200)
