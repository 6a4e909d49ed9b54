"""Overhead purchases: the list, a new one, and one with its lines, its approval and its payments."""

from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import QuerySet, Sum
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from frontend.finance.access import READ_AND_WRITE, FinanceRequest, finance_page, posted, said, show
from frontend.finance.history import history_of
from frontend.finance.journal_forms import rows_asked
from frontend.finance.listing import chosen, csv_response, csv_url, page_of, pounds, wants_csv
from frontend.finance.purchase_forms import FIRST_ROWS, PayForm, PurchaseForm, initial_of
from frontend.finance.two_people import DecideForm, decided, posted_words, standing
from frontend.formats import money
from frontend.jinja import url
from invoicing.banking.queries import bank_accounts_for
from invoicing.journals.models import Purchase, PurchasePayment
from invoicing.journals.models.two_people import TwoPeople
from invoicing.journals.queries import purchase_for, purchases_for
from invoicing.ledger.models import LedgerAccount
from invoicing.services import (
    approve_purchase,
    cancel_purchase,
    change_purchase,
    pay_purchase,
    prepare_purchase,
    send_back_purchase,
    undo_purchase_payment,
)
from marketplace.core.actors import FINANCE, Role
from marketplace.core.errors import DomainError, NotFound

_CSV = ["number", "supplier", "supplier_number", "date", "due", "state", "net", "vat", "gross", "outstanding"]
_SHOW = [("", "All"), ("submitted", "To approve"), ("unpaid", "To pay"), ("sent_back", "Sent back"), ("paid", "Paid")]


class PurchaseFilter(forms.Form):
    """Which purchases to show."""

    show = forms.ChoiceField(label="Show", required=False, choices=_SHOW)
    q = forms.CharField(label="Supplier or number", required=False, max_length=100)


def _filtered(rows: QuerySet[Purchase], form: PurchaseFilter) -> QuerySet[Purchase]:
    if not form.is_valid():
        return rows
    wanted, text = form.cleaned_data["show"], form.cleaned_data["q"]
    if wanted == "unpaid":
        rows = rows.filter(outstanding_pence__gt=0)
    elif wanted == "paid":
        rows = rows.filter(state=TwoPeople.State.APPROVED, outstanding_pence=0)
    elif wanted:
        rows = rows.filter(state=wanted)
    if text:
        named = rows.filter(supplier__name__icontains=text)
        rows = named | rows.filter(number__iexact=text) | rows.filter(supplier_number__iexact=text)
    return rows


def state_of(row: Purchase) -> str:
    """The word of the tag: what is approved is open, part paid or paid."""
    if row.state != TwoPeople.State.APPROVED:
        return row.state
    if not row.outstanding_pence:
        return "paid"
    return "part paid" if row.outstanding_pence < row.gross_pence else "approved"


@finance_page(section="finance-ledger")
def purchases(request: FinanceRequest) -> HttpResponse:
    """Every supplier's invoice for overheads, latest first, with the totals of the whole filter."""
    form = PurchaseFilter(request.GET)
    found = _filtered(purchases_for(request.actor), form)
    if wants_csv(request):
        return csv_response("purchases", _CSV, (_csv_row(row) for row in found))
    page = page_of(request, found)
    context = {
        "form": form, "chosen": chosen(request, form), "page_obj": page,
        "rows": [(row, state_of(row)) for row in page], "csv_url": csv_url(request),
        "sums": found.aggregate(gross=Sum("gross_pence", default=0), owed=Sum("outstanding_pence", default=0)),
    }  # fmt: skip
    return show(request, "purchases.html", context)


def _csv_row(row: Purchase) -> list[object]:
    return [
        row.number, row.supplier.name, row.supplier_number, row.dated_on, row.due_on, state_of(row),
        pounds(row.net_pence), pounds(row.vat_pence), pounds(row.gross_pence), pounds(row.outstanding_pence),
    ]  # fmt: skip


@finance_page(READ_AND_WRITE, section="finance-ledger", to="enter purchases")
def new_purchase(request: FinanceRequest) -> HttpResponse:
    """A supplier's invoice, handed in for approval as it is entered."""
    return _edit(request, None, FIRST_ROWS)


@finance_page(READ_AND_WRITE, section="finance-ledger", to="change purchases")
def change(request: FinanceRequest, number: str) -> HttpResponse:
    """A purchase that was sent back, changed by whoever entered it and handed in again."""
    found = purchase_for(request.actor, number)
    return _edit(request, found, max(FIRST_ROWS, found.lines.count()))


def _edit(request: FinanceRequest, found: Purchase | None, least: int) -> HttpResponse:
    sent, initial = posted(request), initial_of(found) if found else {}
    rows = rows_asked(sent, least)
    if sent is not None and sent.get("do") == "more":
        form = PurchaseForm(rows=rows, known=found, initial=sent.dict())
    else:
        form = PurchaseForm(sent, rows=rows, known=found, initial=initial)
    if form.is_valid():
        try:
            kept = _keep(request, found, form)
        except DomainError as error:
            for sentence in error.detail or [error.message]:
                form.add_error(None, sentence)
        else:
            messages.success(request, f"{kept.number}, {money(kept.gross_pence)}, waits for approval.")
            return redirect(url("finance-purchase", number=kept.number))
    back = url("finance-purchase", number=found.number) if found else url("finance-purchases")
    context = {"form": form, "purchase": found, "rows": rows, "back_url": back}
    return show(request, "purchase_form.html", context, status=400 if form.is_bound else 200)


def _keep(request: FinanceRequest, found: Purchase | None, form: PurchaseForm) -> Purchase:
    given = form.cleaned_data
    values = {
        "supplier_number": given["supplier_number"], "dated_on": given["dated_on"], "due_on": given["due_on"],
        "lines": form.lines(), "today": timezone.localdate(), "actor": request.actor,
    }  # fmt: skip
    if found:
        return change_purchase(purchase=found, **values)
    return prepare_purchase(supplier=given["supplier"], **values)


@finance_page(READ_AND_WRITE, section="finance-ledger")
def purchase(request: FinanceRequest, number: str) -> HttpResponse:
    """One purchase: its lines with the VAT that comes back, who prepared and approved it, and what was paid."""
    found = purchase_for(request.actor, number)
    accounts = [one.ledger_account for one in bank_accounts_for(request.actor).select_related("ledger_account")]
    paying = request.method == "POST" and request.POST.get("do") == "pay"
    initial = {"pence": found.outstanding_pence, "paid_on": timezone.localdate()}
    form = PayForm(request.POST if paying else None, accounts=accounts, initial=initial)
    errors, status = [], 200
    if request.method == "POST" and (not paying or form.is_valid()):
        try:
            words = decided(request, _verbs(request, found, form, accounts))
        except DomainError as error:
            errors, status = said(error), error.status
            found = purchase_for(request.actor, number)
        else:
            messages.success(request, words)
            return redirect(url("finance-purchase", number=number))
    elif paying:
        status = 400
    return show(request, "purchase.html", _context(request, found, form, errors), status=status)


def _context(request: FinanceRequest, found: Purchase, form: PayForm, errors: list[str]) -> dict[str, Any]:
    approved = found.state == TwoPeople.State.APPROVED
    unpaid = approved and found.outstanding_pence == found.gross_pence and not found.opening
    return {
        "purchase": found, "state": state_of(found), "form": form, "errors": errors, **standing(request, found),
        "lines": list(found.lines.select_related("account", "fund").order_by("position")),
        "payments": list(found.payments.order_by("pk")),
        "may_pay": approved and found.outstanding_pence > 0 and request.actor.has(*FINANCE),
        "may_cancel": unpaid and request.actor.has(Role.FINANCE_MANAGER),
        "history": history_of(subject_kind="purchase", subject=found.number),
        "back_url": url("finance-purchases"),
    }  # fmt: skip


def _verbs(request: FinanceRequest, found: Purchase, form: PayForm, accounts: list[LedgerAccount]) -> dict[str, Any]:
    actor, today = request.actor, timezone.localdate()

    def approve(decide: DecideForm) -> str:
        done = approve_purchase(purchase=found, version=decide.cleaned_data["version"] or 0, actor=actor)
        return posted_words(done.number, done.gross_pence, done.dated_on, done.entry)

    def send_back(decide: DecideForm) -> str:
        reason, version = decide.cleaned_data["reason"], decide.cleaned_data["version"] or 0
        send_back_purchase(purchase=found, reason=reason, version=version, actor=actor)
        return f"{found.number} was sent back to {found.prepared_by.name}."

    def cancel(decide: DecideForm) -> str:
        cancel_purchase(purchase=found, reason=decide.cleaned_data["reason"], on=today, actor=actor)
        return f"{found.number} was cancelled and its posting reversed."

    def pay(decide: DecideForm) -> str:
        given = form.cleaned_data
        bank = next(account for account in accounts if account.pk == given["account"])
        pay_purchase(
            purchase=found, pence=given["pence"], paid_on=given["paid_on"], reference=given["reference"],
            bank_account=bank, actor=actor,
        )  # fmt: skip
        return f"{money(given['pence'])} of {found.number} recorded as paid."

    return {"approve": approve, "send_back": send_back, "cancel": cancel, "pay": pay}


@finance_page(READ_AND_WRITE, section="finance-ledger", to="undo payments")
def undo_payment(request: FinanceRequest, number: str, pk: int) -> HttpResponse:
    """Says what undoing a payment does, then does it."""
    found = purchase_for(request.actor, number)
    payment = PurchasePayment.objects.filter(purchase=found, pk=pk).first()
    if payment is None:
        raise NotFound("There is no such payment.")
    form = DecideForm(posted(request))
    back, errors = url("finance-purchase", number=number), []
    if form.is_valid():
        try:
            undo_purchase_payment(
                payment=payment, on=timezone.localdate(), reason=form.cleaned_data["reason"], actor=request.actor
            )
        except DomainError as error:
            errors = said(error)
        else:
            messages.success(request, f"Undone. {money(payment.pence)} of {number} is owed again.")
            return redirect(back)
    context = {"purchase": found, "payment": payment, "form": form, "errors": errors, "back_url": back}
    return show(request, "purchase_undo.html", context, status=400 if form.is_bound else 200)
