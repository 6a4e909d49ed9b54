"""Examples of finance's pages, for frontend.pages."""

from collections.abc import Callable

from django.utils import timezone

from frontend.examples import Example, Pages, World
from frontend.finance import (
    agency_pages,
    agreement_pages,
    bank_pages,
    contracting_pages,
    council_journal_pages,
    fund_pages,
    included_pages,
    journal_pages,
    month_pages,
    payable_pages,
    paying_out_pages,
    payment_request_pages,
    second_person_pages,
    vat_pages,
    vat_return_pages,
)
from frontend.finance.items import HELD, waiting_items
from frontend.jinja import url
from invoicing.credit_control.queries import queries_for
from invoicing.documents.models import Document
from invoicing.queries import credit_notes_for, invoices_for, on_account_for, open_items_for
from invoicing.receivables.models import Allocation
from marketplace.core.actors import Actor

OFFICER, AUDITOR, MANAGER = "finance_officer", "auditor", "finance_manager"

_TODAY = timezone.localdate().isoformat()
NOT_PAGES = {
    **paying_out_pages.NOT_PAGES,
    "finance-reminder-letter": "A PDF.",
    "finance-invoice-pdf": "A PDF.",
    "finance-payment-request-letter": "A PDF.",
    "finance-invoice-ubl": "An XML file.",
}


def _actor(world: World) -> Actor:
    return world.actors[OFFICER]


def _at(name: str, query: str = "") -> Callable[[World], str]:
    return lambda _: url(name) + query


def _invoice(world: World) -> Document:
    """An invoice that is still open, so that something can be credited."""
    return open_items_for(_actor(world)).exclude(document__credit_notes__isnull=False)[0].document


def _of_invoice(name: str, query: str = "") -> Callable[[World], str]:
    return lambda world: url(name, number=_invoice(world).number) + query


def _of_customer(name: str, query: str = "") -> Callable[[World], str]:
    return lambda world: url(name, number=_invoice(world).customer.number) + query


def _batch(world: World) -> str:
    latest = invoices_for(_actor(world)).latest("pk")
    numbers = invoices_for(_actor(world)).filter(issued_on=latest.issued_on).order_by("pk")
    return url("finance-invoice-batch-done", first=numbers[0].number, last=latest.number)


def _credit_note(world: World) -> str:
    return url("finance-invoice", number=credit_notes_for(_actor(world)).latest("pk").number)


def _held_item(world: World) -> str:
    return url("finance-item", pk=waiting_items(_actor(world)).filter(HELD).earliest("pk").pk)


def _invoiced_item(world: World) -> str:
    line = _invoice(world).lines.earliest("position")
    return url("finance-item", pk=line.charge.pk)


def _allocate(world: World) -> str:
    """Money on account of somebody who owes something, or else of anybody."""
    money = on_account_for(_actor(world)).order_by("pk")
    owing = open_items_for(_actor(world)).values("organisation")
    source = money.filter(organisation__in=owing).first() or money[0]
    return url("finance-allocate", number=source.organisation.number, pk=source.pk)


def _allocation(world: World) -> str:
    return url("finance-allocation-undo", pk=Allocation.objects.filter(undone_on__isnull=True).latest("pk").pk)


def _query(world: World) -> str:
    """A query that waits for finance."""
    return url("finance-query", number=queries_for(_actor(world)).filter(state="open").earliest("pk").number)


def _late(name: str) -> Callable[[World], str]:
    """A page of the customer who is latest."""

    def path(world: World) -> str:
        item = open_items_for(_actor(world)).filter(due_on__lt=timezone.localdate())[0]
        return url(name, number=item.organisation.number)

    return path


def _level(world: World) -> str:
    return url("finance-reminder-level", position=1)


def _on_today(name: str) -> str:
    return f"{url(name)}?on={timezone.localdate().isoformat()}"


PAGES: Pages = {
    "finance-invoicing": [
        Example(OFFICER, "full", _at("finance-invoicing"), finds="before VAT"),
        Example(OFFICER, "filtered", _at("finance-invoicing", "?held=order"), finds="Held: Purchase order missing"),
        Example(OFFICER, "empty", _at("finance-invoicing", "?customer=zeppelin"), finds="No items match these filters"),
        Example(OFFICER, "error", _at("finance-invoicing", "?due_by=31/2/27"), finds="must be a real date"),
        Example(AUDITOR, "auditor", _at("finance-invoicing"), finds="before VAT"),
    ],
    "finance-item": [
        Example(OFFICER, "held", _held_item, finds="Change before it is invoiced"),
        Example(OFFICER, "invoiced", _invoiced_item, finds="How the price came about"),
        Example(
            OFFICER,
            "error",
            _held_item,
            post={"purchase_order": "A number of more than 20", "bill_on": "1/9/26"},
            finds="Purchase order must be 20 characters or fewer",
        ),
    ],
    "finance-invoice-batches": [
        Example(OFFICER, "date", _at("finance-invoice-batches"), finds="Show what would be issued"),
        Example(OFFICER, "full", lambda _: _on_today("finance-invoice-batches"), finds="By rate of VAT"),
        Example(OFFICER, "error", _at("finance-invoice-batches", "?on=31/2/27"), finds="must be a real date"),
        Example(
            OFFICER,
            "changed",
            lambda _: _on_today("finance-invoice-batches"),
            post={"on": _TODAY, "shown": "1-changed"},
            finds="changed since you looked",
        ),
        Example(AUDITOR, "auditor", lambda _: _on_today("finance-invoice-batches"), finds="By rate of VAT"),
    ],
    "finance-invoice-batch-done": [Example(OFFICER, "full", _batch, finds="issued, £")],
    "finance-invoices": [
        Example(OFFICER, "full", _at("finance-invoices"), finds="is outstanding"),
        Example(OFFICER, "overdue", _at("finance-invoices", "?state=overdue&sort=due"), finds="State: Overdue"),
        Example(OFFICER, "empty", _at("finance-invoices", "?q=zeppelin"), finds="No documents match these filters"),
        Example(OFFICER, "error", _at("finance-invoices", "?issued_from=31/2/27"), finds="must be a real date"),
    ],
    "finance-invoice": [
        Example(OFFICER, "invoice", _of_invoice("finance-invoice"), finds="Credit in full"),
        Example(OFFICER, "credit-note", _credit_note, finds="Set against"),
        Example(AUDITOR, "auditor", _of_invoice("finance-invoice"), finds="Ledger entry"),
    ],
    "finance-credit": [
        Example(OFFICER, "full", _of_invoice("finance-credit", "?full=1"), finds="Left to credit"),
        Example(
            OFFICER,
            "error",
            _of_invoice("finance-credit"),
            post={"reason": "", "on": "1/9/26"},
            finds="Enter the reason",
        ),
    ],
    "finance-credits-due": [Example(OFFICER, "empty", _at("finance-credits-due"), finds="Credits due")],
    "finance-customers": [
        Example(OFFICER, "full", _at("finance-customers"), finds="is overdue"),
        Example(OFFICER, "owing", _at("finance-customers", "?owing=owing"), finds="Show: Owing something"),
        Example(OFFICER, "empty", _at("finance-customers", "?q=zeppelin"), finds="No customers match this search"),
    ],
    "finance-customer": [
        Example(OFFICER, "full", _of_customer("finance-customer"), finds="Open invoices"),
        Example(AUDITOR, "auditor", _of_customer("finance-customer"), finds="Open invoices"),
    ],
    "finance-customer-terms": [
        Example(OFFICER, "full", _of_customer("finance-customer-terms"), finds="What stands on one invoice"),
        Example(
            OFFICER,
            "error",
            _of_customer("finance-customer-terms"),
            post={"payment_days": "130", "invoice_to": "school"},
            finds="Enter the number",
        ),
    ],
    "finance-held": [
        Example(OFFICER, "full", _at("finance-held"), finds="Whom to ask for a purchase order"),
        Example(AUDITOR, "auditor", _at("finance-held"), finds="Held, oldest first"),
    ],
    "finance-statement": [
        Example(OFFICER, "full", _of_customer("finance-statement"), finds="Closing balance"),
        Example(
            OFFICER,
            "error",
            _of_customer("finance-statement", "?start=1/9/26&end=1/8/26"),
            finds="To must be on or after From",
        ),
    ],
    "finance-receipt": [
        Example(OFFICER, "full", _of_customer("finance-receipt"), finds="Record the receipt"),
        Example(
            OFFICER,
            "error",
            _of_customer("finance-receipt"),
            post={"pence": "0.001"},
            finds="must not have parts of a penny",
        ),
    ],
    "finance-allocate": [
        Example(OFFICER, "full", _allocate, finds="against invoices"),
    ],
    "finance-allocation-undo": [
        Example(OFFICER, "full", _allocation, finds="is open again for"),
        Example(OFFICER, "error", _allocation, post={"reason": ""}, finds="Enter the reason"),
    ],
    "finance-queries": [
        Example(OFFICER, "full", _at("finance-queries"), finds="in query with VAT"),
        Example(OFFICER, "empty", _at("finance-queries", "?q=zeppelin"), finds="No queries match"),
        Example(AUDITOR, "auditor", _at("finance-queries"), finds="in query with VAT"),
    ],
    "finance-query": [
        Example(OFFICER, "full", _query, finds="Send answer"),
        Example(OFFICER, "error", _query, post={"do": "answer", "text": ""}, finds="Enter your answer"),
        Example(OFFICER, "refused", _query, post={"do": "credited", "text": ""}, finds="Issue the credit note first"),
        Example(AUDITOR, "auditor", _query, finds="What was written"),
    ],
    "finance-reminders": [
        Example(OFFICER, "full", _at("finance-reminders"), finds="Send "),
        Example(OFFICER, "changed", _at("finance-reminders"), post={"shown": "0"}, finds="Nothing was sent"),
        Example(AUDITOR, "auditor", _at("finance-reminders"), finds="Reminders to send"),
    ],
    "finance-reminders-sent": [Example(OFFICER, "full", _at("finance-reminders-sent"), finds="Letter (PDF)")],
    "finance-reminder-settings": [
        Example(OFFICER, "full", _at("finance-reminder-settings"), finds="A finance manager changes these"),
        Example(MANAGER, "manager", _at("finance-reminder-settings"), finds="Keep the rate"),
        Example(
            MANAGER,
            "error",
            _at("finance-reminder-settings"),
            post={"do": "switch", "from_on": "31/2/27"},
            finds="must be a real date",
        ),
    ],
    "finance-reminder-level": [
        Example(MANAGER, "full", _level, finds="Days after the due date"),
        Example(MANAGER, "error", _level, post={"name": ""}, finds="Enter the name"),
    ],
    "finance-late-payment": [
        Example(OFFICER, "full", _late("finance-late-payment"), finds="interest to date"),
        Example(AUDITOR, "auditor", _late("finance-late-payment"), finds="interest to date"),
    ],
    "finance-reminder-pause": [
        Example(OFFICER, "full", _late("finance-reminder-pause"), finds="Last day of the pause"),
        Example(
            OFFICER, "error", _late("finance-reminder-pause"), post={"last": "", "reason": ""}, finds="Enter the reason"
        ),
    ],
    "finance-aged-debtors": [
        Example(OFFICER, "full", _at("finance-aged-debtors"), finds="61 to 90 days"),
        Example(OFFICER, "error", _at("finance-aged-debtors", "?on=31/2/27"), finds="must be a real date"),
    ],
    **second_person_pages.PAGES,
    **vat_pages.PAGES,
    **journal_pages.PAGES,
    **agency_pages.PAGES,
    **agreement_pages.PAGES,
    **bank_pages.PAGES,
    **contracting_pages.PAGES,
    **council_journal_pages.PAGES,
    **fund_pages.PAGES,
    **payment_request_pages.PAGES,
    **included_pages.PAGES,
    **month_pages.PAGES,
    **vat_return_pages.PAGES,
    **payable_pages.PAGES,
    **paying_out_pages.PAGES,
}
