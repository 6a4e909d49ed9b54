"""Income and expenditure of a period, and the balance sheet of a day: every figure opens the movements that make it."""

from datetime import date, timedelta
from typing import Any

from django import forms
from django.http import HttpResponse
from django.utils import timezone

from frontend.fields import ShortDateField
from frontend.finance.access import FinanceRequest, finance_page, show
from frontend.finance.customers import OnForm
from frontend.finance.listing import csv_response, csv_url, wants_csv
from frontend.formats import long_date, money
from frontend.formats import period as in_words
from frontend.jinja import query, url
from invoicing.ledger.financial_statements import (
    Figure,
    IncomeAndExpenditure,
    balance_sheet,
    income_and_expenditure,
    period_of_days,
)
from invoicing.ledger.months import first_open_day
from invoicing.ledger.statement_rows import INCOME_HEADER, SHEET_HEADER, income_rows, sheet_rows
from invoicing.queries import require_finance_reader
from marketplace.core.errors import WrongInput
from marketplace.core.periods import Period
from marketplace.organisations.rules.financial_year import COUNCIL_FIRST_MONTH, TRUST_FIRST_MONTH, financial_year

NO_SOURCE_KEY = "none"


class PeriodForm(forms.Form):
    """The days of a statement, both included."""

    first = ShortDateField(label="First day")
    last = ShortDateField(label="Last day")

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if given.get("first") and given.get("last"):
            try:
                given["period"] = period_of_days(given["first"], given["last"])
            except WrongInput as error:
                self.add_error("last", str(error).rstrip("."))
        return given


@finance_page(section="finance-ledger")
def income(request: FinanceRequest) -> HttpResponse:
    """Income by source, costs and the surplus of a period, beside the same days a year earlier; then by month."""
    require_finance_reader(request.actor)
    today = timezone.localdate()
    year = financial_year(today, COUNCIL_FIRST_MONTH)
    asked = "first" in request.GET or "last" in request.GET
    form = PeriodForm(request.GET if asked else None, initial={"first": year.start, "last": today})
    period = form.cleaned_data["period"] if form.is_valid() else period_of_days(year.start, today)
    found = income_and_expenditure(period=period)
    if wants_csv(request):
        name = f"income-and-expenditure-{period.start.isoformat()}-{period.last_day.isoformat()}"
        return csv_response(name, INCOME_HEADER, income_rows(found))
    context = {
        "form": form, "found": found, "years": _years(today), "csv_url": csv_url(request), "finding": _finding(found),
        "bars": [(one.name, one.pence) for one in found.income if one.pence > 0],
        "most": max((one.pence for one in found.income), default=0), "open_from": _open_from(period.last_day),
        "opens": _opens,
    }  # fmt: skip
    return show(request, "income_and_expenditure.html", context, status=400 if form.is_bound and form.errors else 200)


def _years(today: date) -> list[dict[str, str]]:
    """This and the last year to 31 March and to 31 August, each with its address."""
    periods = []
    for month in (COUNCIL_FIRST_MONTH, TRUST_FIRST_MONTH):
        this = financial_year(today, month)
        periods += [this, financial_year(this.start - timedelta(days=1), month)]
    return [{"text": in_words(one.start, one.end), "href": income_url(one.start, one.last_day)} for one in periods]


def income_url(first: date, last: date) -> str:
    """The statement of the days, both included; "" where they are no period that can be drawn as one."""
    try:
        period_of_days(first, last)
    except WrongInput:
        return ""
    return url("finance-income-and-expenditure") + query(None, first=first.isoformat(), last=last.isoformat())


def _opens(row: Figure, period: Period, *, of_income: bool = False) -> str:
    """The account's movements of the period, of the row's own source where it is income."""
    days = {"first": period.start.isoformat(), "on": period.last_day.isoformat()}
    source = {"source": row.source or NO_SOURCE_KEY} if of_income else {}
    return url("finance-account", code=row.code) + query(None, **days, **source)


def _finding(found: IncomeAndExpenditure) -> str:
    """What the chart shows, as a sentence."""
    best = max(found.income, key=lambda one: one.pence, default=None)
    if best is None or best.pence <= 0:
        return "No income was posted in these days"
    return f"{best.name}: {money(best.pence)} of {money(found.income_pence)} income"


def _open_from(last: date) -> str:
    """The first day that may still be posted to, in words; "" where the statement's months are all closed."""
    first_open = first_open_day([])
    if first_open is None:
        return "no month is closed yet"
    return f"months from {long_date(first_open)} on are not closed" if last >= first_open else ""


@finance_page(section="finance-ledger")
def sheet(request: FinanceRequest) -> HttpResponse:
    """What the partnership has, owes and keeps at the end of a day."""
    require_finance_reader(request.actor)
    form = OnForm(request.GET if "on" in request.GET else None, initial={"on": timezone.localdate()})
    on = form.cleaned_data["on"] if form.is_valid() else timezone.localdate()
    found = balance_sheet(on=on)
    if wants_csv(request):
        return csv_response(f"balance-sheet-{on.isoformat()}", SHEET_HEADER, sheet_rows(found))
    context = {
        "form": form, "found": found, "csv_url": csv_url(request), "open_from": _open_from(on),
        "surplus_url": income_url(found.begun_on, on) if found.begun_on else "",
    }  # fmt: skip
    return show(request, "balance_sheet.html", context, status=400 if form.is_bound and form.errors else 200)
