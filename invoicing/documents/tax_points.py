"""The tax points of instalments: their VAT falls due on the due date, or with the payment where that comes first.

Source: VAT Regulations 1995 (SI 1995/2518), reg. 90(2).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.db import connection, transaction

from invoicing.documents.drafts import VatKey
from invoicing.documents.instalment_plan import vat_reached
from invoicing.documents.models import VAT_WAITS, Instalment
from invoicing.ledger import chart
from invoicing.ledger.posting import NewEntry, NewMovement, post
from marketplace.core import events
from marketplace.core.actors import Actor
from marketplace.core.bulk import as_array

CHUNK = 500
# Moves only VAT that still waits, row by row as it was read: what another took meanwhile makes the count differ.
_REACH = """
UPDATE invoicing_instalment i SET reached_vat_pence = i.reached_vat_pence + given.pence
FROM unnest(%s::bigint[], %s::bigint[]) AS given(id, pence)
WHERE i.id = given.id AND i.reached_vat_pence + i.cancelled_vat_pence + given.pence <= i.vat_pence
"""
_CANCEL = """
UPDATE invoicing_instalment i SET cancelled_vat_pence = i.cancelled_vat_pence + given.pence
FROM unnest(%s::bigint[], %s::bigint[]) AS given(id, pence)
WHERE i.id = given.id AND i.reached_vat_pence + i.cancelled_vat_pence + given.pence <= i.vat_pence
"""


@dataclass
class TaxPointReport:
    """How many instalments reached their tax point, and their VAT in pence."""

    count: int = 0
    vat_pence: int = 0


def reach_tax_points(*, on: date, actor: Actor) -> TaxPointReport:
    """Posts the VAT of every instalment due by this day, in chunks of one transaction each. Done twice, it is done once."""
    report = TaxPointReport()
    while True:
        with transaction.atomic():
            due = list(
                Instalment.objects.select_for_update(of=("self",), skip_locked=True)
                .filter(VAT_WAITS, due_on__lte=on)
                .select_related("document")
                .order_by("pk")[:CHUNK]
            )
            if not due:
                return report
            waits = [one.vat_pence - one.reached_vat_pence - one.cancelled_vat_pence for one in due]
            _reach([(one, pence, one.due_on) for one, pence in zip(due, waits, strict=True)], actor)
        report.count += len(due)
        report.vat_pence += sum(waits)


def reach_by_payment(*, paid: Mapping[tuple[int, date], tuple[int, int]], on: date, actor: Actor) -> None:
    """The tax point of instalments that are paid before they are due, in the transaction of the payment.

    ``paid`` gives, by document id and due date, the pence paid in all and the gross pence of that payment of the plan.
    VAT falls due in proportion to what is paid.
    """
    waiting = [
        one
        for one in Instalment.objects.select_for_update(of=("self",))
        .filter(VAT_WAITS, document_id__in={document for document, _ in paid})
        .select_related("document")
        .order_by("pk")
        if (one.document_id, one.due_on) in paid
    ]
    moves = []
    for one in waiting:
        settled, gross = paid[one.document_id, one.due_on]
        reached = vat_reached(vat_pence=one.vat_pence, paid_pence=settled, gross_pence=gross)
        pence = min(reached, one.vat_pence - one.cancelled_vat_pence) - one.reached_vat_pence
        if pence > 0:
            moves.append((one, pence, on))
    if moves:
        _reach(moves, actor)


def take_back_waiting(*, document_id: int, group_vat: Mapping[VatKey, int]) -> tuple[tuple[VatKey, int], ...]:
    """Takes a credit's VAT, by category and rate in pence, from what still waits for its tax point, last payments first.

    Returns what was taken; the rest of the credit's VAT had fallen due. For the transaction that issues the credit note.
    """
    left, taken = dict(group_vat), []
    waiting = Instalment.objects.select_for_update().filter(document_id=document_id).order_by("pk")
    for one in sorted(waiting, key=lambda one: one.due_on, reverse=True):
        key = (one.category, one.rate)
        pence = min(left.get(key, 0), one.vat_pence - one.reached_vat_pence - one.cancelled_vat_pence)
        if pence > 0:
            left[key] -= pence
            taken.append((one, key, pence))
    _move(_CANCEL, [(one.pk, pence) for one, _, pence in taken])
    sums: dict[VatKey, int] = {}
    for _, key, pence in taken:
        sums[key] = sums.get(key, 0) + pence
    return tuple(sorted(sums.items()))


def _reach(moves: Sequence[tuple[Instalment, int, date]], actor: Actor) -> None:
    _move(_REACH, [(one.pk, pence) for one, pence, _ in moves])
    post(
        entries=[
            NewEntry(
                kind="tax_point",
                source_key=f"tax-point:{one.pk}:{one.reached_vat_pence + pence}",
                on=max(on, one.document.issued_on),
                narrative=f"Tax point of instalment {one.position} of {one.document.number}",
                movements=[NewMovement(chart.VAT_ON_FUTURE_INSTALMENTS, chart.VAT_OUTPUT, pence)],
            )
            for one, pence, on in moves
        ],
        actor=actor,
    )
    events.record_many(
        facts=[
            {
                "kind": "invoice.tax_point_reached",
                "subject_kind": "document",
                "subject": one.document.number or "",
                "organisation_ids": [one.document.customer_id],
                "payload": {"instalment": one.position, "vat_pence": pence},
            }
            for one, pence, _ in moves
        ],
        actor=actor,
    )


def _move(statement: str, moves: Iterable[tuple[int, int]]) -> None:
    rows = sorted(moves)
    if not rows:
        return
    with connection.cursor() as cursor:
        cursor.execute(statement, [as_array(pk for pk, _ in rows), as_array(pence for _, pence in rows)])
        if cursor.rowcount != len(rows):
            raise RuntimeError(f"{cursor.rowcount} of {len(rows)} instalments could be moved")
