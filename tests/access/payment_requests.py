"""Payment requests in the world of the access matrix: three funders are asked for parts of a fourth one's invoice."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from invoicing.documents.models import Document
from invoicing.services import request_payment, run_billing
from marketplace.core.actors import Actor
from marketplace.organisations.models import Organisation
from marketplace.organisations.services.registry import add_organisation
from tests.conftest import START, Charges


def asked_to_pay(
    funders: Sequence[Organisation], *, charges: Charges, officer: Actor, today: date, actor: Actor
) -> list[dict[str, Any]]:
    """For each funder the number of the request to it."""
    billed = today - timedelta(days=40)
    centre = add_organisation(kind=Organisation.Kind.OTHER, name="Mill Lane Centre", valid_from=START, actor=actor)
    charges(centre, 30_000, on=billed)
    run_billing(on=billed, actor=actor)
    invoice = Document.objects.get(customer=centre)
    return [
        {
            "payment_request": request_payment(
                invoice=invoice, funder=funder, pence=1_000, reason="Its part", on=billed, actor=officer
            ).number
        }
        for funder in funders
    ]


def request_bodies(keys: dict[str, Any], council: str) -> dict[str, dict[str, Any]]:
    """What each write of the API about it is asked to do."""
    return {
        "POST /payment-requests": {"invoice": keys["invoice"], "funder": council, "pence": 500, "reason": "Half"},
        "POST /payment-requests/{number}/withdraw": {"reason": "Not agreed"},
    }
