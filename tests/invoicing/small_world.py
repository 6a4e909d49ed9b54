"""One small year of trade, made through the public services: the ground on which books are tampered with."""

from dataclasses import dataclass
from datetime import date

from invoicing.documents.models import Document
from invoicing.services import (
    allocate,
    amend_unbilled,
    credit_invoice,
    issue_credits_due,
    reduce,
    reverse_receipt,
    undo_allocation,
)
from marketplace.core.actors import Actor
from marketplace.core.periods import Period
from marketplace.organisations.models import Organisation
from tests.conftest import EXEMPT, Charges
from tests.invoicing.books import FIRST, bill, receive

PAID_ON = date(2026, 9, 20)


@dataclass(frozen=True)
class SmallWorld:
    """Invoices by what became of them."""

    paid: Document
    part_paid: Document
    credited: Document
    reduced: Document


def build_small_world(
    *, school: Organisation, council: Organisation, charges: Charges, actor: Actor, in_instalments: bool = False
) -> SmallWorld:
    """Paid, part paid, credited; a receipt on account, an allocation undone, a receipt taken back; a held item;
    reductions before and after invoicing, one of them credited and one still due; on request an invoice in instalments."""
    charges(school, 10_000, purchase_order="1 PAID")
    charges(school, 25_000, purchase_order="2 PART")
    charges(school, 4_000, purchase_order="2 PART", vat=EXEMPT)
    for _ in range(3):
        charges(school, 3_333, purchase_order="3 CREDITED")
    charges(school, 8_000, purchase_order="4 REDUCED", key="shrinks")
    charges(school, 900, purchase_order="5 NEVER", key="cancelled")
    charges(school, 7_700, key="held")
    _hold_and_shrink(actor)
    paid, part_paid, credited, reduced = bill(actor=actor)
    _pay(paid, part_paid, credited, council, school, actor)
    first_line = credited.lines.get(position=1)
    credit_invoice(invoice=credited, amounts={first_line.pk: 3_333}, reason="Not wanted", on=PAID_ON, actor=actor)
    reduce(source_key="after", of="shrinks", pence=1_000, reason="A day less", on=PAID_ON, actor=actor)
    issue_credits_due(charge_source_keys=["shrinks"], on=PAID_ON, actor=actor)
    reduce(source_key="due", of="shrinks", pence=500, reason="An hour less", on=PAID_ON, actor=actor)
    if in_instalments:
        year = Period.months_from(PAID_ON, 12)
        charges(school, 120_000, on=PAID_ON, purchase_order="6 IN INSTALMENTS", instalments=12, service=year)
        bill(on=PAID_ON, actor=actor)
    return SmallWorld(paid, part_paid, credited, reduced)


def _hold_and_shrink(actor: Actor) -> None:
    amend_unbilled(source_key="held", held_reason="Waits for the head teacher", actor=actor)
    reduce(source_key="before", of="shrinks", pence=3_000, reason="Two days less", on=FIRST, actor=actor)
    reduce(source_key="whole", of="cancelled", pence=900, reason="Not given", on=FIRST, actor=actor)


def _pay(
    paid: Document, part_paid: Document, credited: Document, council: Organisation, school: Organisation, actor: Actor
) -> None:
    own = receive(school, 12_000, key="school", on=PAID_ON)
    allocate(source=own, to=paid.items.get(), pence=12_000, on=PAID_ON, actor=actor)
    remittance = receive(council, 50_000, key="council", on=PAID_ON)
    allocate(source=remittance, to=part_paid.items.get(), pence=20_000, on=PAID_ON, actor=actor)
    wrong = allocate(source=remittance, to=credited.items.get(), pence=4_000, on=PAID_ON, actor=actor)
    undo_allocation(allocation=wrong, on=PAID_ON, reason="Another school's", actor=actor)
    bounced = receive(school, 1_500, key="bounced", on=PAID_ON)
    reverse_receipt(item=bounced, on=PAID_ON, reason="Returned by the bank", actor=actor)
