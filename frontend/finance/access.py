"""Who meets the finance pages: finance reads and writes, the auditor reads, nobody else is told that they exist."""

from collections.abc import Callable, Sequence
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from frontend.finance.words import rate_name, vat_label
from frontend.jinja import url
from invoicing.queries import require_finance_reader
from marketplace.core.actors import FINANCE, Actor, Role
from marketplace.core.errors import DomainError

READ = ("GET", "HEAD")
READ_AND_WRITE = ("GET", "HEAD", "POST")
View = Callable[..., HttpResponse]

# The pages of each entry of the main navigation, as a second row of links.
SECTIONS: dict[str, list[tuple[str, str]]] = {
    "finance-invoicing": [
        ("Items to invoice", "finance-invoicing"),
        ("Held", "finance-held"),
        ("Invoice batch", "finance-invoice-batches"),
        ("Invoices and credit notes", "finance-invoices"),
        ("Credits due", "finance-credits-due"),
        ("Payment requests", "finance-payment-requests"),
        ("To approve", "finance-to-approve"),
        ("Sold for others", "finance-agency"),
        ("Consultants", "finance-margins"),
    ],
    "finance-customers": [
        ("Customers", "finance-customers"),
        ("Agreements", "finance-agreements"),
        ("Aged debtors", "finance-aged-debtors"),
        ("Queries", "finance-queries"),
        ("Payment reminders", "finance-reminders"),
        ("Council journals", "finance-council-journals"),
    ],
    "finance-aged-debtors": [
        ("Customers", "finance-customers"),
        ("Agreements", "finance-agreements"),
        ("Aged debtors", "finance-aged-debtors"),
        ("Queries", "finance-queries"),
        ("Payment reminders", "finance-reminders"),
        ("Council journals", "finance-council-journals"),
    ],
    "finance-bank": [
        ("Accounts and statements", "finance-bank"),
        ("Unidentified receipts", "finance-bank-unidentified"),
        ("Refunds to pay", "finance-refunds"),
    ],
    "finance-payment-batches": [
        ("Payment batches", "finance-payment-batches"),
        ("Due to providers", "finance-payables"),
        ("Outcome statements", "finance-outcome-statements"),
        ("Outcome contracts", "organise-outcome-contracts"),
        ("Providers' invoices", "finance-provider-invoices"),
        ("Self-billing", "finance-self-billing"),
        ("Held payments", "finance-payment-holds"),
        ("Bank accounts of providers", "finance-payee-accounts"),
    ],
    "finance-ledger": [
        ("Trial balance", "finance-ledger"),
        ("Income and expenditure", "finance-income-and-expenditure"),
        ("Balance sheet", "finance-balance-sheet"),
        ("Deferred income", "finance-deferred-income"),
        ("VAT returns", "finance-vat-returns"),
        ("VAT rules", "finance-vat-rules"),
        ("Journals", "finance-journals"),
        ("Funds", "finance-funds"),
        ("Purchases", "finance-purchases"),
        ("VAT on purchases", "finance-purchases-vat"),
        ("Opening position", "finance-opening"),
        ("Months", "finance-months"),
    ],
}


class FinanceRequest(HttpRequest):
    """A request that the middleware has given its actor."""

    actor: Actor
    section: str
    section_path: str


def finance_page(methods: Sequence[str] = READ, *, section: str, to: str = "") -> Callable[[View], View]:
    """Guards a page: signed in, a finance role or the auditor, and a finance role where it is there to do something.

    ``to`` says what, for the refusal that the auditor reads: ``to="issue credit notes"``.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: FinanceRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            require_finance_reader(request.actor)
            if to or request.method == "POST":
                require_finance(request.actor, to=to or "change this")
            request.section, request.section_path = section, url(section)
            return view(request, *args, **kwargs)

        return require_http_methods(list(methods))(login_required(guarded))

    return decorate


def require_finance(actor: Actor, *, to: str) -> None:
    """Raises NotAllowed unless the actor is a finance officer or manager."""
    actor.require(Role.FINANCE_OFFICER, Role.FINANCE_MANAGER, to=to)


def posted(request: HttpRequest) -> QueryDict | None:
    """What a form was sent, even when it was sent empty; None when the page is only looked at."""
    return request.POST if request.method == "POST" else None


def show(request: FinanceRequest, template: str, context: dict[str, Any], *, status: int = 200) -> HttpResponse:
    """A finance page with its second row of links; ``may_write`` tells the template whether to draw buttons."""
    links = [
        {"text": text, "href": url(name), "active": request.path == url(name)}
        for text, name in SECTIONS[request.section]
    ]
    shared = {
        "section_links": links,
        "may_write": request.actor.has(*FINANCE),
        "vat_label": vat_label,
        "rate_name": rate_name,
    }
    return render(request, f"finance/{template}", {**shared, **context}, status=status)


def said(error: DomainError) -> list[str]:
    """A refusal as sentences for a page's error summary."""
    return [error.message, *error.detail]
