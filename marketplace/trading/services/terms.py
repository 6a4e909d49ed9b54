"""Changing how a customer is invoiced, with what it ordered and what still waits to be invoiced."""

from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet

from invoicing.queries import charges_for
from invoicing.receivables.models import Charge
from invoicing.services import amend_unbilled
from marketplace.core.actors import Actor
from marketplace.organisations.models import Organisation
from marketplace.organisations.services.registry import set_terms, terms_of
from marketplace.trading.models import Order, OrderLine


def following(customer: Organisation, actor: Actor) -> QuerySet[Charge]:
    """Items that wait and are invoiced to whomever the customer's terms name now: what it ordered, and what it receives
    unless somebody else ordered it. An item that a person gave another invoice-to is none of them.
    """
    lines = OrderLine.objects.exclude(charge_source_key="")
    own = Q(source_key__in=lines.filter(order__organisation=customer).values("charge_source_key"))
    received = Q(consumer=customer) & ~Q(
        source_key__in=lines.exclude(order__organisation=customer).filter(school=customer).values("charge_source_key")
    )
    invoice_to = terms_of(customer).invoice_to or customer
    return charges_for(actor).filter(own | received, state=Charge.State.PENDING, invoice_to=invoice_to)


@transaction.atomic
def change_terms(*, customer: Organisation, changes: dict[str, Any], move_waiting: bool, actor: Actor) -> int:
    """Changes the customer's terms (``changes`` by the names of CustomerTerms), and with ``move_waiting`` the items that
    wait for whom was invoiced until now. Returns how many items moved. All or nothing; refusals are those of
    ``set_terms`` and ``amend_unbilled``.
    """
    waiting = list(following(customer, actor).select_for_update(of=("self",)).order_by("pk")) if move_waiting else []
    before = terms_of(customer).invoice_to or customer
    after = set_terms(organisation=customer, actor=actor, **changes).invoice_to or customer
    if after.pk == before.pk:
        return 0
    for item in waiting:
        amend_unbilled(source_key=item.source_key, invoice_to=after, actor=actor)
    keys = [item.source_key for item in waiting]
    moved = OrderLine.objects.filter(charge_source_key__in=keys).values("order")
    orders = Order.objects.filter(pk__in=moved, state=Order.State.PLACED, invoice_to=before)
    orders.update(invoice_to=after)
    return len(waiting)
