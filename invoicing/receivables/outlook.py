"""What the items of a customer that wait become: how many invoices, under its terms or under others."""

from dataclasses import dataclass
from datetime import date

from invoicing.receivables.billing import facts_of
from invoicing.receivables.grouping import ChargeFacts, gathered
from marketplace.core.periods import days_in_month
from marketplace.organisations.models import CustomerTerms


@dataclass(frozen=True)
class Outlook:
    """Items that are due by ``until`` with their pence before VAT, of which some are held; the rest make ``invoices``."""

    until: date
    items: int
    pence: int
    invoices: int
    held: int


def outlook(facts: list[ChargeFacts], terms: CustomerTerms, *, until: date) -> Outlook:
    """What the items become under those terms in batches up to a day. Pure: the terms need not be saved."""
    as_agreed = [
        fact._replace(
            grouping=str(terms.invoice_grouping),
            rhythm=str(terms.invoice_rhythm),
            needs_purchase_order=terms.purchase_order_rule == CustomerTerms.PurchaseOrderRule.REQUIRED,
        )
        for fact in facts
    ]
    found = gathered(as_agreed, on=until)
    return Outlook(
        until=until,
        items=len(facts),
        pence=sum(fact.due_pence for fact in facts),
        invoices=len(found.groups),
        held=len(found.held),
    )


def items_of_month(customer_id: int, *, on: date) -> tuple[list[ChargeFacts], date]:
    """The customer's items that are due by the end of the month, and its last day."""
    until = on.replace(day=days_in_month(on.year, on.month))
    return facts_of(customer_id, on=until), until
