"""Reads over payables, scoped to an actor: finance and the auditor see all, a provider what is due to itself."""

from dataclasses import dataclass

from django.db.models import Count, F, QuerySet, Sum

from invoicing.payables.models import Payable, PayableMove, PayableReduction
from invoicing.queries import require_finance_reader
from invoicing.receivables.models import Charge
from marketplace.core.actors import Actor
from marketplace.core.errors import NotFound


def payables_for(actor: Actor) -> QuerySet[Payable]:
    """Amounts due to providers, the newest first; NotFound for anybody but finance and the auditor."""
    require_finance_reader(actor)
    return Payable.objects.select_related("provider", "account").order_by("-pk")


def payable_for(actor: Actor, pk: int) -> Payable:
    """One of them, or NotFound."""
    found = payables_for(actor).filter(pk=pk).first()
    if found is None:
        raise NotFound("There is no such amount due.")
    return found


def left_of_payable(source_key: str) -> int:
    """Pence by which the amount due can still be reduced; nought where there is none."""
    found = Payable.objects.filter(source_key=source_key).first()
    return found.due_pence if found else 0


@dataclass(frozen=True)
class PayableSums:
    """The figures of a whole list, in pence before VAT."""

    count: int
    left: int
    owed: int

    @property
    def waiting(self) -> int:
        """What waits for customers' money."""
        return self.left - self.owed


def sums_of(rows: QuerySet[Payable]) -> PayableSums:
    """One query."""
    left = Sum(F("net_pence") - F("reduced_pence"), default=0)
    sums = rows.order_by().aggregate(count=Count("pk"), left=left, owed=Sum("owed_pence", default=0))
    return PayableSums(sums["count"], int(sums["left"]), int(sums["owed"]))


def cause_of(payable: Payable) -> Charge | None:
    """The customer's item whose payment it waits for, with the invoice that carries it."""
    if not payable.release_on_payment_of:
        return None
    found = Charge.objects.select_related("document_line__document", "consumer", "invoice_to")
    return found.filter(source_key=payable.release_on_payment_of).first()


def moves_of(payable: Payable) -> list[PayableMove]:
    """What became owed and what was taken back, each with its entry, oldest first."""
    return list(payable.moves.order_by("pk"))


def reductions_of(payable: Payable) -> list[PayableReduction]:
    """What is owed less since it was made, oldest first."""
    return list(payable.reductions.order_by("pk"))
