"""A commissioner approves an invoice for payment, with the purchase order that the council's payments need."""

from datetime import date

from django.db import transaction

from invoicing.documents.models import Document
from marketplace.core import events
from marketplace.core.actors import Actor, Role
from marketplace.core.errors import DomainError, NotAllowed
from marketplace.core.text import clean_line
from subscriptions.commissions.models import InvoiceApproval
from subscriptions.commissions.queries import contract_numbers_of, in_query
from subscriptions.outcomes.models import OutcomeContract

PURCHASE_ORDER_LIMIT = 20


class InvoiceStands(DomainError):
    """The invoice was approved already, or is in query."""

    code = "invoice_stands"


@transaction.atomic
def approve_invoice(*, document: Document, purchase_order: str, keep: bool, on: date, actor: Actor) -> InvoiceApproval:
    """Approves an issued invoice to the council. ``keep`` puts the purchase order on the contract's invoices to come, too.

    By a commissioner of the customer. Refused while it is in query, and a second time.
    """
    if actor.system or document.customer_id not in actor.organisations(Role.COMMISSIONER):
        raise NotAllowed(
            f"You may not approve invoices of {document.customer.name}. Ask a commissioner of it to do it."
        )
    order = clean_line(purchase_order, what="Purchase order", limit=PURCHASE_ORDER_LIMIT)
    held = Document.objects.select_for_update(no_key=True).get(pk=document.pk)
    if held.kind != Document.Kind.INVOICE or held.state != Document.State.ISSUED:
        raise InvoiceStands("Only an issued invoice can be approved. Choose the invoice.")
    if in_query(held):
        raise InvoiceStands(f"{held.number} is in query. Approve it when the query is answered.")
    if found := InvoiceApproval.objects.filter(document=held).first():
        raise InvoiceStands(f"{held.number} was approved on {found.approved_on:%-d %B %Y} already.")
    made = InvoiceApproval.objects.create(
        document=held, purchase_order=order, approved_by_id=actor.person_id, approved_on=on
    )
    numbers = contract_numbers_of([held]).get(held.pk, []) if keep else []
    for number in numbers:
        OutcomeContract.objects.filter(number=number, party=held.customer_id).update(purchase_order=order)
    events.record(
        kind="commission.invoice_approved", subject_kind="document", subject=held.number or "",
        organisation_ids=[held.customer_id], payload={"purchase_order": order, "kept_for": numbers}, actor=actor,
    )  # fmt: skip
    return made
