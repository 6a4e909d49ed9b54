"""What a provider may invoice, and an invoice put against it."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from django.db import IntegrityError, transaction
from django.db.models import Q, Sum

from invoicing.payables.models import Payable, PayableMove
from invoicing.provider_invoices.errors import AmountsTaken, InvoiceDiffers
from invoicing.provider_invoices.holding import locked_invoice, record_invoice
from invoicing.provider_invoices.models import InvoicedMove, ProviderInvoice, ProviderInvoiceLine
from marketplace.core.actors import FINANCE, Actor
from marketplace.core.money import Money, share_out
from marketplace.organisations.models import Organisation

_STATE = ProviderInvoice.State


@dataclass(frozen=True)
class OwedAmount:
    """One amount due that no invoice carries: ``pence`` before VAT, below nought where it is to be given back."""

    payable: Payable
    pence: int


def owed_amounts(provider: Organisation, *, credit: bool = False) -> list[OwedAmount]:
    """What a provider may invoice now, or has to credit, oldest first."""
    free = Q(moves__invoiced__isnull=True)
    sums = Payable.objects.filter(provider=provider).annotate(free=Sum("moves__pence", filter=free, default=0))
    wanted = sums.filter(free__lt=0) if credit else sums.filter(free__gt=0)
    return [OwedAmount(row, abs(row.free)) for row in wanted.order_by("pk")]


@transaction.atomic
def match_invoice(*, invoice: ProviderInvoice, payable_ids: Collection[int], actor: Actor) -> ProviderInvoice:
    """Puts an invoice against these amounts due, instead of what was there. Their sum must be its net (InvoiceDiffers)."""
    actor.require(*FINANCE, to="match providers' invoices")
    found = locked_invoice(invoice, [_STATE.RECEIVED], to="match it")
    take_off(found)
    chosen = [row for row in owed_amounts(found.provider, credit=found.is_credit) if row.payable.pk in payable_ids]
    if len(chosen) != len(set(payable_ids)):
        raise AmountsTaken("Some of these amounts stand on another invoice already. Look at the list again.")
    owed = sum(row.pence for row in chosen)
    if owed != found.net_pence:
        raise InvoiceDiffers(
            f"{found.number} is for {Money(found.net_pence)} before VAT, and what you chose comes to {Money(owed)}. Choose "
            "other amounts, or query the invoice.",
            invoiced=found.net_pence, owed=owed,
        )  # fmt: skip
    put_on(found, chosen)
    record_invoice("provider_invoice.matched", found, actor)
    return found


def put_on(invoice: ProviderInvoice, chosen: Sequence[OwedAmount]) -> None:
    """Its lines, the VAT of the invoice shared over them by largest remainder, and the changes that they carry."""
    shares = share_out(invoice.vat_pence, [row.pence for row in chosen])
    lines = ProviderInvoiceLine.objects.bulk_create(
        ProviderInvoiceLine(
            invoice=invoice, position=place, payable=row.payable, net_pence=row.pence,
            vat_category=row.payable.vat_category, vat_rate=row.payable.vat_rate, vat_pence=share,
        )
        for place, (row, share) in enumerate(zip(chosen, shares, strict=True), start=1)
    )  # fmt: skip
    free = PayableMove.objects.filter(payable__in=[row.payable.pk for row in chosen], invoiced__isnull=True)
    by_payable = {line.payable_id: line for line in lines}
    try:
        with transaction.atomic():
            InvoicedMove.objects.bulk_create(InvoicedMove(move=one, line=by_payable[one.payable_id]) for one in free)
    except IntegrityError:
        raise AmountsTaken("Some of these amounts were put on another invoice just now. Try again.") from None


def take_off(invoice: ProviderInvoice) -> None:
    InvoicedMove.objects.filter(line__invoice=invoice).delete()
    invoice.lines.all().delete()
