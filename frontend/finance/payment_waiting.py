"""What waits in paying out: batches to approve and to release, bank accounts to confirm, files without an answer."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from django.db.models import Count, Min, Sum

from frontend.formats import long_date, plural
from frontend.jinja import url
from invoicing.payees.models import PayeeAccount
from invoicing.paying_out.models import PaymentBatch
from invoicing.paying_out.queries import to_release
from marketplace.core.actors import FINANCE, Actor, Role

Item = dict[str, Any]


def waits_for(actor: Actor, on: date) -> list[Item]:
    """What this person may do next about payments, for finance and for whoever releases from outside."""
    if actor.system or actor.person_id is None:
        return []
    found = list(_release(actor, on))
    if actor.has(Role.FINANCE_MANAGER):
        found += [*_approve(actor), *_confirm(actor)]
    if actor.has(*FINANCE):
        found += _unknown()
    return found


def _approve(actor: Actor) -> Iterator[Item]:
    waiting = PaymentBatch.objects.filter(state=PaymentBatch.State.PREPARED).exclude(prepared_by_id=actor.person_id)
    found = waiting.aggregate(count=Count("pk"), pence=Sum("pence", default=0), first=Min("pay_on"))
    if found["count"]:
        yield {
            "text": f"Approve {plural(found['count'], 'payment batch', 'payment batches')}",
            "href": url("finance-payment-batches"), "pence": found["pence"], "due": found["first"],
            "next": f"To be paid on {long_date(found['first'])}; a third person releases it",
        }  # fmt: skip


def _release(actor: Actor, on: date) -> Iterator[Item]:
    for batch in to_release(actor, on)[:10]:
        yield {
            "text": f"Release payment batch {batch.number}",
            "href": url("payment-release", number=batch.number), "pence": batch.pence, "due": batch.pay_on,
            "next": f"{plural(batch.count, 'payment')} to be paid on {long_date(batch.pay_on)}",
        }  # fmt: skip


def _confirm(actor: Actor) -> Iterator[Item]:
    asked = PayeeAccount.objects.filter(state=PayeeAccount.State.ASKED).exclude(asked_by_id=actor.person_id)
    found = asked.aggregate(count=Count("pk"), since=Min("asked_on"))
    if found["count"]:
        yield {
            "text": f"Confirm {plural(found['count'], 'bank account')} of providers",
            "href": url("finance-payee-accounts"),
            "next": f"Call back on the number known before. The oldest was asked on {long_date(found['since'])}",
        }


def _unknown() -> list[Item]:
    rows = PaymentBatch.objects.filter(state=PaymentBatch.State.UNKNOWN).order_by("pk")[:10]
    return [
        {
            "text": f"Ask the bank whether it took payment batch {batch.number}",
            "href": url("finance-payment-batch", number=batch.number), "pence": batch.pence, "due": batch.pay_on,
            "next": "Nothing is sent again until somebody knows",
        }
        for batch in rows
    ]  # fmt: skip
