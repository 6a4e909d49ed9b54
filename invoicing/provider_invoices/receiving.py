"""Providers' own invoices come in with a file, as a rule against what is owed at once.

A provider either writes its invoices itself or has them written by us: never both (VAT Notice 700/62, s3).
"""

import hashlib
from collections.abc import Collection
from datetime import date, timedelta

from django.db import IntegrityError, transaction
from django.db.models import Sum

from invoicing.provider_invoices.agreements import agreement_on
from invoicing.provider_invoices.due import payment_day
from invoicing.provider_invoices.errors import InvoiceKnown, OverCredited, WrittenByUs
from invoicing.provider_invoices.holding import record_invoice, require_sender
from invoicing.provider_invoices.matching import owed_amounts, put_on
from invoicing.provider_invoices.models import ProviderInvoice
from invoicing.provider_invoices.vat_holders import vat_holders
from marketplace.core.actors import FINANCE, Actor, Role
from marketplace.core.errors import WrongInput
from marketplace.core.file_kinds import PDF, FileKind
from marketplace.core.files import store_file, visible_to
from marketplace.core.money import Money
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
    require_sender(provider, actor)
    if credits is None and (agreement := agreement_on(provider, on)):
        raise WrittenByUs(
            f"We write the invoices of {provider.name} until {long_date(agreement.valid_to)}, so it sends none. End "
            f"{agreement.number} first."
        )
    own = clean_line(number, what="Invoice number", limit=40)
    known = InvoiceKnown(f"Invoice {own} of {provider.name} was received before. Check its number.")
    if ProviderInvoice.objects.filter(provider=provider, number__iexact=own).exclude(state=_STATE.REFUSED).exists():
        raise known
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
        raise known from None
    record_invoice("provider_invoice.received", made, actor)
    owed = owed_amounts(provider, credit=credits is not None)
    chosen = [row for row in owed if row.payable.pk in payable_ids] if payable_ids is not None else owed
    if chosen and sum(row.pence for row in chosen) == net_pence:
        put_on(made, chosen)
    return made


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
