"""Outcome statements at finance: which are to be frozen and what each comes to, freezing them, the month's end."""

from typing import Any

from django.contrib import messages
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from frontend.finance.access import READ_AND_WRITE, FinanceRequest, finance_page, said, show
from frontend.finance.listing import csv_response, csv_url, page_of, pounds, wants_csv
from frontend.formats import long_date, money, plural
from frontend.jinja import url
from frontend.outcomes.statement_words import shown, statement_name
from invoicing.models import Charge, Payable
from marketplace.core.errors import DomainError
from marketplace.core.wording import month_words
from subscriptions.outcomes.models import OutcomeAccrual, OutcomeContract, Statement
from subscriptions.outcomes.services.accruing import accrue_expected, expected_costs
from subscriptions.outcomes.services.stating import freeze_due, freeze_statement
from subscriptions.outcomes.stating_queries import (
    clawbacks_waiting,
    due_statements,
    last_month_end,
    outcome_statement_for,
    outcome_statements_for,
    totals_of,
)

SECTION = "finance-payment-batches"
SHOWN = {"due": "To freeze", "open": "Open", "frozen": "Frozen, to pay", "paid": "Paid"}


@finance_page(READ_AND_WRITE, section=SECTION)
def statements(request: FinanceRequest) -> HttpResponse:
    """Those whose last day is past, with what each comes to and one button for all; others by their state."""
    on = timezone.localdate()
    errors: list[dict[str, str]] = []
    if request.method == "POST":
        try:
            done = freeze_due(on=on, actor=request.actor)
            messages.success(request, f"{plural(done, 'statement')} frozen. What they come to is owed or charged now.")
            return redirect(url("finance-outcome-statements"))
        except DomainError as error:
            errors = [{"text": sentence} for sentence in said(error)]
    wanted = request.GET.get("show", "due")
    wanted = wanted if wanted in SHOWN else "due"
    which = due_statements(on) if wanted == "due" else Q(state=wanted, contract__state__in=_AGREED)
    order = ("cut_off", "pk") if wanted in ("due", "open") else ("-cut_off", "-pk")
    rows = outcome_statements_for(request.actor).filter(which).order_by(*order)
    page = page_of(request, rows)
    if wants_csv(request):
        return _file(list(rows))
    totals = totals_of(page)
    context = {
        "page_obj": page, "rows": [(one, totals[one.pk]) for one in page], "shown": wanted, "choices": SHOWN,
        "due": outcome_statements_for(request.actor).filter(due_statements(on)).count(), "errors": errors,
        "csv_url": csv_url(request),
    }  # fmt: skip
    return show(request, "outcome_statements.html", context, status=400 if errors else 200)


_AGREED = (OutcomeContract.State.ACTIVE, OutcomeContract.State.ENDED, OutcomeContract.State.TERMINATED)


def _file(rows: list[Statement]) -> HttpResponse:
    totals = totals_of(rows)
    header = ["contract", "title", "party", "from", "last_day", "paid_on", "state", "net"]
    return csv_response("outcome-statements", header, (
        [one.contract.number, one.contract.title, one.contract.party.name, one.service_from, one.cut_off, one.pay_on,
         one.state, pounds(totals[one.pk])]
        for one in rows
    ))  # fmt: skip


@finance_page(READ_AND_WRITE, section=SECTION)
def statement(request: FinanceRequest, number: str, ordinal: int) -> HttpResponse:
    """One statement: what it comes to by the same calculation as freezing, and freezing it; what is done with its amounts."""
    found = outcome_statement_for(request.actor, number, ordinal)
    on = timezone.localdate()
    errors: list[dict[str, str]] = []
    if request.method == "POST":
        try:
            frozen = freeze_statement(statement=found, on=on, actor=request.actor)
            messages.success(request, f"{statement_name(frozen)} is frozen at {money(frozen.total_pence)}.")
            return redirect(url("finance-outcome-statement", number=number, ordinal=ordinal))
        except DomainError as error:
            errors = [{"text": sentence} for sentence in said(error)]
    context: dict[str, Any] = shown(found) | {
        "may_freeze": outcome_statements_for(request.actor).filter(due_statements(on), pk=found.pk).exists(),
        "codes": _codes(found), "clawbacks": clawbacks_waiting(found.contract), "owed": _owed(found), "errors": errors,
        "back_url": url("finance-outcome-statements"),
    }  # fmt: skip
    return show(request, "outcome_statement.html", context, status=400 if errors else 200)


def _codes(found: Statement) -> dict[int, str]:
    """The codes of the contract's amounts, for the addresses of what is done with them."""
    return dict(found.contract.items.values_list("pk", "code"))


def _owed(found: Statement) -> str:
    """Where its total is owed, or in which state its item to invoice is."""
    if not found.source_key:
        return ""
    if found.contract.side == OutcomeContract.Side.PAYS:
        payable = Payable.objects.filter(source_key=found.source_key).values_list("pk", flat=True).first()
        return url("finance-payable", pk=payable) if payable else ""
    charge = Charge.objects.filter(source_key=found.source_key).select_related("document_line__document").first()
    line = charge.document_line if charge else None
    return url("finance-invoice", number=line.document.number) if line else url("finance-invoicing")


@finance_page(READ_AND_WRITE, section=SECTION)
def expected(request: FinanceRequest) -> HttpResponse:
    """The month's end: what is done and not owed, contract by contract, and accruing it."""
    on = timezone.localdate()
    month_end = last_month_end(on)
    errors: list[dict[str, str]] = []
    if request.method == "POST":
        try:
            done = accrue_expected(month_end=month_end, on=on, actor=request.actor)
            words = f"The expected costs of {plural(done, 'contract')} are accrued for {month_words(month_end)}."
            messages.success(request, f"{words} They are taken back on the next day.")
            return redirect(url("finance-outcome-expected"))
        except DomainError as error:
            errors = [{"text": sentence} for sentence in said(error)]
    accrued = OutcomeAccrual.objects.filter(month_end=month_end).select_related("contract__party").order_by("pk")
    done_already = {one.contract_id for one in accrued}
    costs = {pk: pence for pk, pence in expected_costs(month_end).items() if pk not in done_already}
    contracts = OutcomeContract.objects.filter(pk__in=costs).select_related("party").order_by("number")
    context = {
        "month": month_words(month_end), "month_end": long_date(month_end), "errors": errors, "accrued": list(accrued),
        "rows": [(one, costs[one.pk]) for one in contracts], "total": sum(costs.values()),
        "back_url": url("finance-outcome-statements"),
    }  # fmt: skip
    return show(request, "outcome_expected.html", context, status=400 if errors else 200)
