"""E-mails that ask a customer for the purchase order which its invoices wait for."""

from datetime import date
from typing import Any

from django.db.models import F, Min, Sum

from frontend.buying import buyer_of
from frontend.formats import money, plural
from frontend.notices.readers import Purpose, absolute, to_address, to_roles
from frontend.notices.topics import INVOICES
from invoicing.receivables.missing_orders import ASKED, without_order
from marketplace.core.actors import BUYING, platform
from marketplace.core.models import Event
from marketplace.core.outbox import handles
from marketplace.core.wording import london_day
from marketplace.messaging.services import To, send
from marketplace.organisations.models import Organisation
from marketplace.organisations.services.registry import terms_of
from marketplace.trading.queries import orders_for

ACTOR = platform("notices")
MOST_LINES = 20


def readers_of_customer(customer: Organisation, on: date) -> list[To]:
    """The customer's shared address for orders, else for invoices, else everybody who buys there on the day."""
    return (
        to_address(customer, Purpose.ORDERS)
        or to_address(customer, Purpose.INVOICES)
        or to_roles(customer.pk, BUYING, on)
    )


@handles(ASKED, name="notices.purchase_order_asked")
def purchase_order_asked(event: Event) -> None:
    """Asks for the purchase orders of what still waits for them; nobody where they came meanwhile."""
    customer = Organisation.objects.select_related("school", "trust").get(number=event.subject)
    context = _context(customer)
    if not context["lines"]:
        return
    for to in readers_of_customer(customer, london_day(event.at)):
        send(
            key=f"purchase-order:{customer.number}:{london_day(event.at)}",
            topic=INVOICES,
            to=to,
            template="mail/purchase_order_asked.jinja",
            context=context,
            event=event,
        )


def _context(customer: Organisation) -> dict[str, Any]:
    """What waits, one line for each order with its sum and, where there is one, the page that takes the number."""
    rows = list(
        without_order()
        .filter(invoice_to=customer)
        .order_by()
        .values("label")
        .annotate(pence=Sum(F("net_pence") - F("reduced_pence")), since=Min("bill_on"), what=Min("description"))
        .order_by("since", "label")
    )
    numbers = [row["label"] for row in rows]
    known = {one.number: one for one in orders_for(ACTOR).filter(number__in=numbers, organisation=customer)}
    first = next((known[number] for number in numbers if number in known), None)
    link = buyer_of(customer).url("school-order-purchase-order", number=first.number) if first else ""
    return {
        "customer": customer.name,
        "reference": terms_of(customer).payer_reference_name,
        "pence": sum(row["pence"] for row in rows),
        "lines": [
            {"text": row["label"] or row["what"], "amount": money(row["pence"]), "next": ""}
            for row in rows[:MOST_LINES]
        ],
        "more": plural(len(rows) - MOST_LINES, "more order") if len(rows) > MOST_LINES else "",
        "first": first.number if first else "",
        "link": absolute(link) if link else "",
    }
