"""What is sold for a supplier in the world of the access matrix: its mandate and a settlement that waits for approval."""

from datetime import date
from typing import Any

from invoicing.services import allocate, prepare_settlement
from marketplace.core.actors import Actor, platform
from marketplace.organisations.models import Organisation
from tests.conftest import Charges
from tests.invoicing.agency.fenland import add_fenland, mandate_for, sold
from tests.invoicing.books import FIRST, receive


def sold_for_another(
    *, customer: Organisation, charges: Charges, officer: Actor, manager: Actor, today: date
) -> dict[str, Any]:
    """Fenland Software Ltd, one invoice in its name that was paid, and what of it the officer prepared to pay over."""
    supplier = add_fenland()
    mandate = mandate_for(supplier, manager)
    invoice = sold(supplier, customer, 10_000, charges)
    source = receive(customer, 12_000, key="agency:paid")
    allocate(source=source, to=invoice.items.get(), pence=12_000, on=FIRST, actor=platform("test"))
    made = prepare_settlement(supplier=supplier, on=today, actor=officer)
    return {"agency_supplier": supplier.number, "mandate": mandate.pk, "settlement": made.number}


def agency_bodies(keys: dict[str, Any], account: str, today: date) -> dict[str, dict[str, Any]]:
    """What each write of the API about it is asked to do."""
    return {
        "POST /sales-mandates": {
            "supplier": keys["council"], "valid_from": today.isoformat(), "fee_rate": "0.1", "prefix": "TOWN",
            "agreement": "Signed by both",
        },
        "POST /sales-mandates/{id}/end": {"valid_to": today.isoformat()},
        "POST /settlements": {"supplier": keys["agency_supplier"]},
        "POST /settlements/{number}/withdraw": {"reason": "More comes in tomorrow"},
        "POST /settlements/{number}/paid": {"paid_on": today.isoformat(), "account": account},
    }  # fmt: skip
