"""Asking a customer for the purchase order that its invoices wait for, at most once a day."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.db.models import Count, F, Max, QuerySet, Sum

from invoicing.receivables.models import Charge
from marketplace.core import events
from marketplace.core.actors import Actor, Role
from marketplace.core.errors import DomainError
from marketplace.core.models import Event
from marketplace.core.wording import london_day
from marketplace.organisations.models import CustomerTerms, Organisation

ASKED = "purchase_order.asked"


class NothingMissing(DomainError):
    """No item of the customer waits for a purchase order."""

    code = "nothing_missing"


class AskedAlready(DomainError):
    """The customer was asked on the same day."""

    code = "asked_already"


def without_order() -> QuerySet[Charge]:
    """Pending items that wait for nothing but the purchase order that their customer's terms ask for."""
    return Charge.objects.filter(
        state=Charge.State.PENDING,
        held_reason="",
        purchase_order="",
        net_pence__gt=F("reduced_pence"),
        invoice_to__terms__purchase_order_rule=CustomerTerms.PurchaseOrderRule.REQUIRED,
    )


@transaction.atomic
def ask_purchase_order(*, customer: Organisation, at: datetime, actor: Actor) -> Event:
    """Records that the customer is asked for the purchase orders of everything that waits for them; the e-mail follows.

    Only a finance officer or manager may. Raises NothingMissing, and AskedAlready on the same day in London.
    """
    actor.require(Role.FINANCE_OFFICER, Role.FINANCE_MANAGER, to="ask for purchase orders")
    # Two clicks at once: the second waits here, and then finds the first one's event.
    list(CustomerTerms.objects.select_for_update().filter(organisation=customer))
    found = without_order().filter(invoice_to=customer)
    sums = found.aggregate(items=Count("pk"), pence=Sum(F("net_pence") - F("reduced_pence"), default=0))
    if not sums["items"]:
        raise NothingMissing(f"Nothing of {customer.name} waits for a purchase order any more.")
    before = last_asked([customer.number]).get(customer.number)
    if before is not None and london_day(before) >= london_day(at):
        raise AskedAlready(f"{customer.name} was asked today already. Ask again tomorrow, or telephone.")
    return events.record(
        kind=ASKED,
        subject_kind="organisation",
        subject=customer.number,
        organisation_ids=[customer.pk],
        payload={"items": sums["items"], "net_pence": sums["pence"]},
        actor=actor,
    )


def last_asked(numbers: Iterable[str]) -> dict[str, datetime]:
    """When each customer was last asked, by its number; those never asked are left out. One query."""
    asked = Event.objects.filter(kind=ASKED, subject_kind="organisation", subject__in=list(numbers))
    return dict(asked.order_by().values_list("subject").annotate(last=Max("at")))
