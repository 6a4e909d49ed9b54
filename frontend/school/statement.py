"""A buyer's statement: what moved between two dates, and what was open at the end of the last day."""

from datetime import date, timedelta
from typing import Any

from django import forms
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from frontend.buying import SignedInRequest, buyer_for, buyer_of, receivers_for
from frontend.fields import DatePartsField
from frontend.finance.listing import csv_response, pounds
from frontend.finance.papers import statement_pdf, statement_snapshot
from frontend.formats import long_date
from frontend.school.invoices import pdf_response
from invoicing.queries import CustomerStatement, statement_for
from marketplace.core.actors import INVOICED
from marketplace.core.periods import add_months

CSV_HEADER = ["date", "what", "document", "charged", "settled", "balance"]


class StatementDates(forms.Form):
    """First and last day, both included."""

    first = DatePartsField(label="First day")
    last = DatePartsField(label="Last day")

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if given.get("first") and given.get("last") and given["last"] < given["first"]:
            self.add_error("last", f"Last day must be on or after {long_date(given['first'])}")
        return given


def _chosen(request: SignedInRequest, on: date) -> tuple[StatementDates, date, date]:
    """The dates asked for; without any, or with wrong ones, the twelve months to today."""
    usual = {"first": add_months(on.replace(day=1), -11), "last": on}
    if not request.GET:
        return StatementDates(initial=usual), usual["first"], usual["last"]
    form = StatementDates(request.GET)
    if not form.is_valid():
        return form, usual["first"], usual["last"]
    return form, form.cleaned_data["first"], form.cleaned_data["last"]


@login_required
@require_safe
def statement(request: SignedInRequest, kind: str, code: str) -> HttpResponse:
    """The account between two dates with its running balance, and what was open at their end."""
    buyer, on = buyer_for(request, kind, code, INVOICED), timezone.localdate()
    form, first, last = _chosen(request, on)
    shown = _between(request, buyer.organisation, first, last)
    context = {
        "buyer": buyer,
        "schools": [buyer_of(one) for one in receivers_for(buyer, request.actor) if one != buyer.organisation],
        "form": form,
        "first": first,
        "last": last,
        "statement": shown,
        "open": statement_snapshot(buyer.organisation, as_at=last),
        "dates_query": f"?{request.GET.urlencode()}" if request.GET else "",
        "back_url": buyer.url("school-invoices"),
    }
    return render(request, "school/statement.html", context)


def _between(request: SignedInRequest, customer: Any, first: date, last: date) -> CustomerStatement:
    return statement_for(request.actor, customer, start=first, end=last + timedelta(days=1))


@login_required
@require_safe
def statement_csv(request: SignedInRequest, kind: str, code: str) -> HttpResponse:
    """The lines of the statement as a file, with opening and closing balance."""
    buyer = buyer_for(request, kind, code, INVOICED)
    _, first, last = _chosen(request, timezone.localdate())
    shown = _between(request, buyer.organisation, first, last)
    rows: list[list[object]] = [[first, "Opening balance", "", "", "", pounds(shown.opening)]]
    rows += [
        [line.on, line.what, line.document_number, pounds(line.charged), pounds(line.settled), pounds(line.balance)]
        for line in shown.lines
    ]
    rows.append([last, "Closing balance", "", "", "", pounds(shown.closing)])
    return csv_response(f"statement-{buyer.organisation.number}-{last.isoformat()}", CSV_HEADER, rows)


@login_required
@require_safe
def statement_paper(request: SignedInRequest, kind: str, code: str) -> HttpResponse:
    """The PDF of what was open at the end of the last day, with how to pay."""
    buyer = buyer_for(request, kind, code, INVOICED)
    _, _, last = _chosen(request, timezone.localdate())
    name = f"statement-{buyer.organisation.number}-{last.isoformat()}.pdf"
    return pdf_response(statement_pdf(buyer.organisation, as_at=last), name)
