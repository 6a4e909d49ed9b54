"""The bank: accounts and whether they reconcile, statements with their lines, and the upload of a file."""

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.db.models import Count, Q, Sum
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from frontend.fields import PoundsField
from frontend.finance.access import READ_AND_WRITE, FinanceRequest, finance_page, posted, said, show
from frontend.finance.history import names_of, when, who
from frontend.finance.listing import csv_response, csv_url, page_of, pounds, wants_csv
from frontend.finance.settling import UndoForm
from frontend.formats import money
from frontend.jinja import url
from invoicing.banking.models import BankAccount, BankLine, BankMatch, BankStatement
from invoicing.banking.queries import (
    bank_account_for,
    bank_accounts_for,
    line_for,
    live_match,
    position_of,
    statements_for,
    unidentified_lines,
)
from invoicing.banking.rules import camt053
from invoicing.banking.rules.layouts import LABELS, WITHOUT_BALANCES
from invoicing.banking.services import Repeats, SameOrFurther, import_statement, undo_match
from marketplace.core.actors import Actor, Role
from marketplace.core.errors import DomainError, NotFound

_TO_MATCH = Count("lines", filter=Q(lines__state=BankLine.State.UNMATCHED))


@finance_page(section="finance-bank")
def bank(request: FinanceRequest) -> HttpResponse:
    """Each account as the bank and as the ledger have it, and every statement imported."""
    accounts = [(account, position_of(request.actor, account)) for account in bank_accounts_for(request.actor)]
    statements = statements_for(request.actor).annotate(to_match=_TO_MATCH)
    return show(request, "bank.html", {
        "accounts": accounts, "page_obj": page_of(request, statements),
        "may_add": request.actor.has(Role.FINANCE_MANAGER),
    })  # fmt: skip


_MOST_PENCE = 100_000_000_00


class UploadForm(forms.Form):
    """A bank's file as it was downloaded, and what a person knows that it does not say.

    ``closing`` is asked where the bank's files state no balance, ``repeats`` after a refusal that asks for it.
    """

    file = forms.FileField(label="Bank file", allow_empty_file=True)
    closing = PoundsField(
        label="Balance at the bank after the file's last line",
        help_text="This bank's file states no balance. With it, a missing line shows",
        required=False,
        least=-_MOST_PENCE,
        most=_MOST_PENCE,
    )
    repeats = forms.ChoiceField(
        label="Payments that may be here already",
        help_text="Choose the file again, then say",
        choices=[(Repeats.SAME, "They are the same: count them once"), (Repeats.FURTHER, "They are further payments")],
        widget=forms.RadioSelect,
        required=False,
    )

    def __init__(self, *args: Any, account: BankAccount, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        own = LABELS[account.layout]
        also = "" if account.layout == camt053.NAME else f", or {LABELS[camt053.NAME]}"
        self.fields["file"].help_text = f"As the bank gave it: {own}{also}"
        if account.layout not in WITHOUT_BALANCES:
            del self.fields["closing"]
        if "repeats" not in self.data:
            self.fields["repeats"].widget = forms.HiddenInput()

    def ask_about_repeats(self) -> None:
        """Shows the question that a refusal asks."""
        self.fields["repeats"].widget = forms.RadioSelect(choices=self.fields["repeats"].choices)  # type: ignore[attr-defined]

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > settings.UPLOAD_LIMIT_BYTES:
            limit = settings.UPLOAD_LIMIT_BYTES // 2**20
            raise forms.ValidationError(f"Bank file must be {limit} MB or smaller. Download fewer days at a time")
        return file


@finance_page(READ_AND_WRITE, section="finance-bank", to="import bank statements")
def upload(request: FinanceRequest, account: str) -> HttpResponse:
    """Imports a file whole or refuses it whole, and says what was in it."""
    found = bank_account_for(request.actor, account)
    sent = (request.POST, request.FILES) if request.method == "POST" else ()
    form = UploadForm(*sent, account=found)
    context: dict[str, Any] = {"account": found, "form": form, "back_url": url("finance-bank")}
    if not form.is_valid():
        return show(request, "bank_upload.html", context, status=400 if form.is_bound else 200)
    file, repeats = form.cleaned_data["file"], form.cleaned_data.get("repeats")
    try:
        report = import_statement(
            account=found, data=file.read(), file_name=file.name or "", confirm_at=None, actor=request.actor,
            closing_pence=form.cleaned_data.get("closing"), repeats=Repeats(repeats) if repeats else None,
            today=timezone.localdate(),
        )  # fmt: skip
    except DomainError as error:
        if isinstance(error, SameOrFurther):
            form.ask_about_repeats()
        for sentence in said(error):
            form.add_error("file", sentence)
        return show(request, "bank_upload.html", context, status=400)
    return show(request, "bank_imported.html", {**context, "form": None, "report": report, "file_name": file.name})


def _statement_for(actor: Actor, account: str, pk: int) -> BankStatement:
    found = statements_for(actor).filter(account_id=account, pk=pk).first()
    if found is None:
        raise NotFound("There is no such statement.")
    return found


_CSV = ["date", "kind", "description", "in_or_out", "balance", "state", "how_explained"]


@finance_page(section="finance-bank")
def statement(request: FinanceRequest, account: str, pk: int) -> HttpResponse:
    """All lines that a file brought, each with its state and how it was explained."""
    found = _statement_for(request.actor, account, pk)
    lines = found.lines.order_by("position")
    if wants_csv(request):
        matches = _matches(lines)
        return csv_response(f"statement-{found.account_id}-{found.last_on.isoformat()}", _CSV, (
            [line.on, line.kind, line.description, pounds(line.pence), pounds(line.balance_pence),
             line.get_state_display(), _explained(matches.get(line.pk))]
            for line in lines
        ))  # fmt: skip
    page = page_of(request, lines)
    matches = _matches(page.object_list)
    sums = lines.aggregate(
        money_in=Sum("pence", filter=Q(pence__gt=0), default=0), to_match=Count("pk", filter=Q(state="unmatched"))
    )
    context = {
        "statement": found, "page_obj": page, "rows": [(line, matches.get(line.pk)) for line in page],
        "money_in": sums["money_in"], "to_match": sums["to_match"], "csv_url": csv_url(request),
        "imported_by": who(found.imported_by_person_id, "", names_of([found.imported_by_person_id])),
        "imported_at": when(found.imported_at), "back_url": url("finance-bank"),
    }  # fmt: skip
    return show(request, "bank_statement.html", context)


def _matches(lines: Any) -> dict[int, BankMatch]:
    live = BankMatch.objects.filter(line__in=[line.pk for line in lines], state=BankMatch.State.CONFIRMED)
    return {match.line_id: match for match in live.select_related("receipt__organisation")}


def _explained(match: BankMatch | None) -> str:
    if match is None:
        return ""
    return f"{match.receipt.organisation.name}: {match.reason}" if match.receipt else match.reason


@finance_page(section="finance-bank")
def unidentified(request: FinanceRequest) -> HttpResponse:
    """Money that came in from somebody not known yet, oldest first."""
    lines = unidentified_lines(request.actor)
    total = lines.aggregate(sum=Sum("pence", default=0))["sum"]
    context = {"page_obj": page_of(request, lines), "total": total, "today": timezone.localdate()}
    return show(request, "bank_unidentified.html", context)


@finance_page(READ_AND_WRITE, section="finance-bank", to="undo matches")
def undo(request: FinanceRequest, pk: int) -> HttpResponse:
    """Says what undoing a line's match does, then does it."""
    line = line_for(request.actor, pk)
    match = live_match(line)
    form = UndoForm(posted(request))
    back = url("finance-bank-statement", account=line.account_id, pk=line.statement_id)
    reopened = settled_by(match)
    if form.is_valid():
        try:
            undo_match(line=line, reason=form.cleaned_data["reason"], actor=request.actor)
        except DomainError as error:
            form.add_error(None, " ".join(said(error)))
        else:
            messages.success(request, undone_words(reopened))
            return redirect(back)
    context = {"line": line, "match": match, "reopened": reopened, "form": form, "back_url": back}
    return show(request, "bank_undo.html", context, status=400 if form.is_bound else 200)


def settled_by(match: BankMatch | None) -> list[tuple[str, int]]:
    """What a match paid: (number, pence) of each document, credit notes set off beside it included."""
    if match is None or match.receipt is None:
        return []
    own = match.receipt.allocations.filter(undone_on__isnull=True).values_list("item__document__number", "pence")
    beside = match.set_off.filter(undone_on__isnull=True).values_list("item__document__number", "pence")
    paid: dict[str, int] = {}
    for number, pence in [*own, *beside]:
        paid[number or ""] = paid.get(number or "", 0) + pence
    return sorted(paid.items())


def undone_words(reopened: list[tuple[str, int]]) -> str:
    """ "Match undone. INV-001204 is open again for £1,350.00." """
    if not reopened:
        return "Match undone. The line waits again."
    if len(reopened) > 3:
        total = money(sum(pence for _, pence in reopened))
        return f"Match undone. {len(reopened)} invoices are open again for {total} in all."
    said = "; ".join(f"{number} is open again for {money(pence)}" for number, pence in reopened)
    return f"Match undone. {said}."
