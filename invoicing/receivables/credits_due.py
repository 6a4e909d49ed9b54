"""Credits that are due since something invoiced was cancelled or reduced: their credit notes."""

from collections.abc import Sequence
from datetime import date

from django.db import transaction

from invoicing.documents.models import Document
from invoicing.receivables.credit_notes import lock_invoice, write_credit
from invoicing.receivables.models import Reduction
from invoicing.recognition.taking_back import Credited
from marketplace.core.actors import Actor
from marketplace.core.periods import Period


@transaction.atomic
def issue_credits_due(*, charge_source_keys: Sequence[str], on: date, actor: Actor) -> list[Document]:
    """Credit notes for reductions of these charges that are due: one per invoice, in the order of the invoices.

    The rule that made the credit due (a cancellation policy, for one) has decided it, so no role is asked for here.
    """
    due = list(
        Reduction.objects.select_for_update(of=("self",))
        .filter(charge__source_key__in=charge_source_keys, state=Reduction.State.DUE)
        .select_related("charge__document_line__document")
        .order_by("pk")
    )
    by_invoice: dict[int, list[tuple[int, Reduction]]] = {}
    for reduction in due:
        if (line := reduction.charge.document_line) is not None:  # what is due was invoiced
            by_invoice.setdefault(line.document_id, []).append((line.pk, reduction))
    notes = []
    for document_id in sorted(by_invoice):
        reasons = dict.fromkeys(reduction.reason for _, reduction in by_invoice[document_id])
        invoice = Document.objects.get(pk=document_id)
        lock_invoice(invoice)
        note = write_credit(
            invoice=invoice,
            credits=[
                Credited(line_id, reduction.pence, _days(reduction)) for line_id, reduction in by_invoice[document_id]
            ],
            reason="; ".join(reasons)[:240],
            on=max(on, invoice.issued_on),  # an invoice dated ahead is credited on its own day
            actor=actor,
        )
        credit_lines = dict(note.lines.values_list("credits_line_id", "pk"))
        for line_id, reduction in by_invoice[document_id]:
            Reduction.objects.filter(pk=reduction.pk, state=Reduction.State.DUE).update(
                state=Reduction.State.CREDITED, credit_line_id=credit_lines[line_id]
            )
        notes.append(note)
    return notes


def _days(reduction: Reduction) -> Period | None:
    if reduction.service_from is None or reduction.service_to is None:
        return None
    return Period(reduction.service_from, reduction.service_to)
