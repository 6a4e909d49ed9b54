"""Closing a month: the list of months, and one with what stands in its way, its buttons and its balances."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from frontend.finance.access import READ_AND_WRITE, FinanceRequest, finance_page, said, show
from frontend.finance.financial_statements import income_url
from frontend.finance.history import history_of
from frontend.finance.listing import csv_response, csv_url, page_of, pounds, wants_csv
from frontend.formats import long_date
from frontend.jinja import query, url
from invoicing.closing import queries
from invoicing.closing.audit_file import is_closed, last_made
from invoicing.closing.closing import ToDo, last_closed, to_do
from invoicing.closing.queries import Month, balances_of, month_for, months_for
from invoicing.ledger.months import MonthClose
from invoicing.services import (
    ask_to_close,
    ask_to_reopen,
    close_month,
    reopen_month,
    start_audit_file,
    withdraw_closing,
)
from marketplace.core.actors import Role
from marketplace.core.errors import DomainError, WrongInput
from marketplace.core.jobs import JobAlreadyRuns
from marketplace.core.periods import add_months

State = MonthClose.State
_TAGS = {queries.RUNNING: "month running", queries.BEFORE: "closed", State.ASKED: "submitted"}
_LIST_CSV = ["month", "state", "entries", "asked_by", "closed_by", "closed_on"]
_BALANCES_CSV = ["code", "name", "debit", "credit"]


class ReopenForm(forms.Form):
    """Why a closed month is opened again."""

    reason = forms.CharField(
        label="Reason", max_length=240, help_text="Whoever decides reads it, and so does the auditor"
    )


def tag_of_month(month: Month) -> str:
    """The word of the month's tag in ``frontend.formats.STATES``."""
    return _TAGS.get(month.state, month.state)


@finance_page(section="finance-ledger")
def months(request: FinanceRequest) -> HttpResponse:
    """Every month of the books, latest first, with who closed it and when."""
    found = months_for(request.actor, today=timezone.localdate())
    if wants_csv(request):
        return csv_response("months", _LIST_CSV, (_csv_row(month) for month in found))
    last = last_closed()
    page = page_of(request, found)
    context = {
        "page_obj": page, "rows": [(month, tag_of_month(month)) for month in page], "csv_url": csv_url(request),
        "last": last, "first_open": add_months(last.month, 1) if last else None,
        "next": next((month for month in reversed(found) if month.state == queries.OPEN), None),
        "entries": sum(month.entries for month in found),
    }  # fmt: skip
    return show(request, "months.html", context)


def _csv_row(month: Month) -> list[object]:
    close = month.close
    closed_at = timezone.localdate(close.closed_at) if close and close.closed_at else None
    return [
        month.key, queries.STATES[month.state], month.entries, close.asked_by.name if close else "",
        close.closed_by.name if close and close.closed_by else "", closed_at,
    ]  # fmt: skip


@finance_page(READ_AND_WRITE, section="finance-ledger")
def month(request: FinanceRequest, month: str) -> HttpResponse:
    """One month: what is still to do, asking, closing and reopening, the balances that were kept, and its history."""
    found = month_for(request.actor, month, today=timezone.localdate())
    balances = balances_of(found.close) if found.close and found.close.closed_at else []
    if wants_csv(request):
        rows = ([one.code, one.name, pounds(one.debit), pounds(one.credit)] for one in balances)
        return csv_response(f"month-{found.key}", _BALANCES_CSV, rows)
    do = request.POST.get("do", "")
    form = ReopenForm(request.POST if do == "ask_to_reopen" else None)
    errors, status = [], 400 if request.method == "POST" else 200
    if request.method == "POST" and (not form.is_bound or form.is_valid()):
        try:
            if do == "audit_file":
                return _audit_file(request, found)
            messages.success(request, _done(request, found, do, form))
            return redirect(url("finance-month", month=month))
        except DomainError as error:
            errors, status = said(error), error.status
            found = month_for(request.actor, month, today=timezone.localdate())
    context = {
        "month": found, "tag_word": tag_of_month(found), "form": form, "errors": errors, "balances": balances,
        "debit": sum(one.debit for one in balances), "credit": sum(one.credit for one in balances),
        "first_open": long_date(add_months(found.month, 1)),
        "income_url": income_url(found.month, found.last_day),
        "csv_url": csv_url(request), "history": history_of(subject_kind="month", subject=found.key),
        "back_url": url("finance-months"), **_standing(request, found),
    }  # fmt: skip
    return show(request, "month.html", context, status=status)


def _audit_file(request: FinanceRequest, found: Month) -> HttpResponse:
    """Starts the job that makes the month's audit file, or leads to the one that runs."""
    try:
        number = str(start_audit_file(month=found, actor=request.actor).number)
    except JobAlreadyRuns as error:
        number = error.facts["number"]
    return redirect("job", number=number)


def _done(request: FinanceRequest, found: Month, do: str, form: ReopenForm) -> str:
    """Does what the button says; the sentence for the banner."""
    today, now, actor = timezone.localdate(), timezone.now(), request.actor
    if do == "ask_to_close":
        ask_to_close(month=found.month, on=today, at=now, actor=actor)
        return f"Another person, a finance manager, closes {found} next."
    if found.close is None:
        raise WrongInput(f"{found} is open. Ask to close it first.")
    close = found.close

    def closed() -> str:
        close_month(close=close, on=today, at=now, actor=actor)
        return f"{found} is closed. What belongs there is dated {long_date(add_months(found.month, 1))} from now on."

    def withdrawn() -> str:
        withdraw_closing(close=close, actor=actor)
        return f"Taken back. {found} is {'open' if close.state == State.ASKED else 'closed'} as before."

    def asked_to_reopen() -> str:
        ask_to_reopen(close=close, reason=form.cleaned_data["reason"], actor=actor)
        return f"Another person, a finance manager, opens {found} again next. It stays closed until then."

    def reopened() -> str:
        reopen_month(close=close, at=now, actor=actor)
        return f"{found} is open again."

    verbs: dict[str, Callable[[], str]] = {
        "close": closed, "withdraw": withdrawn, "ask_to_reopen": asked_to_reopen, "reopen": reopened
    }  # fmt: skip
    if do not in verbs:
        raise WrongInput("Choose what to do with the month")
    return verbs[do]()


def _standing(request: FinanceRequest, found: Month) -> dict[str, Any]:
    """Who acts next, what is in the way, and which buttons are drawn."""
    actor, close = request.actor, found.close
    writes, state = queries.may_ask(actor), found.state
    asks = state in (queries.OPEN, queries.RUNNING)
    waiting = to_do(month=found.month, on=timezone.localdate()) if asks or state == State.ASKED else []
    last = last_closed()
    made = last_made(found)
    return {
        "may_make_file": queries.may_ask(actor) and is_closed(found),
        "made_on": long_date(timezone.localdate(made.finished_at)) if made else "",
        "made_at": url("job", number=made.number) if made else "",
        "next_words": _next(request, found),
        "waiting": [(one.words, *_link(found, one)) for one in waiting],
        "asks_now": asks,
        "may_ask": writes and asks and not waiting,
        "may_close": close is not None and state == State.ASKED and queries.may_close(actor, close),
        "may_reopen": close is not None and state == State.REOPEN_ASKED and queries.may_close(actor, close),
        "may_withdraw": writes and state in (State.ASKED, State.REOPEN_ASKED),
        "may_ask_to_reopen": writes and state == State.CLOSED and last is not None and last.month == found.month,
    }


def _link(found: Month, one: ToDo) -> tuple[str, str]:
    """Where that is mended: the link's words and its address, both empty where it passes by itself."""
    if one.kind == "deferred":
        on = query(None, on=min(found.last_day, timezone.localdate()).isoformat())  # nothing to come is released
        return "Release deferred income", url("finance-deferred-income") + on
    if one.kind == "order" and (last := last_closed()):
        following = add_months(last.month, 1)
        return f"Open {following:%B %Y}", url("finance-month", month=f"{following:%Y-%m}")
    return "", ""


def _next(request: FinanceRequest, found: Month) -> str:
    """Who acts next, in a sentence."""
    close, manager = found.close, request.actor.has(Role.FINANCE_MANAGER)
    if close is None:
        return {
            queries.RUNNING: f"It lasts until {long_date(found.last_day)}.",
            queries.BEFORE: "It was closed together with the first month that was closed: nothing is posted into it.",
        }.get(found.state, "One person asks to close it, and a finance manager who did not ask closes it.")
    asker = close.reopen_asked_by if close.state == State.REOPEN_ASKED else close.asked_by
    by, deed = asker.name if asker else "", "opens it again" if close.state == State.REOPEN_ASKED else "closes it"
    if close.state == State.CLOSED:
        closed_by, day = close.closed_by, timezone.localdate(close.closed_at)
        name = closed_by.name if closed_by else ""
        later = long_date(add_months(found.month, 1))
        return f"Closed by {name} on {long_date(day)}. What belongs here is dated {later} or later."
    if asker and request.actor.person_id == asker.pk:
        return f"You asked, so a finance manager who is not you {deed}."
    waits = f"{by} asked. {'You decide' if manager else f'A finance manager {deed}'}."
    return f"{waits} The reason: {close.reason}" if close.state == State.REOPEN_ASKED else waits
