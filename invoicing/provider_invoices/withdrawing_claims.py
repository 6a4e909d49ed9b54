"""Withdrawing a repayment request before it is paid: what it asked for is left of its credit note again.

The request stays as it was issued. Posted: payables (provider) → money on account (provider), set against the request at
once, so payables stand as before it was claimed and the next payment takes the credit off. Where some of it was paid, that
stays paid and the rest is withdrawn. It is never undone: the money is claimed back anew, under another number.
"""

from datetime import date

from django.db import transaction

from invoicing.ledger import chart
from invoicing.ledger.posting import NewEntry, NewMovement, post
from invoicing.provider_invoices.claim_models import ClaimBack, ClaimWithdrawal
from invoicing.provider_invoices.deciding import settle_outstanding
from invoicing.provider_invoices.errors import InvoiceMoved
from invoicing.provider_invoices.holding import record_invoice
from invoicing.provider_invoices.models import ProviderInvoice
from invoicing.receivables.allocation import allocate
from invoicing.receivables.models import ReceivableItem, UnallocatedItem
from invoicing.second_person.limits import require_alone
from invoicing.second_person.models import Action, PreparedAction
from invoicing.second_person.preparing import executes, prepare
from marketplace.core import events
from marketplace.core.actors import FINANCE, Actor
from marketplace.core.money import Money
from marketplace.core.text import clean_line
from marketplace.organisations.models import Organisation

_TO = "withdraw repayment requests"


def owed_on(claim: ClaimBack) -> int:
    """Pence that the request still asks for."""
    return ReceivableItem.objects.get(document=claim.document_id).outstanding_pence


@transaction.atomic
def withdraw_claim(*, claim: ClaimBack, reason: str, on: date, actor: Actor) -> ClaimWithdrawal:
    """Asks no longer for what is unpaid of a repayment request. Finance only.

    Raises InvoiceMoved where nothing is owed on it, NeedsSecondPerson above what one person may withdraw alone
    (``prepare_claim_withdrawal`` puts it before another).
    """
    actor.require(*sorted(FINANCE), to=_TO)
    item = _locked(claim)
    require_alone(action=Action.WITHDRAWAL, pence=item.outstanding_pence, on=on, actor=actor)
    return _withdrawn(claim, item, reason, on, actor)


def prepare_claim_withdrawal(*, claim: ClaimBack, reason: str, actor: Actor) -> PreparedAction:
    """Puts it before a finance manager; the provider is still asked meanwhile."""
    actor.require(*sorted(FINANCE), to=_TO)
    number, pence = claim.document.number or "", owed_on(claim)
    _require_owed(number, pence)
    return prepare(
        action=Action.WITHDRAWAL, organisation=claim.credit.provider, subject=number, pence=pence,
        arguments={"claim": claim.pk}, reason=reason, actor=actor,
    )  # fmt: skip


def _require_owed(number: str, pence: int) -> None:
    if not pence:
        raise InvoiceMoved(f"Nothing is owed on {number} any more, so there is nothing to withdraw.")


def _locked(claim: ClaimBack) -> ReceivableItem:
    """What is owed on it, locked after its provider and its credit note, as claiming back locks them."""
    Organisation.objects.select_for_update().get(pk=claim.credit.provider_id)
    ProviderInvoice.objects.select_for_update(of=("self",)).get(pk=claim.credit_id)
    items = ReceivableItem.objects.select_for_update(of=("self",)).select_related("document")
    found = items.get(document=claim.document_id)
    _require_owed(found.document.number or "", found.outstanding_pence)
    return found


def _withdrawn(claim: ClaimBack, item: ReceivableItem, reason: str, on: date, actor: Actor) -> ClaimWithdrawal:
    words = clean_line(reason, what="Reason", limit=240)
    number, pence, provider = item.document.number or "", item.outstanding_pence, item.organisation_id
    key, day = f"claim-withdrawn:{number}", max(on, item.document.issued_on)
    movement = NewMovement(chart.PAYABLES, chart.UNALLOCATED, pence, provider, provider)
    [entry] = post(
        entries=[
            NewEntry(
                kind="claim_withdrawn", source_key=key, on=day, narrative=f"{number} withdrawn: {words}"[:240],
                movements=[movement],
            )
        ],
        actor=actor,
    )  # fmt: skip
    source = UnallocatedItem.objects.create(
        kind=UnallocatedItem.Kind.WITHDRAWN, source_key=key, organisation_id=provider, received_on=day,
        reference=words[:120], pence=pence, remaining_pence=pence, entry_id=entry,
    )  # fmt: skip
    settled = allocate(source=source, to=item, pence=pence, on=day, actor=actor)
    settle_outstanding(invoice_id=claim.credit_id, pence=-pence)
    made = ClaimWithdrawal.objects.create(
        claim=claim, allocation=settled, pence=pence, reason=words, withdrawn_on=day
    )  # fmt: skip
    credit = ProviderInvoice.objects.get(pk=claim.credit_id)
    record_invoice("provider_invoice.claim_withdrawn", credit, actor, words)
    events.record(
        kind="claim_back.withdrawn", subject_kind="document", subject=number, organisation_ids=[provider],
        payload={"pence": pence}, text={"reason": words}, actor=actor,
    )  # fmt: skip
    return made


def _execute(prepared: PreparedAction, on: date, actor: Actor) -> str:
    claim = ClaimBack.objects.select_related("credit", "document").get(pk=prepared.arguments["claim"])
    item = _locked(claim)
    if item.outstanding_pence != prepared.pence:
        raise InvoiceMoved(
            f"{Money(item.outstanding_pence)} is owed on {prepared.subject} by now, not {Money(prepared.pence)}. "
            "Send it back and prepare it anew."
        )
    _withdrawn(claim, item, prepared.reason, on, actor)
    return prepared.subject


executes(Action.WITHDRAWAL, _execute)
