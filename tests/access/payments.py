"""Paying out in the world of the access matrix: batches prepared, approved and sent, and an account to confirm."""

from typing import Any

from django.utils import timezone

from invoicing.payees.services import ask_account
from invoicing.paying_out.by_link import ask_to_release, new_release_link
from invoicing.paying_out.content import hash_of
from invoicing.paying_out.models import PaymentBatch
from invoicing.paying_out.preparing import approve_batch
from marketplace.core.actors import Actor
from marketplace.organisations.models import Person
from marketplace.organisations.queries import partnership
from tests.invoicing.paying_out.world import TODAY, Payers, add_provider, invoiced


def payments(actor: Actor) -> dict[str, Any]:
    """Three batches to two providers, and a third provider's account that waits."""
    payers = Payers(partnership(), actor)
    payers.account(payers.ridgeway)
    numbers = {}
    for key in ("payment_sent", "payment_approved", "payment_batch"):
        invoiced(payers.ridgeway, 5_000)
        made = payers.prepared()
        if key != "payment_batch":
            made = approve_batch(batch=made, seen=hash_of(made.pk), on=TODAY, actor=payers.marek)
        if key == "payment_sent":
            payers.release(made, key="access")
        numbers[key] = made.number
    asked = ask_account(
        organisation=add_provider("Fenland Coaching"), account_name="Fenland Coaching", sort_code="60-16-13",
        account_number="70872490", on=TODAY, actor=payers.priya,
    )  # fmt: skip
    return {
        **numbers, "payment_ordinal": 1, "payee_account": asked.pk, "release_answer": "release",
        "release_link": _link(PaymentBatch.objects.get(number=numbers["payment_approved"]), payers),
    }  # fmt: skip


def _link(batch: PaymentBatch, payers: Payers) -> str:
    """A link for somebody without a login to release the approved batch."""
    gwen = Person.objects.create(name="Gwen Governor", email="gwen@governors.example")
    request = ask_to_release(batch=batch, person=gwen, form="csv", at=timezone.now(), actor=payers.marta)
    return new_release_link(request=request, at=timezone.now())
