"""Manual journals: the list, a new one, and one with its history, to hand in, approve or send back."""

from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import QuerySet, Sum
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from frontend.finance.access import READ_AND_WRITE, FinanceRequest, finance_page, posted, said, show
from frontend.finance.history import history_of
from frontend.finance.journal_forms import FIRST_ROWS, JournalForm, initial_lines, initial_of, rows_asked
from frontend.finance.listing import chosen, csv_response, csv_url, page_of, pounds, wants_csv
from frontend.finance.two_people import decided, posted_words, standing
from frontend.formats import money
from frontend.jinja import url
from invoicing.journals.models import ManualJournal
from invoicing.journals.models.two_people import TwoPeople
from invoicing.journals.queries import journal_for, journals_for
from invoicing.journals.rules.lines_file import COLUMNS, MOST_BYTES
from invoicing.services import (
    approve_journal,
    change_journal,
    prepare_journal,
    read_journal_lines,
    send_back_journal,
    submit_journal,
)
from marketplace.core.errors import DomainError, WrongInput

_CSV = ["number", "date", "kind", "reason", "prepared_by", "approved_by", "state", "takes_back_on", "amount"]


class JournalFilter(forms.Form):
    """Which journals to show."""

    state = forms.ChoiceField(
        label="State",
        required=False,
        choices=[("", "All"), *[c for c in TwoPeople.State.choices if c[0] != "cancelled"]],
    )
    q = forms.CharField(label="Number or reason", required=False, max_length=100)


def _filtered(rows: QuerySet[ManualJournal], form: JournalFilter) -> QuerySet[ManualJournal]:
    if not form.is_valid():
        return rows
    if form.cleaned_data["state"]:
        rows = rows.filter(state=form.cleaned_data["state"])
    if text := form.cleaned_data["q"]:
        rows = rows.filter(reason__icontains=text) | rows.filter(number__iexact=text)
    return rows


@finance_page(section="finance-ledger")
def journals(request: FinanceRequest) -> HttpResponse:
    """Every manual journal, latest first, with the total of the whole filter."""
    form = JournalFilter(request.GET)
    found = _filtered(journals_for(request.actor), form)
    if wants_csv(request):
        return csv_response("journals", _CSV, (_csv_row(row) for row in found))
    context = {
        "form": form, "chosen": chosen(request, form), "page_obj": page_of(request, found),
        "total": found.aggregate(sum=Sum("pence", default=0))["sum"], "csv_url": csv_url(request),
    }  # fmt: skip
    return show(request, "journals.html", context)


def _csv_row(row: ManualJournal) -> list[object]:
    approved_by = row.approved_by.name if row.approved_by else ""
    return [
        row.number, row.on, row.get_kind_display(), row.reason, row.prepared_by.name, approved_by,
        row.get_state_display(), row.auto_reverse_on, pounds(row.pence),
    ]  # fmt: skip


@finance_page(READ_AND_WRITE, section="finance-ledger", to="prepare journals")
def new_journal(request: FinanceRequest) -> HttpResponse:
    """A new journal, kept as a draft or handed in at once."""
    return _edit(request, None, {"on": timezone.localdate(), "kind": ManualJournal.Kind.JOURNAL}, FIRST_ROWS)


@finance_page(READ_AND_WRITE, section="finance-ledger", to="change journals")
def change(request: FinanceRequest, number: str) -> HttpResponse:
    """A draft, or a journal that was sent back, changed by whoever prepared it."""
    found = journal_for(request.actor, number)
    return _edit(request, found, initial_of(found), max(FIRST_ROWS, found.lines.count()))


def _edit(request: FinanceRequest, found: ManualJournal | None, initial: dict[str, Any], least: int) -> HttpResponse:
    sent = posted(request)
    rows = rows_asked(sent, least)
    more = sent is not None and sent.get("do") == "more"
    problems: list[str] = []
    if sent is not None and sent.get("do") == "file":
        form, problems = _from_file(request, rows)
    elif sent is not None and more:  # shown again as it was typed, with more lines: nothing is judged yet
        form = JournalForm(rows=rows, initial=sent.dict())
    else:
        form = JournalForm(sent, rows=rows, initial=initial)
    if form.is_valid():
        try:
            kept = _keep(request, found, form)
        except DomainError as error:
            for sentence in error.detail or [error.message]:
                form.add_error(None, sentence)
        else:
            words = "waits for approval" if kept.state == TwoPeople.State.SUBMITTED else "is kept as a draft"
            messages.success(request, f"{kept.number}, {money(kept.pence)}, {words}.")
            return redirect(url("finance-journal", number=kept.number))
    context = {
        "form": form, "journal": found, "rows": len(form.rows), "errors": problems, "columns": COLUMNS,
        "back_url": url("finance-journal", number=found.number) if found else url("finance-journals"),
    }  # fmt: skip
    return show(request, "journal_form.html", context, status=400 if form.is_bound or problems else 200)


def _from_file(request: FinanceRequest, rows: int) -> tuple[JournalForm, list[str]]:
    """The form with the lines of the file that was chosen, in place of those typed: nothing is kept yet.

    Where the file is refused, the form as it was typed, and why.
    """
    sent, file = request.POST, request.FILES.get("file")
    try:
        if file is None:
            raise WrongInput("Choose the CSV file with the lines")
        lines = read_journal_lines(content=file.read(MOST_BYTES + 1), actor=request.actor)
    except DomainError as error:
        return JournalForm(rows=rows, initial=sent.dict()), said(error)
    head = {name: text for name, text in sent.dict().items() if not name.startswith("line_")}
    return JournalForm(rows=max(FIRST_ROWS, len(lines)), initial=head | initial_lines(lines)), []


def _keep(request: FinanceRequest, found: ManualJournal | None, form: JournalForm) -> ManualJournal:
    """What the form says, kept; handed in as well where its button says so."""
    values = {
        "kind": ManualJournal.Kind(form.cleaned_data["kind"]), "on": form.cleaned_data["on"],
        "reason": form.cleaned_data["reason"], "lines": form.lines(),
        "auto_reverse_on": form.cleaned_data["auto_reverse_on"], "today": timezone.localdate(),
        "actor": request.actor,
    }  # fmt: skip
    kept = change_journal(journal=found, **values) if found else prepare_journal(**values)
    return submit_journal(journal=kept, actor=request.actor) if request.POST.get("do") == "submit" else kept


@finance_page(READ_AND_WRITE, section="finance-ledger")
def journal(request: FinanceRequest, number: str) -> HttpResponse:
    """One journal: its lines, who prepared and approved it, its postings, and what may be done with it."""
    found = journal_for(request.actor, number)
    errors, status = [], 200
    if request.method == "POST":
        try:
            words = decided(
                request,
                {
                    "submit": lambda form: _submitted(request, found),
                    "approve": lambda form: _approved(request, found, form.cleaned_data["version"] or 0),
                    "send_back": lambda form: _sent_back(
                        request, found, form.cleaned_data["version"] or 0, form.cleaned_data["reason"]
                    ),
                },
            )
        except DomainError as error:
            errors, status = said(error), error.status
            found = journal_for(request.actor, number)
        else:
            messages.success(request, words)
            return redirect(url("finance-journal", number=number))
    lines = found.lines.select_related("debit_account", "credit_account", "stream", "fund").order_by("position")
    context = {
        "journal": found, "lines": list(lines), "errors": errors, **standing(request, found),
        "history": history_of(subject_kind="journal", subject=number), "back_url": url("finance-journals"),
    }  # fmt: skip
    return show(request, "journal.html", context, status=status)


def _submitted(request: FinanceRequest, found: ManualJournal) -> str:
    submit_journal(journal=found, actor=request.actor)
    return f"{found.number} waits for approval."


def _approved(request: FinanceRequest, found: ManualJournal, version: int) -> str:
    done = approve_journal(journal=found, version=version, actor=request.actor)
    return posted_words(done.number, done.pence, done.on, done.entry)


def _sent_back(request: FinanceRequest, found: ManualJournal, version: int, reason: str) -> str:
    send_back_journal(journal=found, version=version, reason=reason, actor=request.actor)
    return f"{found.number} was sent back to {found.prepared_by.name}."
