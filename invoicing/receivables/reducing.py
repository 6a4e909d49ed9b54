"""Less is owed on an item: taken off before it is invoiced, due as a credit afterwards."""

from datetime import date

from django.db import transaction
from django.db.models import F, Sum

from invoicing.documents.models import Document, LineCredit
from invoicing.receivables.charges import DifferentFacts, record_charge
from invoicing.receivables.models import Charge, Reduction
from marketplace.core.actors import Actor
from marketplace.core.errors import DomainError, NotFound, WrongInput
from marketplace.core.money import Money
from marketplace.core.periods import Period
from marketplace.core.text import clean_line


class ReductionTooLarge(DomainError):
    """A charge cannot be reduced by more than is left of it."""

    code = "reduction_too_large"


@transaction.atomic
def reduce(
    *,
    source_key: str,
    of: str,
    pence: int,
    reason: str,
    on: date,
    actor: Actor,
    service: Period | None = None,
) -> Reduction:
    """Less is owed on the charge with source ``of``.

    Before invoicing the item shrinks (reduced whole, it is cancelled); afterwards a credit becomes due, which
    ``issue_credits_due`` puts on a credit note. The same ``source_key`` again returns the first reduction. Raises
    ReductionTooLarge beyond what is left.
    """
    if pence <= 0:
        raise WrongInput("A reduction must be more than £0.00")
    target = Charge.objects.select_for_update().filter(source_key=of).first()
    if target is None:
        raise NotFound(f"There is no item to invoice {of}")
    if existing := Reduction.objects.filter(source_key=source_key).first():
        if (existing.charge_id, existing.pence) != (target.pk, pence):
            raise DifferentFacts(
                f"{source_key} was made before as {Money(existing.pence)} off {existing.charge.source_key}, "
                f"not {Money(pence)} off {of}. Give the new reduction a source of its own."
            )
        return existing
    left = _left_locked(target)
    taken = Charge.objects.filter(pk=target.pk, reduced_pence__lte=F("net_pence") - pence)
    if pence > left or taken.update(reduced_pence=F("reduced_pence") + pence) != 1:
        raise ReductionTooLarge(
            f"Only {Money(left)} is left of this item, so it cannot be reduced by {Money(pence)}.", remaining=left
        )
    pending = target.state == Charge.State.PENDING
    if pending and target.reduced_pence + pence == target.net_pence:
        Charge.objects.filter(pk=target.pk, state=Charge.State.PENDING).update(state=Charge.State.CANCELLED)
    reduction = Reduction.objects.create(
        source_key=source_key,
        charge=target,
        state=Reduction.State.APPLIED if pending else Reduction.State.DUE,
        pence=pence,
        reason=clean_line(reason, what="Reason", limit=240),
        reduced_on=on,
        service_from=service.start if service else None,
        service_to=service.end if service else None,
    )
    payload = {
        "pence": pence,
        "state": reduction.state,
        "before": {"due_pence": target.due_pence},
        "after": {"due_pence": target.due_pence - pence},
    }
    record_charge("charge.reduced", target, payload, actor, text={"reason": reduction.reason})
    return reduction


def _left_locked(target: Charge) -> int:
    """What is left of a charge that the caller holds; the invoice that it is on is held too, against credits by hand."""
    if target.document_line_id is not None:
        on_invoice = Document.objects.select_for_update(no_key=True).filter(lines=target.document_line_id)
        list(on_invoice.values_list("pk"))
    return left_of(target.source_key)


def left_of(source_key: str) -> int:
    """Pence by which the charge can still be reduced: what no reduction took and, once invoiced, no credit note."""
    found = Charge.objects.select_related("document_line").filter(source_key=source_key).first()
    if found is None:
        return 0
    line = found.document_line
    if line is None:
        return found.due_pence
    credited = LineCredit.objects.filter(pk=line.pk).values_list("credited_pence", flat=True).first() or 0
    due = found.reductions.filter(state=Reduction.State.DUE).aggregate(pence=Sum("pence", default=0))["pence"]
    return int(line.net_pence - credited - due)
