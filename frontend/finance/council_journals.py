"""Council journals: the list, a new one with its preview, and one with its lines, to send, confirm and receive."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import F, Sum
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from frontend.finance.access import READ_AND_WRITE, FinanceRequest, finance_page, posted, said, show
from frontend.finance.council_journal_forms import (
    ChooseForm,
    ConfirmForm,
    CouncilJournalFilter,
    ReceivedForm,
    SentForm,
    UndoForm,
    WithdrawForm,
)
from frontend.finance.history import history_of
from frontend.finance.listing import chosen, csv_response, csv_url, page_of, pounds, wants_csv
from frontend.formats import money, plural
from frontend.jinja import url
from invoicing.banking.queries import bank_accounts_for
from invoicing.council_journals.models import CouncilJournal, CouncilJournalReceipt
from invoicing.council_journals.queries import (
    FILE_HEADER,
    council_journal_for,
    council_journals_for,
    file_lines,
    journal_authorities,
)
from invoicing.council_journals.services.proposing import CouncilProposal
from invoicing.services import (
    confirm_council_journal,
    prepare_council_journal,
    propose_council_journal,
    record_council_receipt,
    send_council_journal,
    undo_council_receipt,
    withdraw_council_journal,
)
from marketplace.core.actors import FINANCE
from marketplace.core.errors import DomainError, NotFound, WrongInput

State = CouncilJournal.State
_CSV = ["number", "council", "prepared", "state", "net", "vat", "gross", "confirmed", "reference", "received", "left"]


def state_of_journal(row: CouncilJournal) -> str:
    """The word of the tag: one that is confirmed is received once nothing of it is left to come."""
    if row.state == State.SENT:
        return "with council"
    return "received" if row.state == State.CONFIRMED and not row.left_pence else row.state


@finance_page(section="finance-customers")
def journals(request: FinanceRequest) -> HttpResponse:
    """Every council journal, latest first, with the totals of the whole filter."""
    form = CouncilJournalFilter(request.GET)
    found = council_journals_for(request.actor)
    if form.is_valid() and form.cleaned_data["state"]:
        found = found.filter(state=form.cleaned_data["state"])
    if wants_csv(request):
        return csv_response("council-journals", _CSV, (_csv_row(row) for row in found))
    page = page_of(request, found)
    context = {
        "form": form, "chosen": chosen(request, form), "page_obj": page, "csv_url": csv_url(request),
        "rows": [(row, state_of_journal(row)) for row in page],
        "sums": found.aggregate(
            gross=Sum("gross_pence", default=0), left=Sum(F("confirmed_pence") - F("received_pence"), default=0)
        ),
    }  # fmt: skip
    return show(request, "council_journals.html", context)


def _csv_row(row: CouncilJournal) -> list[object]:
    return [
        row.number, row.authority.name, row.prepared_on, state_of_journal(row), pounds(row.net_pence),
        pounds(row.vat_pence), pounds(row.gross_pence), pounds(row.confirmed_pence), row.council_reference,
        pounds(row.received_pence), pounds(row.left_pence),
    ]  # fmt: skip


def file_response(journal: CouncilJournal) -> HttpResponse:
    """The file for the council: a row for each cost centre and CFR code of an invoice."""
    rows = (
        [
            journal.number, one.customer, one.school, one.establishment, one.cost_centre, one.cfr_code, one.invoice,
            pounds(one.net_pence), pounds(one.vat_pence), pounds(one.gross_pence), pounds(one.settled_pence),
        ]
        for one in file_lines(journal)
    )  # fmt: skip
    return csv_response(journal.number, FILE_HEADER, rows)


@finance_page(READ_AND_WRITE, section="finance-customers", to="prepare council journals")
def new(request: FinanceRequest) -> HttpResponse:
    """A council and a day; then what would go on the journal, and what is held and why; then the journal itself."""
    councils = list(journal_authorities())
    sent = posted(request)
    given = sent or (request.GET if "on" in request.GET else None)
    usual = {"on": timezone.localdate(), "council": councils[0].number if len(councils) == 1 else None}
    form = ChooseForm(given, councils=councils, initial=usual)
    if given is None or not form.is_valid():
        context = {"form": form, "councils": councils, "back_url": url("finance-council-journals")}
        return show(request, "council_journal_choose.html", context, status=400 if form.is_bound else 200)
    council, on = form.councils[form.cleaned_data["council"]], form.cleaned_data["on"]
    errors, status = [], 200
    if sent is not None:
        try:
            made = prepare_council_journal(
                authority=council, on=on, expected_pence=_expected(sent.get("expected", "")), actor=request.actor
            )
        except DomainError as error:
            errors, status = said(error), error.status
        else:
            messages.success(request, f"{made.number} prepared, {money(made.gross_pence)}. Send its file next.")
            return redirect(url("finance-council-journal", number=made.number))
    found = propose_council_journal(authority=council, on=on, actor=request.actor)
    context = {
        "proposal": found, "errors": errors, "page_obj": page_of(request, found.items),
        "schools_text": plural(found.schools, "school"), "prepare_text": _prepare_words(found),
        "back_url": url("finance-council-journal-new"),
    }  # fmt: skip
    return show(request, "council_journal_preview.html", context, status=status)


def _expected(text: str) -> int:
    if not text.isascii() or not text.isdigit() or len(text) > 15:
        raise WrongInput("Nothing was made. Look at what is ready and press the button once more.")
    return int(text)


def _prepare_words(found: CouncilProposal) -> str:
    """ "Prepare journal of 31 schools, £84,310.40" """
    return f"Prepare journal of {plural(found.schools, 'school')}, {money(found.gross_pence)}"


def _forms(
    request: FinanceRequest, found: CouncilJournal
) -> dict[str, tuple[forms.Form, Callable[[dict[str, Any]], str]]]:
    """What may be done with the journal now: the form, and what it does, by the word of its button."""
    actor, today, do = request.actor, timezone.localdate(), request.POST.get("do", "")
    accounts = [one.ledger_account for one in bank_accounts_for(actor)]

    def form(kind: type[forms.Form], name: str, **more: Any) -> forms.Form:
        return kind(request.POST if do == name else None, **more)

    def send(given: dict[str, Any]) -> str:
        send_council_journal(journal=found, on=given["sent_on"], actor=actor)
        return f"{found.number} recorded as sent. The council confirms it next."

    def confirm(given: dict[str, Any]) -> str:
        done = confirm_council_journal(
            journal=found, reference=given["reference"], on=given["confirmed_on"], actor=actor
        )
        return confirmed_words(done)

    def withdraw(given: dict[str, Any]) -> str:
        withdraw_council_journal(journal=found, reason=given["reason"], on=today, actor=actor)
        return f"{found.number} was withdrawn. Its invoices go on the next journal."

    def receive(given: dict[str, Any]) -> str:
        account = next(one for one in accounts if one.pk == given["account"])
        record_council_receipt(
            journal=found, pence=given["pence"], received_on=given["received_on"], reference=given["reference"],
            bank_account=account, actor=actor,
        )  # fmt: skip
        return f"{money(given['pence'])} of {found.number} recorded as received."

    withdrawn = (form(WithdrawForm, "withdraw"), withdraw)
    if found.state == State.DRAFT:
        return {"send": (form(SentForm, "send", initial={"sent_on": today}), send), "withdraw": withdrawn}
    if found.state == State.SENT:
        asked = form(ConfirmForm, "confirm", initial={"confirmed_on": today})
        return {"confirm": (asked, confirm), "withdraw": withdrawn}
    if found.state == State.CONFIRMED and found.left_pence:
        initial = {"pence": found.left_pence, "received_on": today}
        return {"receive": (form(ReceivedForm, "receive", accounts=accounts, initial=initial), receive)}
    return {}


def confirmed_words(done: CouncilJournal) -> str:
    """What a confirmation did, with what dropped out."""
    words = f"{done.number} confirmed: {money(done.confirmed_pence or 0)} settled."
    dropped = f" {money(done.dropped_pence)} was paid or credited before and dropped out." if done.dropped_pence else ""
    return words + dropped


@finance_page(READ_AND_WRITE, section="finance-customers")
def journal(request: FinanceRequest, number: str) -> HttpResponse:
    """One journal: its lines, its file, who acts next, and what was received."""
    found = council_journal_for(request.actor, number)
    if wants_csv(request):
        return file_response(found)
    may = _forms(request, found) if request.actor.has(*FINANCE) else {}
    errors, status = [], 200
    if request.method == "POST":
        form, verb = may.get(request.POST.get("do", ""), (None, None))
        if form is None or verb is None:
            errors, status = ["Choose what to do with it, as it stands now"], 400
        elif not form.is_valid():
            status = 400
        else:
            try:
                words = verb(form.cleaned_data)
            except DomainError as error:
                errors, status = said(error), error.status
            else:
                messages.success(request, words)
                return redirect(url("finance-council-journal", number=number))
    return show(request, "council_journal.html", _context(request, found, may, errors), status=status)


def _context(request: FinanceRequest, found: CouncilJournal, may: dict[str, Any], errors: list[str]) -> dict[str, Any]:
    asked = {name: form for name, (form, _) in may.items()}
    bound = [form for form in asked.values() if form.is_bound]
    return {
        "journal": found, "state": state_of_journal(found), "errors": errors, "may": asked, "forms": bound,
        "page_obj": page_of(request, list(file_lines(found))), "csv_url": csv_url(request),
        "schools": found.items.values("item__organisation_id").distinct().count(),
        "receipts": list(found.receipts.select_related("bank_account").order_by("pk")),
        "next_words": next_words(found),
        "history": history_of(subject_kind="council_journal", subject=found.number),
        "back_url": url("finance-council-journals"),
    }  # fmt: skip


def next_words(found: CouncilJournal) -> str:
    """Who acts next, in a sentence."""
    council = found.authority.name
    if found.state == State.DRAFT:
        return f"Download the file, send it to {council}, then record it as sent. Nothing is posted yet."
    if found.state == State.SENT:
        return f"{council} posts it in its ledger and confirms it here, or tells you its reference."
    if found.state == State.WITHDRAWN:
        return f"Withdrawn: {found.withdrawn_reason}"
    if found.left_pence:
        return f"{council} has confirmed it and pays {money(found.left_pence)} over next."
    return f"{council} has confirmed it and paid it over."


@finance_page(READ_AND_WRITE, section="finance-customers", to="undo what was recorded as received")
def undo(request: FinanceRequest, number: str, pk: int) -> HttpResponse:
    """Says what undoing a record of money received does, then does it."""
    found = council_journal_for(request.actor, number)
    receipt = CouncilJournalReceipt.objects.filter(journal=found, pk=pk).first()
    if receipt is None:
        raise NotFound("There is no such receipt.")
    form = UndoForm(posted(request))
    back, errors = url("finance-council-journal", number=number), []
    if form.is_valid():
        try:
            undo_council_receipt(
                receipt=receipt, reason=form.cleaned_data["reason"], on=timezone.localdate(), actor=request.actor
            )
        except DomainError as error:
            errors = said(error)
        else:
            messages.success(request, f"Undone. {money(receipt.pence)} of {number} is still to come.")
            return redirect(back)
    context = {"journal": found, "receipt": receipt, "form": form, "errors": errors, "back_url": back}
    return show(request, "council_journal_undo.html", context, status=400 if form.is_bound else 200)
