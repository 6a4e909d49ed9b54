"""Invoicing one item by itself, now, without waiting for the invoice batch."""

from datetime import date

from django.db import transaction

from invoicing.documents.models import Document
from invoicing.receivables.billing import facts_of, issue_chunk
from invoicing.receivables.charges import NotPending
from invoicing.receivables.grouping import invoice_of
from invoicing.receivables.models import Charge
from marketplace.core.actors import FINANCE, Actor


@transaction.atomic
def bill_now(*, charge: Charge, on: date, actor: Actor) -> Document:
    """The invoice of this one item, dated ``on``. Raises NotPending where it was invoiced or cancelled, or is not due."""
    actor.require(*FINANCE, to="issue invoices")
    Charge.objects.select_for_update().get(pk=charge.pk)
    facts = [fact for fact in facts_of(charge.invoice_to_id, on=on) if fact.id == charge.pk]
    if not facts:
        raise NotPending("This item was invoiced or cancelled, or its day has not come, so it cannot be invoiced now.")
    [number] = issue_chunk([invoice_of(facts, on=on)], actor)
    return Document.objects.get(number=number)
