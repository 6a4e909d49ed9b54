"""What is held and why, oldest first; and asking customers for the purchase orders that are missing."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.db.models import Count, F, QuerySet, Sum
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from frontend.addresses import own_address
from frontend.finance.access import READ_AND_WRITE, FinanceRequest, finance_page, said, show
from frontend.finance.customers import customers_for
from frontend.finance.items import HELD, hold_of, waiting_items
from frontend.finance.listing import csv_response, csv_url, page_of, pounds, wants_csv
from frontend.jinja import url
from frontend.notices.purchase_orders import readers_of_customer
from invoicing.receivables.missing_orders import last_asked, without_order
from invoicing.receivables.models import Charge
from invoicing.services import ask_purchase_order
from marketplace.core.errors import DomainError
from marketplace.core.wording import london_day
from marketplace.organisations.models import Organisation

_CSV = ["since", "customer_number", "customer", "school", "item", "why", "last_asked", "net"]


@dataclass(frozen=True)
class Missing:
    """A customer whose items wait for a purchase order: how many, pence before VAT, when it was last asked."""

    number: str
    name: str
    reference: str
    items: int
    pence: int
    asked: datetime | None

    @property
    def asked_today(self) -> bool:
        return self.asked is not None and london_day(self.asked) >= timezone.localdate()


def missing_of(item_ids: Iterable[int] | None = None) -> list[Missing]:
    """The customers that could be asked, by name: of all that waits, or of these items. Two queries."""
    found = without_order() if item_ids is None else without_order().filter(pk__in=list(item_ids))
    rows: list[Any] = list(
        found.order_by()
        .values(number=F("invoice_to__number"), name=F("invoice_to__name"))
        .annotate(
            reference=F("invoice_to__terms__payer_reference_name"), items=Count("pk"),
            pence=Sum(F("net_pence") - F("reduced_pence")),
        )
        .order_by("name", "number")
    )  # fmt: skip
    asked = last_asked(row["number"] for row in rows)
    return [Missing(**row, asked=asked.get(row["number"])) for row in rows]


@finance_page(READ_AND_WRITE, section="finance-invoicing")
def held(request: FinanceRequest) -> HttpResponse:
    """Everything that is held, oldest first, with why; and whom to ask. Posting a customer's number asks it."""
    if request.method == "POST":
        return _ask(request)
    found = waiting_items(request.actor).filter(HELD, net_pence__gt=F("reduced_pence")).order_by("bill_on", "pk")
    if wants_csv(request):
        items = list(found)
        asked = last_asked({item.invoice_to.number for item in items})
        return csv_response("held-items", _CSV, (_row(item, asked) for item in items))
    return _show(request, found)


def _show(request: FinanceRequest, found: QuerySet[Charge]) -> HttpResponse:
    page = page_of(request, found)
    sums = found.aggregate(net=Sum(F("net_pence") - F("reduced_pence"), default=0))
    context = {
        "page_obj": page,
        "rows": [(item, hold_of(item)) for item in page],
        "net_pence": sums["net"],
        "missing": missing_of(),
        "csv_url": csv_url(request),
        "here": url("finance-held"),
    }
    return show(request, "held.html", context)


def _row(item: Charge, asked: dict[str, datetime]) -> list[object]:
    last = asked.get(item.invoice_to.number)
    return [
        item.bill_on, item.invoice_to.number, item.invoice_to.name, item.consumer.name, item.description, hold_of(item),
        london_day(last) if last else None, pounds(item.due_pence),
    ]  # fmt: skip


def _ask(request: FinanceRequest) -> HttpResponse:
    """Asks a customer for its missing purchase orders by e-mail, at most once a day, and returns to the page before."""
    customer = customers_for(request.actor).filter(number=request.POST.get("customer", "")).first()
    if customer is None:
        messages.warning(request, "There is no such customer, so nobody was asked. Choose one of this page.")
    elif not readers_of_customer(customer, timezone.localdate()):
        nobody = "has no e-mail address for orders or invoices, and nobody buys there, so nobody was asked."
        messages.warning(request, f"{customer.name} {nobody}")
    else:
        _ask_readers(request, customer)
    return redirect(own_address(request.POST.get("return_to"), otherwise=url("finance-held")))


def _ask_readers(request: FinanceRequest, customer: Organisation) -> None:
    try:
        ask_purchase_order(customer=customer, at=timezone.now(), actor=request.actor)
    except DomainError as error:
        messages.warning(request, " ".join(said(error)))
    else:
        messages.success(request, f"{customer.name} is asked by e-mail. The invoice goes out once the number is there.")
