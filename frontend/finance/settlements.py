"""One settlement with a supplier: its lines, our fee, and what its state allows; printed, its remittance advice."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from frontend.finance.access import READ_AND_WRITE, FinanceRequest, finance_page, posted, said, show
from frontend.finance.agency import TAGS
from frontend.finance.agency_forms import WithdrawForm
from frontend.finance.giving_back import PaidForm
from frontend.finance.history import history_of
from frontend.finance.listing import csv_response, csv_url, pounds, wants_csv
from frontend.formats import long_date, money
from frontend.jinja import url
from invoicing.agency.models import AgencySettlement, AgencySettlementLine
from invoicing.agency.queries import may_approve, may_withdraw, settlement_for
from invoicing.services import approve_settlement, pay_settlement, withdraw_settlement
from marketplace.core.actors import FINANCE
from marketplace.core.errors import DomainError, WrongInput

_CSV = ["settlement", "invoice", "issued", "customer_number", "customer", "collected", "our_fee_before_vat"]
State = AgencySettlement.State


@finance_page(READ_AND_WRITE, section="finance-invoicing")
def settlement(request: FinanceRequest, number: str) -> HttpResponse:
    """One settlement, and its approval, withdrawal or payment."""
    found = settlement_for(request.actor, number)
    lines = list(found.lines.select_related("document__customer").order_by("pk"))
    if wants_csv(request):
        return csv_response(f"remittance-{found.number}", _CSV, (_csv_row(found, line) for line in lines))
    do = request.POST.get("do", "")
    withdraw = WithdrawForm(posted(request) if do == "withdraw" else None)
    paid = PaidForm(posted(request) if do == "pay" else None, actor=request.actor, initial={"on": timezone.localdate()})
    forms_ok = {"approve": True, "withdraw": withdraw.is_valid(), "pay": paid.is_valid()}
    errors, status = [], 400 if request.method == "POST" else 200
    if request.method == "POST" and forms_ok.get(do, True):
        try:
            messages.success(request, _done(request, found, do, withdraw, paid))
            return redirect(url("finance-settlement", number=number))
        except DomainError as error:
            errors, status = said(error), error.status
            found = settlement_for(request.actor, number)
    context = {
        "settlement": found, "lines": lines, "errors": errors, "withdraw_form": withdraw, "paid_form": paid,
        "form": paid if do == "pay" else withdraw, "tag_of": TAGS, "csv_url": csv_url(request),
        "history": history_of(subject_kind="agency_settlement", subject=found.number),
        "back_url": url("finance-agency-supplier", number=found.supplier.number), **_standing(request, found),
    }  # fmt: skip
    return show(request, "settlement.html", context, status=status)


def _csv_row(found: AgencySettlement, line: AgencySettlementLine) -> list[object]:
    document = line.document
    return [
        found.number, document.number, document.issued_on, document.customer.number, document.buyer.get("name", ""),
        pounds(line.pence), pounds(line.fee_pence),
    ]  # fmt: skip


def _done(request: FinanceRequest, found: AgencySettlement, do: str, withdraw: WithdrawForm, paid: PaidForm) -> str:
    """Does what the button says, dated today; the sentence for the banner."""
    today = timezone.localdate()
    if do == "approve":
        done = approve_settlement(settlement=found, on=today, actor=request.actor)
        fee = f" Our fee is invoiced as {done.fee_invoice.number}." if done.fee_invoice else ""
        return f"{done.number} approved: pay {money(done.pence)} to {done.supplier.name}.{fee}"
    if do == "withdraw":
        withdraw_settlement(settlement=found, on=today, actor=request.actor, **withdraw.cleaned_data)
        return f"{found.number} withdrawn. Nothing was posted."
    if do != "pay":
        raise WrongInput("Choose what to do with it")
    account = paid.accounts[paid.cleaned_data["account"]]
    pay_settlement(
        settlement=found, bank_account=account.ledger_account, reference=paid.cleaned_data["reference"],
        on=paid.cleaned_data["on"], actor=request.actor,
    )  # fmt: skip
    return f"{found.number}: {money(found.pence)} to {found.supplier.name} recorded as paid."


def _standing(request: FinanceRequest, found: AgencySettlement) -> dict[str, Any]:
    """Who acts next, and which buttons are drawn."""
    return {
        "next_words": _next(request, found),
        "may_approve": may_approve(request.actor, found),
        "may_withdraw": may_withdraw(request.actor, found),
        "may_pay": found.state == State.APPROVED and request.actor.has(*FINANCE),
    }


def _next(request: FinanceRequest, found: AgencySettlement) -> str:
    by, decided_by = found.prepared_by.name, found.decided_by.name if found.decided_by else ""
    if found.state == State.PREPARED and request.actor.person_id == found.prepared_by_id:
        return "You prepared it, so a finance manager who is not you approves it. Nothing is posted yet."
    if found.state == State.PREPARED:
        return f"Prepared by {by}. A finance manager who did not prepare it approves it. Nothing is posted yet."
    if found.state == State.WITHDRAWN:
        return f"Withdrawn by {decided_by}: {found.reason}. Nothing was posted."
    if found.state == State.APPROVED:
        return f"Prepared by {by}, approved by {decided_by}. It is to be paid from the bank next."
    paid = long_date(found.paid_on) if found.paid_on else ""
    return f"Paid over on {paid}. Prepared by {by}, approved by {decided_by}."
