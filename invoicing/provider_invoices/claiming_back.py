"""Claiming back from a provider what its credit note gave back, where no payment is to come from which to take it.

The credit note itself has put the VAT right (VAT Regulations 1995, SI 1995/2518, reg. 38), so the request bears none. Posted
with it: receivables (provider) → payables (provider), which its credit note had left below nought. From then on it is owed
like any invoice: the bank's receipt is set against it, reminders go out, a debt that is lost is written off.
"""

from datetime import date, timedelta
from decimal import Decimal

from django.db import transaction
from django.db.models import Sum

from invoicing.documents.drafts import DraftDocument, DraftLine, with_vat
from invoicing.documents.issue import issue_documents
from invoicing.ledger import chart
from invoicing.provider_invoices.claim_models import ClaimBack
from invoicing.provider_invoices.deciding import settle_outstanding
from invoicing.provider_invoices.errors import InvoiceMoved, PaymentToCome
from invoicing.provider_invoices.holding import record_invoice
from invoicing.provider_invoices.models import CREDITS, ProviderInvoice
from invoicing.receivables.models import ReceivableItem
from invoicing.vat.treatment import VatTreatment
from marketplace.core import series
from marketplace.core.actors import FINANCE, Actor
from marketplace.core.errors import WrongInput
from marketplace.core.money import Money
from marketplace.core.text import clean_line
from marketplace.organisations.models import Organisation
from marketplace.organisations.queries import identity_on, partnership

PAY_WITHIN = timedelta(days=30)
PREFIX = "RPR"
NO_SUPPLY = VatTreatment("O", Decimal(0), "Repayment of money, no supply: the credit note has put the VAT right")
_STATE = ProviderInvoice.State


@transaction.atomic
def claim_back(*, credit: ProviderInvoice, reason: str, on: date, actor: Actor) -> ClaimBack:
    """Asks the provider to pay back all that is left of its credit note within 30 days, under a number (RPR). Finance only.

    Refused while something agreed is still to be paid to the provider, since the credit is taken from that, and while the
    credit stands in a batch that is under way (PaymentToCome); for what is no agreed credit note with something left
    (InvoiceMoved).
    """
    actor.require(*sorted(FINANCE), to="claim money back from providers")
    words = clean_line(reason, what="Reason", limit=200)
    Organisation.objects.select_for_update().get(pk=credit.provider_id)
    found = ProviderInvoice.objects.select_for_update(of=("self",)).select_related("provider").get(pk=credit.pk)
    _require_claimable(found)
    pence = found.outstanding_pence
    [(document, _, _)] = issue_documents(drafts=[_draft(found, words, on)], actor=actor)
    ReceivableItem.objects.create(
        document_id=document,
        organisation_id=found.provider_id,
        due_on=on + PAY_WITHIN,
        pence=pence,
        outstanding_pence=pence,
    )
    settle_outstanding(invoice_id=found.pk, pence=pence)
    made = ClaimBack.objects.create(credit=found, document_id=document, pence=pence)
    record_invoice("provider_invoice.claimed_back", found, actor, words)
    return made


def _require_claimable(found: ProviderInvoice) -> None:
    if found.kind not in CREDITS:
        raise WrongInput(f"{found.number} is no credit note, so there is nothing to claim back of it.")
    if found.state != _STATE.AGREED or not found.outstanding_pence:
        raise InvoiceMoved(f"Nothing is left of {found.number} to claim back.")
    if batch := under_way_in(found):
        raise PaymentToCome(f"{found.number} is taken from the payment in {batch}. Withdraw that batch first.")
    to_pay = due_to(found.provider_id)
    if to_pay:
        raise PaymentToCome(
            f"{Money(to_pay)} is still to be paid to {found.provider.name}, and {found.number} is taken from that. "
            "Claim back what is left afterwards.",
            to_pay=to_pay,
        )


def under_way_in(credit: ProviderInvoice) -> str:
    """The number of the batch under way from which the credit is taken; empty where there is none."""
    parts = credit.payment_parts.filter(state="under_way")
    return str(parts.values_list("line__batch__number", flat=True).first() or "")


def due_to(provider_id: int) -> int:
    """What is agreed and unpaid of a provider's invoices, in pence: its credits are taken from that."""
    rows = ProviderInvoice.objects.filter(provider_id=provider_id, state=_STATE.AGREED).exclude(kind__in=CREDITS)
    return int(rows.aggregate(pence=Sum("outstanding_pence", default=0))["pence"])


def may_claim(credit: ProviderInvoice) -> bool:
    """Whether ``claim_back`` would be heard now."""
    left = credit.is_credit and credit.state == _STATE.AGREED and credit.outstanding_pence > 0
    return left and not under_way_in(credit) and not due_to(credit.provider_id)


def _draft(credit: ProviderInvoice, words: str, on: date) -> DraftDocument:
    series.ensure_series(code=chart.CLAIM_BACK_SERIES, prefix=PREFIX)
    pence, provider = credit.outstanding_pence, credit.provider
    line = DraftLine(
        f"{credit.get_kind_display()} {credit.number}, not taken from any payment", provider.pk,
        identity_on(provider, on).name, Decimal(1), pence, pence, NO_SUPPLY, chart.PAYABLES, "OT",
        working=(f"{Money(pence)} of {Money(credit.gross_pence)} is left of it",),
    )  # fmt: skip
    lines, groups = with_vat([line])
    return DraftDocument(
        kind="claim_back", supplier_id=partnership().pk, customer_id=provider.pk, issued_on=on, tax_point=on,
        due_on=on + PAY_WITHIN, lines=lines, groups=groups, reason=words,
    )  # fmt: skip
