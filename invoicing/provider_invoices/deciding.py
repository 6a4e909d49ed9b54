"""Providers' own invoices: received with a file, matched to what is owed, queried, refused or agreed.

A provider either writes its invoices itself or has them written by us: never both (VAT Notice 700/62, s3).
"""

import hashlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F, Q, Sum

from invoicing.ledger import chart
from invoicing.ledger.posting import NewEntry, NewMovement, post
from invoicing.payables.models import Payable, PayableMove
from invoicing.provider_invoices.agreements import agreement_on
from invoicing.provider_invoices.due import payment_day
from invoicing.provider_invoices.errors import (
    AmountsTaken,
    InvoiceDiffers,
    InvoiceKnown,
    InvoiceMoved,
    OverCredited,
    WrittenByUs,
)
from invoicing.provider_invoices.models import InvoicedMove, ProviderInvoice, ProviderInvoiceLine
from invoicing.provider_invoices.vat_holders import vat_holders
from marketplace.core import events
from marketplace.core.actors import FINANCE, Actor, Role
from marketplace.core.errors import NotAllowed, WrongInput
from marketplace.core.file_kinds import PDF, FileKind
from marketplace.core.files import store_file, visible_to
from marketplace.core.money import Money, share_out
from marketplace.core.text import clean_line
from marketplace.core.wording import long_date
from marketplace.organisations.models import Organisation

OWNER = "provider_invoice"
_KIND, _STATE = ProviderInvoice.Kind, ProviderInvoice.State
OLDEST = timedelta(days=4 * 366)


@visible_to(OWNER)
def sees_invoice_file(actor: Actor, owner: str) -> bool:
    """Finance, the auditor and the provider whose invoice it is. ``owner`` is the provider's id and a hash."""
    provider = owner.partition(":")[0]
    return actor.has(*FINANCE, Role.AUDITOR) or int(provider) in actor.organisations(Role.PROVIDER)


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
def receive_invoice(
    *,
    provider: Organisation,
    number: str,
    dated_on: date,
    net_pence: int,
    vat_pence: int,
    upload: bytes,
    file_name: str,
    on: date,
    actor: Actor,
    payable_ids: Collection[int] | None = None,
    credits: ProviderInvoice | None = None,
    allowed: Collection[FileKind] = (PDF,),
) -> ProviderInvoice:
    """Takes in a provider's invoice, or its credit note where it ``credits`` one, as a PDF of at most 10 MB.

    Of a credit note: only of an agreed invoice that it wrote itself, and for no more than is left of that (OverCredited).

    By the provider's staff or finance. It is put against the amounts due that are named, or, without, against all of them
    where they add up to its net; otherwise it waits for a person to choose. Refused: while an agreement runs under which
    we write the invoices (WrittenByUs; what it invoiced itself before it credits itself still), a number that came before (InvoiceKnown), VAT from who is not registered.
    """
    _require_sender(provider, actor)
    if credits is None and (agreement := agreement_on(provider, on)):
        raise WrittenByUs(
            f"We write the invoices of {provider.name} until {long_date(agreement.valid_to)}, so it sends none. End "
            f"{agreement.number} first."
        )
    own = clean_line(number, what="Invoice number", limit=40)
    _check_amounts(provider, dated_on, net_pence, vat_pence, on)
    if credits is not None:
        _check_credited(provider, credits, net_pence + vat_pence)
    stored = store_file(
        upload=upload, name=file_name, owner_kind=OWNER,
        owner=f"{provider.pk}:{hashlib.sha256(own.encode()).hexdigest()[:16]}", allowed=allowed,
        organisation_id=provider.pk, actor=actor,
    )  # fmt: skip
    try:
        with transaction.atomic():
            made = ProviderInvoice.objects.create(
                kind=_KIND.OWN_CREDIT if credits else _KIND.OWN, state=_STATE.RECEIVED, provider=provider, number=own,
                file=stored, credits=credits, dated_on=dated_on, due_on=payment_day(max(on, dated_on)),
                net_pence=net_pence, vat_pence=vat_pence, gross_pence=net_pence + vat_pence,
            )  # fmt: skip
    except IntegrityError as error:
        if "provider_invoice_number_once" not in str(error):
            raise
        raise InvoiceKnown(f"Invoice {own} of {provider.name} was received before. Check its number.") from None
    record_invoice("provider_invoice.received", made, actor)
    owed = owed_amounts(provider, credit=credits is not None)
    chosen = [row for row in owed if row.payable.pk in payable_ids] if payable_ids is not None else owed
    if chosen and sum(row.pence for row in chosen) == net_pence:
        _put_on(made, chosen)
    return made


def _require_sender(provider: Organisation, actor: Actor) -> None:
    if not actor.has(*FINANCE) and provider.pk not in actor.organisations(Role.PROVIDER):
        raise NotAllowed(f"You may not send invoices for {provider.name}. Ask its staff.")


def _check_amounts(provider: Organisation, dated_on: date, net: int, vat: int, on: date) -> None:
    if net <= 0 or vat < 0:
        raise WrongInput("The net must be more than £0.00, and the VAT no less than £0.00.")
    if not on - OLDEST <= dated_on <= on:
        raise WrongInput("The invoice date must be today or in the last four years.")
    if vat and not vat_holders([provider], dated_on)[provider.pk].registered:
        raise WrongInput(
            f"{provider.name} is not registered for VAT on record, so its invoice can bear none. Tell us of the VAT "
            "registration first."
        )


def _check_credited(provider: Organisation, invoice: ProviderInvoice, gross: int) -> None:
    """Locks the invoice, so that two credit notes at once are summed one after the other."""
    found = ProviderInvoice.objects.select_for_update().get(pk=invoice.pk)
    if (found.provider_id, found.kind, found.state) != (provider.pk, _KIND.OWN, _STATE.AGREED):
        raise WrongInput("A credit note names an invoice that you sent yourself and that is agreed. Choose that one.")
    left = left_to_credit(found)
    if gross > left:
        raise OverCredited(
            f"{Money(left)} of {found.number} is left to credit, VAT included, not {Money(gross)}.", remaining=left
        )


def left_to_credit(invoice: ProviderInvoice) -> int:
    """What of an invoice of its own no credit note takes back yet, in pence with VAT; refused ones do not count."""
    notes = invoice.credit_notes.exclude(state=_STATE.REFUSED)
    return invoice.gross_pence - int(notes.aggregate(pence=Sum("gross_pence", default=0))["pence"])


@transaction.atomic
def match_invoice(*, invoice: ProviderInvoice, payable_ids: Collection[int], actor: Actor) -> ProviderInvoice:
    """Puts an invoice against these amounts due, instead of what was there. Their sum must be its net (InvoiceDiffers)."""
    actor.require(*FINANCE, to="match providers' invoices")
    found = _locked(invoice, [_STATE.RECEIVED], to="match it")
    _take_off(found)
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
    _put_on(found, chosen)
    record_invoice("provider_invoice.matched", found, actor)
    return found


def _put_on(invoice: ProviderInvoice, chosen: Sequence[OwedAmount]) -> None:
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


def _take_off(invoice: ProviderInvoice) -> None:
    InvoicedMove.objects.filter(line__invoice=invoice).delete()
    invoice.lines.all().delete()


@transaction.atomic
def query_invoice(*, invoice: ProviderInvoice, reason: str, actor: Actor) -> ProviderInvoice:
    """Asks the provider about it; ``reason`` is read by the provider. Nothing is paid meanwhile."""
    actor.require(*FINANCE, to="query providers' invoices")
    return _moved(invoice, [_STATE.RECEIVED], _STATE.QUERIED, reason, actor, "provider_invoice.queried")


@transaction.atomic
def answer_query(*, invoice: ProviderInvoice, answer: str, actor: Actor) -> ProviderInvoice:
    """The provider, or finance for it, answers: the invoice is to be checked again."""
    _require_sender(invoice.provider, actor)
    return _moved(invoice, [_STATE.QUERIED], _STATE.RECEIVED, answer, actor, "provider_invoice.answered")


@transaction.atomic
def refuse_invoice(*, invoice: ProviderInvoice, reason: str, actor: Actor) -> ProviderInvoice:
    """It is not paid; what stood on it waits for another invoice, whose number may be the same."""
    actor.require(*FINANCE, to="refuse providers' invoices")
    found = _moved(
        invoice, [_STATE.RECEIVED, _STATE.QUERIED], _STATE.REFUSED, reason, actor, "provider_invoice.refused"
    )
    _take_off(found)
    return found


@transaction.atomic
def agree_invoice(*, invoice: ProviderInvoice, on: date, actor: Actor) -> ProviderInvoice:
    """It is to be paid on its day: its VAT is posted, by a finance person who did not send it.

    Refused (InvoiceDiffers) where what stands on it does not add up to its net any more.
    """
    actor.require(*FINANCE, to="agree providers' invoices")
    found = _locked(invoice, [_STATE.RECEIVED], to="agree it")
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


def _locked(invoice: ProviderInvoice, states: Sequence[str], *, to: str) -> ProviderInvoice:
    found = (
        ProviderInvoice.objects.select_for_update(of=("self",)).select_related("provider", "file").get(pk=invoice.pk)
    )
    if found.state not in states:
        raise InvoiceMoved(f"{found.number} is {found.get_state_display().lower()}, so you cannot {to} now.")
    return found


def _moved(
    invoice: ProviderInvoice, states: Sequence[str], to: str, reason: str, actor: Actor, kind: str
) -> ProviderInvoice:
    said = clean_line(reason, what="Reason", limit=240)
    found = _locked(invoice, states, to="do that")
    ProviderInvoice.objects.filter(pk=found.pk).update(state=to, reason=said)
    found.refresh_from_db()
    record_invoice(kind, found, actor, said)
    return found


def record_invoice(kind: str, invoice: ProviderInvoice, actor: Actor, reason: str = "") -> None:
    """``reason`` is text that a person wrote, so it lies aside."""
    payload: dict[str, Any] = {"gross_pence": invoice.gross_pence, "state": invoice.state}
    events.record(
        kind=kind,
        subject_kind="provider_invoice",
        subject=str(invoice.pk),
        organisation_ids=[invoice.provider_id],
        payload=payload,
        text={"reason": reason} if reason else None,
        actor=actor,
    )
