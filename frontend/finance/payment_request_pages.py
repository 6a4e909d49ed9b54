"""Examples of the pages about what others pay of a school's invoice or buy of its items, for frontend.pages."""

from collections.abc import Callable

from frontend.examples import Example, Pages, World
from frontend.jinja import url
from invoicing.funds.asked import payment_requests_for
from invoicing.queries import charges_for, invoices_for
from invoicing.receivables.models import Charge

OFFICER, AUDITOR = "finance_officer", "auditor"


def _at(name: str, query: str = "") -> Callable[[World], str]:
    return lambda _: url(name) + query


def _request(name: str, standing: str) -> Callable[[World], str]:
    """The newest request that waits for money, or that was paid."""

    def path(world: World) -> str:
        found = payment_requests_for(world.actors[OFFICER])
        one = found.filter(left_pence__gt=0) if standing == "open" else found.filter(left_pence=0)
        return url(name, number=one[0].number)

    return path


def _ask(world: World) -> str:
    owed = invoices_for(world.actors[OFFICER]).filter(items__outstanding_pence__gt=0)
    return url("finance-payment-request-ask", number=owed.latest("pk").number)


def _item(world: World) -> str:
    waiting = charges_for(world.actors[OFFICER]).filter(state=Charge.State.PENDING, fund__isnull=True)
    return url("finance-item-share", pk=waiting.earliest("pk").pk)


PAGES: Pages = {
    "finance-payment-requests": [
        Example(OFFICER, "full", _at("finance-payment-requests"), finds="PRQ-000001"),
        Example(OFFICER, "empty", _at("finance-payment-requests", "?show=withdrawn"), finds="match these filters"),
        Example(AUDITOR, "auditor", _at("finance-payment-requests"), finds="Download as CSV"),
    ],
    "finance-payment-request-ask": [
        Example(OFFICER, "full", _ask, finds="stays the customer"),
        Example(OFFICER, "error", _ask, post={"pence": "0.001"}, finds="parts of a penny"),
    ],
    "finance-payment-request": [
        Example(OFFICER, "open", _request("finance-payment-request", "open"), finds="not a VAT invoice"),
        Example(AUDITOR, "paid", _request("finance-payment-request", "paid"), finds="It is paid."),
        Example(
            OFFICER, "error", _request("finance-payment-request", "open"), post={"reason": ""}, finds="Enter the reason"
        ),
    ],
    "finance-item-share": [
        Example(OFFICER, "full", _item, finds="becomes an item of its own"),
        Example(OFFICER, "error", _item, post={"buyer": "Nobody at all"}, finds="There is no organisation"),
    ],
}
