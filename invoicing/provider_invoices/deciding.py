"""Providers' own invoices are queried, answered, refused or agreed; what is agreed is paid on its day."""

from collections.abc import Sequence
from datetime import date

from django.db import transaction
from django.db.models import F, Q, Sum

from invoicing.ledger import chart
from invoicing.ledger.posting import NewEntry, NewMovement, post
from invoicing.provider_invoices.errors import InvoiceDiffers, InvoiceMoved
from invoicing.provider_invoices.holding import locked_invoice, record_invoice, require_sender
from invoicing.provider_invoices.matching import take_off
from invoicing.provider_invoices.models import ProviderInvoice
from marketplace.core.actors import FINANCE, Actor
from marketplace.core.errors import NotAllowed
from marketplace.core.money import Money
from marketplace.core.text import clean_line

_STATE = ProviderInvoice.State


@transaction.atomic
def query_invoice(*, invoice: ProviderInvoice, reason: str, actor: Actor) -> ProviderInvoice:
    """Asks the provider about it; ``reason`` is read by the provider. Nothing is paid meanwhile."""
    actor.require(*FINANCE, to="query providers' invoices")
    return _moved(invoice, [_STATE.RECEIVED], _STATE.QUERIED, reason, actor, "provider_invoice.queried")


@transaction.atomic
def answer_query(*, invoice: ProviderInvoice, answer: str, actor: Actor) -> ProviderInvoice:
    """The provider, or finance for it, answers: the invoice is to be checked again."""
    require_sender(invoice.provider, actor)
    return _moved(invoice, [_STATE.QUERIED], _STATE.RECEIVED, answer, actor, "provider_invoice.answered")


@transaction.atomic
def refuse_invoice(*, invoice: ProviderInvoice, reason: str, actor: Actor) -> ProviderInvoice:
    """It is not paid; what stood on it waits for another invoice, whose number may be the same."""
    actor.require(*FINANCE, to="refuse providers' invoices")
    found = _moved(
        invoice, [_STATE.RECEIVED, _STATE.QUERIED], _STATE.REFUSED, reason, actor, "provider_invoice.refused"
    )
    take_off(found)
    return found


@transaction.atomic
def agree_invoice(*, invoice: ProviderInvoice, on: date, actor: Actor) -> ProviderInvoice:
    """It is to be paid on its day: its VAT is posted, by a finance person who did not send it.

    Refused (InvoiceDiffers) where what stands on it does not add up to its net any more.
    """
    actor.require(*FINANCE, to="agree providers' invoices")
    found = locked_invoice(invoice, [_STATE.RECEIVED], to="agree it")
    if actor.person_id and found.file and found.file.added_by_person_id == actor.person_id:
        raise NotAllowed("You sent this invoice in, so another finance person must agree it.")
    standing = found.lines.aggregate(net=Sum("net_pence", default=0))["net"]
    if standing != found.net_pence:
        raise InvoiceDiffers(
            f"{found.number} is for {Money(found.net_pence)} before VAT, and {Money(standing)} of amounts due stands on it. "
            "Choose what it is for first.",
            invoiced=found.net_pence, owed=standing,
        )  # fmt: skip
    entry = None
    if found.vat_pence:
        [entry] = post(entries=[own_vat_entry(found, on)], actor=actor)
    ProviderInvoice.objects.filter(pk=found.pk).update(
        state=_STATE.AGREED, vat_entry_id=entry, outstanding_pence=found.gross_pence, due_on=max(found.due_on, on)
    )
    found.refresh_from_db()
    record_invoice("provider_invoice.agreed", found, actor)
    return found


def own_vat_entry(invoice: ProviderInvoice, on: date) -> NewEntry:
    """VAT on purchases → payables (provider), or the mirror for its credit note."""
    return vat_entry(
        provider_id=invoice.provider_id, number=invoice.number, key=f"own:{invoice.pk}", pence=invoice.vat_pence,
        on=on, credit=invoice.is_credit,
    )  # fmt: skip


def vat_entry(*, provider_id: int, number: str, key: str, pence: int, on: date, credit: bool) -> NewEntry:
    """A provider's VAT: VAT on purchases → payables (provider), or the mirror for a credit note."""
    if credit:
        kind, movement = "supplier_vat_back", NewMovement(chart.PAYABLES, chart.VAT_INPUT, pence, provider_id)
    else:
        kind, movement = "supplier_vat", NewMovement(chart.VAT_INPUT, chart.PAYABLES, pence, None, provider_id)
    return NewEntry(
        kind=kind, source_key=f"supplier-vat:{key}", on=on, narrative=f"VAT of {number}", movements=[movement]
    )


def settle_outstanding(*, invoice_id: int, pence: int) -> None:
    """So much less is to be paid of an agreed invoice, or taken of a credit note; below nought, so much more again.

    In the transaction of the payment. Raises InvoiceMoved where that is more than is outstanding.
    """
    left = Q(outstanding_pence__gte=pence) if pence >= 0 else Q(outstanding_pence__lte=F("gross_pence") + pence)
    agreed = ProviderInvoice.objects.filter(left, pk=invoice_id, state=_STATE.AGREED)
    if agreed.update(outstanding_pence=F("outstanding_pence") - pence) != 1:
        raise InvoiceMoved("The invoice was paid or taken meanwhile. Look at it again.")


def _moved(
    invoice: ProviderInvoice, states: Sequence[str], to: str, reason: str, actor: Actor, kind: str
) -> ProviderInvoice:
    said = clean_line(reason, what="Reason", limit=240)
    found = locked_invoice(invoice, states, to="do that")
    ProviderInvoice.objects.filter(pk=found.pk).update(state=to, reason=said)
    found.refresh_from_db()
    record_invoice(kind, found, actor, said)
    return found
