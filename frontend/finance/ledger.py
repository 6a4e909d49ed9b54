"""Journey 12: from the trial balance to an account, from it to an entry, and from there to what caused it."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from frontend.finance.access import READ_AND_WRITE, FinanceRequest, finance_page, show
from frontend.finance.customers import OnForm
from frontend.finance.history import names_of, when, who
from frontend.finance.listing import csv_response, csv_url, page_of, pounds, wants_csv
from frontend.jinja import query, url
from invoicing.banking.models import BankMatch
from invoicing.closing.queries import is_redated
from invoicing.ledger.export_job import start_export
from invoicing.ledger.models import JournalEntry, LedgerAccount
from invoicing.ledger.reports import account_lines, trial_balance
from invoicing.payables.models import PayableMove
from invoicing.queries import require_finance_reader
from invoicing.receivables.models import Allocation, UnallocatedItem
from marketplace.core.actors import Actor
from marketplace.core.errors import NotFound
from marketplace.core.jobs import JobAlreadyRuns


def _on(request: FinanceRequest) -> OnForm:
    return OnForm(request.GET if "on" in request.GET else None, initial={"on": timezone.localdate()})


@finance_page(READ_AND_WRITE, section="finance-ledger")
def ledger(request: FinanceRequest) -> HttpResponse:
    """The trial balance at the end of a day; each account opens. Its button exports the whole ledger by a job."""
    if request.method == "POST":
        return _export(request)
    form = _on(request)
    on = form.cleaned_data["on"] if form.is_valid() else timezone.localdate()
    balances = trial_balance(on=on)
    if wants_csv(request):
        rows = ([b.code, b.name, pounds(b.debit), pounds(b.credit)] for b in balances)
        return csv_response(f"trial-balance-{on.isoformat()}", ["code", "name", "debit", "credit"], rows)
    context = {
        "form": form, "on": on, "balances": balances, "csv_url": csv_url(request),
        "debit": sum(balance.debit for balance in balances), "credit": sum(balance.credit for balance in balances),
    }  # fmt: skip
    return show(request, "ledger.html", context, status=400 if form.is_bound and form.errors else 200)


def _export(request: FinanceRequest) -> HttpResponse:
    """Starts the export of the whole ledger, or leads to the one that runs."""
    try:
        number = str(start_export(actor=request.actor).number)
    except JobAlreadyRuns as error:
        number = error.facts["number"]
    return redirect("job", number=number)


def _account_for(actor: Actor, code: str) -> LedgerAccount:
    require_finance_reader(actor)
    found = LedgerAccount.objects.filter(pk=code).first()
    if found is None:
        raise NotFound(f"There is no ledger account {code}.")
    return found


@finance_page(section="finance-ledger")
def account(request: FinanceRequest, code: str) -> HttpResponse:
    """Every movement of an account up to a day with its running balance, latest first."""
    found = _account_for(request.actor, code)
    form = _on(request)
    on = form.cleaned_data["on"] if form.is_valid() else timezone.localdate()
    lines = account_lines(code=code, on=on)
    if wants_csv(request):
        rows = (
            [line.on, line.entry_id, line.kind, line.narrative, line.party, line.document_number, pounds(line.pence),
             pounds(line.balance)]
            for line in lines
        )  # fmt: skip
        return csv_response(f"account-{code}-{on.isoformat()}", _CSV, rows)
    context = {
        "account": found, "form": form, "on": on, "page_obj": page_of(request, lines[::-1]),
        "debit": sum(line.pence for line in lines if line.pence > 0),
        "credit": -sum(line.pence for line in lines if line.pence < 0),
        "balance": lines[-1].balance if lines else 0, "csv_url": csv_url(request),
        "back_url": url("finance-ledger") + query(None, on=on.isoformat()),
    }  # fmt: skip
    return show(request, "account.html", context, status=400 if form.is_bound and form.errors else 200)


_CSV = ["date", "entry", "kind", "narrative", "party", "document", "debit_less_credit", "balance"]


def _entry_for(actor: Actor, pk: int) -> JournalEntry:
    require_finance_reader(actor)
    entries = JournalEntry.objects.select_related("document", "reverses", "reversed_by")
    found = entries.filter(pk=pk).first()
    if found is None:
        raise NotFound(f"There is no ledger entry {pk}.")
    return found


@finance_page(section="finance-ledger")
def entry(request: FinanceRequest, pk: int) -> HttpResponse:
    """One posting: its legs, why, who and when, and the way to what caused it."""
    found = _entry_for(request.actor, pk)
    movements = list(
        found.movements.select_related(
            "debit_account", "credit_account", "debit_party", "credit_party", "stream", "fund"
        ).order_by("pk")
    )
    context = {
        "entry": found,
        "movements": movements,
        "total": sum(movement.pence for movement in movements),
        "by": who(found.actor_person_id, found.actor_label, names_of([found.actor_person_id])),
        "at": when(found.written_at),
        "causes": _causes(found),
        "redated": is_redated(found),
        "reversed_by": getattr(found, "reversed_by", None),
        "back_url": url("finance-ledger"),
    }
    return show(request, "entry.html", context)


def _causes(found: JournalEntry) -> list[dict[str, Any]]:
    """What the entry was posted for, each with its page."""
    document = getattr(found, "document", None)
    causes = []
    if document:
        kind = document.get_kind_display()
        causes.append({"text": f"{kind} {document.number}", "href": url("finance-invoice", number=document.number)})
    source = UnallocatedItem.objects.filter(entry=found, document=None).select_related("organisation").first()
    if source:
        customer = source.organisation
        causes.append({"text": f"Account of {customer.name}", "href": url("finance-customer", number=customer.number)})
    match = _match_of(found, source)
    if match:
        where = url("finance-bank-statement", account=match.line.account_id, pk=match.line.statement_id)
        causes.append({"text": f"Bank line {match.line.position}: {match.line.description}", "href": where})
    allocation = Allocation.objects.filter(entry=found).select_related("item__document").first()
    if allocation:
        number = allocation.item.document.number
        causes.append({"text": f"Settles {number}", "href": url("finance-invoice", number=number)})
    owed = PayableMove.objects.filter(entry=found).select_related("payable").first()
    if owed:
        causes.append({"text": owed.payable.description, "href": url("finance-payable", pk=owed.payable_id)})
    return causes


def _match_of(found: JournalEntry, source: UnallocatedItem | None) -> BankMatch | None:
    matches = BankMatch.objects.select_related("line")
    if source:
        return matches.filter(receipt=source).first()
    return matches.filter(entry=found).first()
