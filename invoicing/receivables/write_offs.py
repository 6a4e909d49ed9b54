"""Debts given up: an expense of the partnership that settles what nobody will pay.

A write-off is money on the customer's account that we ourselves put there, set against the invoice at once. So it is
undone as a receipt is, and every statement shows it. It is no credit note: the supply stays as it was invoiced, and
its VAT is due (VAT Act 1994, s36: relief for bad debts is claimed in a return, from six months on).
"""

from datetime import date

from django.db import transaction

from invoicing.documents.models import Document
from invoicing.ledger import chart
from invoicing.ledger.posting import NewEntry, NewMovement, post
from invoicing.receivables.allocation import AllocationTooLarge, allocate_many
from invoicing.receivables.models import ReceivableItem, UnallocatedItem
from invoicing.second_person.limits import require_alone
from invoicing.second_person.models import Action, PreparedAction
from invoicing.second_person.preparing import executes, prepare
from marketplace.core import events
from marketplace.core.actors import FINANCE, Actor
from marketplace.core.errors import WrongInput
from marketplace.core.money import Money
from marketplace.core.text import clean_line
from marketplace.organisations.models import Organisation


@transaction.atomic
def write_off(*, invoice: Document, pence: int, reason: str, on: date, actor: Actor) -> UnallocatedItem:
    """Gives up ``pence`` (with VAT) of what an invoice still owes, earliest due first.

    Raises NeedsSecondPerson above what one person may give up, AllocationTooLarge beyond what is owed.
    """
    actor.require(*FINANCE, to="write off debts")
    require_alone(action=Action.WRITE_OFF, pence=pence, on=on, actor=actor)
    return _write_off(invoice=invoice, pence=pence, reason=reason, on=on, actor=actor)


def prepare_write_off(*, invoice: Document, pence: int, reason: str, actor: Actor) -> PreparedAction:
    """Puts a write-off before a finance manager."""
    _check(invoice, pence, outstanding(invoice))
    return prepare(
        action=Action.WRITE_OFF,
        organisation=invoice.customer,
        subject=invoice.number or "",
        pence=pence,
        arguments={"document": invoice.pk},
        reason=reason,
        actor=actor,
    )


def outstanding(invoice: Document) -> int:
    """Pence still owed on an invoice, over all its payments."""
    return sum(invoice.items.values_list("outstanding_pence", flat=True))


def _check(invoice: Document, pence: int, owed: int) -> None:
    if pence <= 0:
        raise WrongInput("A write-off must be more than £0.00")
    if pence > owed:
        raise AllocationTooLarge(
            f"Only {Money(owed)} is still owed on {invoice.number}, not {Money(pence)}. Nothing was done: a smaller amount is needed.",
            remaining=owed,
        )


def _write_off(*, invoice: Document, pence: int, reason: str, on: date, actor: Actor) -> UnallocatedItem:
    reason = clean_line(reason, what="Reason", limit=240)
    items = list(ReceivableItem.objects.select_for_update().filter(document=invoice).order_by("pk"))
    _check(invoice, pence, sum(item.outstanding_pence for item in items))
    count = UnallocatedItem.objects.filter(source_key__startswith=f"write-off:{invoice.number}:").count()
    key = f"write-off:{invoice.number}:{count + 1}"
    day = max(on, invoice.issued_on)
    [entry] = post(
        entries=[
            NewEntry(
                kind="write_off",
                source_key=key,
                on=day,
                narrative=f"{invoice.number} written off: {reason}",
                movements=[_given_up(invoice, pence)],
            )
        ],
        actor=actor,
    )
    source = UnallocatedItem.objects.create(
        kind=UnallocatedItem.Kind.WRITE_OFF,
        source_key=key,
        organisation_id=invoice.customer_id,
        received_on=day,
        reference=reason[:120],
        pence=pence,
        remaining_pence=pence,
        entry_id=entry,
    )
    events.record(
        kind="write_off.made",
        subject_kind="document",
        subject=invoice.number or "",
        organisation_ids=[invoice.customer_id],
        payload={"pence": pence},
        text={"reason": reason},
        actor=actor,
    )
    allocate_many(pairs=_earliest_first(source, items, pence), on=day, actor=actor)
    source.refresh_from_db()
    return source


def _given_up(invoice: Document, pence: int) -> NewMovement:
    """An expense of ours; or, of what we sold in a supplier's name, less that we owe the supplier."""
    customer = invoice.customer_id
    if invoice.supplier.kind == Organisation.Kind.PARTNERSHIP:
        return NewMovement(chart.WRITE_OFFS, chart.UNALLOCATED, pence, credit_party=customer)
    return NewMovement(chart.PAYABLES, chart.UNALLOCATED, pence, invoice.supplier_id, customer)


def _earliest_first(
    source: UnallocatedItem, items: list[ReceivableItem], pence: int
) -> list[tuple[UnallocatedItem, ReceivableItem, int]]:
    pairs, left = [], pence
    for item in sorted(items, key=lambda item: (item.due_on, item.pk)):
        if part := min(left, item.outstanding_pence):
            pairs.append((source, item, part))
            left -= part
    return pairs


def _execute(prepared: PreparedAction, on: date, actor: Actor) -> str:
    invoice = Document.objects.get(pk=prepared.arguments["document"])
    _write_off(invoice=invoice, pence=prepared.pence, reason=prepared.reason, on=on, actor=actor)
    return invoice.number or ""


executes(Action.WRITE_OFF, _execute)
