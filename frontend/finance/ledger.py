"""Journey 12: from the trial balance to an account, from it to an entry, and from there to what caused it."""

from typing import Any

from django import forms
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect
from django.utils import timezone

from frontend.fields import ShortDateField
from frontend.finance.access import READ_AND_WRITE, FinanceRequest, finance_page, show
from frontend.finance.customers import OnForm
from frontend.finance.financial_statements import NO_SOURCE_KEY, income_url
from frontend.finance.history import names_of, when, who
from frontend.finance.listing import csv_response, csv_url, page_of, pounds, wants_csv
from frontend.jinja import query, url
from invoicing.banking.models import BankMatch
from invoicing.closing.queries import is_redated
from invoicing.ledger.export_job import start_export
from invoicing.ledger.financial_statements import NO_SOURCE
from invoicing.ledger.models import IncomeStream, JournalEntry, LedgerAccount
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


class AccountForm(OnForm):
    """From when up to when, and of which source of income."""

    first = ShortDateField(label="From", required=False)
    source = forms.ChoiceField(
        label="Source of income",
        required=False,
        choices=[("", "All"), *IncomeStream.Source.choices, (NO_SOURCE_KEY, NO_SOURCE)],
    )
    field_order = ("first", "on", "source")

    def __init__(self, *args: Any, of_income: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["on"].label = "To"
        if not of_income:
            del self.fields["source"]

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if given.get("first") and given.get("on") and given["on"] < given["first"]:
            self.add_error("on", "To must be on or after From")
        return given


@finance_page(section="finance-ledger")
def account(request: FinanceRequest, code: str) -> HttpResponse:
    """The movements of an account up to a day with the running balance, latest first."""
    found = _account_for(request.actor, code)
    asked = {"on", "first", "source"} & request.GET.keys()
    form = AccountForm(
        _with_today(request.GET) if asked else None,
        initial={"on": timezone.localdate()},
        of_income=found.type == LedgerAccount.Type.INCOME,
    )
    given = form.cleaned_data if form.is_valid() else {}
    first, on, source = given.get("first"), given.get("on") or timezone.localdate(), given.get("source", "")
    lines = account_lines(code=code, on=on, source=None if not source else "" if source == NO_SOURCE_KEY else source)
    before = [line for line in lines if first and line.on < first]
    lines = lines[len(before) :]
    if wants_csv(request):
        rows = (
            [line.on, line.entry_id, line.kind, line.narrative, line.party, line.document_number, pounds(line.pence),
             pounds(line.balance)]
            for line in lines
        )  # fmt: skip
        return csv_response(f"account-{code}-{on.isoformat()}", _CSV, rows)
    brought = before[-1].balance if before else 0
    context = {
        "account": found, "form": form, "on": on, "page_obj": page_of(request, lines[::-1]), "first": first,
        "debit": sum(line.pence for line in lines if line.pence > 0),
        "credit": -sum(line.pence for line in lines if line.pence < 0),
        "brought": brought, "balance": lines[-1].balance if lines else brought, "csv_url": csv_url(request),
        "source": dict(form.fields["source"].choices)[source] if source else "",  # type: ignore[attr-defined]
        "back_url": (income_url(first, on) if first else "") or url("finance-ledger") + query(None, on=on.isoformat()),
    }  # fmt: skip
    return show(request, "account.html", context, status=400 if form.is_bound and form.errors else 200)


def _with_today(asked: QueryDict) -> QueryDict:
    """What was asked for, up to today where no day was given."""
    filled = asked.copy()
    filled.setdefault("on", timezone.localdate().isoformat())
    return filled


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
