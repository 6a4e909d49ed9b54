"""Reads over self-billing agreements and providers' invoices: finance and the auditor see all, a provider its own."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Sum

from invoicing.payables.models import Payable, PayableMove
from invoicing.provider_invoices.agreement_models import SelfBillingAgreement
from invoicing.provider_invoices.claim_models import ClaimBack
from invoicing.provider_invoices.models import CREDITS, ProviderInvoice
from invoicing.queries import require_finance_reader
from marketplace.core.actors import FINANCE_READERS, Actor, Role
from marketplace.core.errors import NotFound
from marketplace.organisations.models import Organisation

_STATE = ProviderInvoice.State


def _own(actor: Actor) -> set[int]:
    """The organisations whose provider staff the actor is; NotFound for who is of none: it is told nothing."""
    own = actor.organisations(Role.PROVIDER)
    if not own:
        raise NotFound("There is no such page.")
    return own


def agreements_for(actor: Actor) -> QuerySet[SelfBillingAgreement]:
    """Self-billing agreements, the newest first."""
    rows = SelfBillingAgreement.objects.select_related("provider").order_by("-pk")
    if actor.system or actor.has(*FINANCE_READERS):
        return rows
    return rows.filter(provider_id__in=_own(actor))


def agreement_for(actor: Actor, number: str) -> SelfBillingAgreement:
    """One of them, or NotFound."""
    found = agreements_for(actor).filter(number=number).first()
    if found is None:
        raise NotFound("There is no such agreement.")
    return found


def provider_invoices_for(actor: Actor) -> QuerySet[ProviderInvoice]:
    """Providers' invoices and credit notes, the newest first; ``was_claimed``: what was left of it is claimed back."""
    claimed = Exists(ClaimBack.objects.filter(credit=OuterRef("pk"), withdrawal__isnull=True))
    rows = ProviderInvoice.objects.select_related("provider").annotate(was_claimed=claimed).order_by("-pk")
    if actor.system or actor.has(*FINANCE_READERS):
        return rows
    return rows.filter(provider_id__in=_own(actor))


def provider_invoice_for(actor: Actor, pk: int) -> ProviderInvoice:
    """One of them, or NotFound."""
    rows = provider_invoices_for(actor).select_related("document__credits", "file", "credits", "vat_entry")
    found = rows.filter(pk=pk).first()
    if found is None:
        raise NotFound("There is no such invoice.")
    return found


def claims_of(credit: ProviderInvoice) -> list[ClaimBack]:
    """What was claimed back of a credit note that the actor has seen, oldest first; ``owed_pence`` is asked for still."""
    rows = ClaimBack.objects.filter(credit=credit).select_related("document", "withdrawal")
    return list(rows.annotate(owed_pence=Sum("document__items__outstanding_pence")).order_by("pk"))


def claim_for(credit: ProviderInvoice, number: str) -> ClaimBack:
    """One of them by the number of its request, or NotFound."""
    found = next((claim for claim in claims_of(credit) if claim.document.number == number), None)
    if found is None:
        raise NotFound("There is no such repayment request.")
    return found


@dataclass(frozen=True)
class InvoiceSums:
    """The figures of a whole list in pence, credit notes below nought."""

    count: int
    gross: int
    outstanding: int


def sums_of(rows: QuerySet[ProviderInvoice]) -> InvoiceSums:
    """One query; what was refused does not count."""
    good = rows.order_by().exclude(state=_STATE.REFUSED)
    taken = Q(kind__in=CREDITS)
    sums = good.aggregate(
        **{
            f"{name}_{side}": Sum(f"{name}_pence", filter=taken if side == "less" else ~taken, default=0)
            for name in ("gross", "outstanding")
            for side in ("less", "more")
        }
    )
    gross, left = (int(sums[f"{name}_more"]) - int(sums[f"{name}_less"]) for name in ("gross", "outstanding"))
    return InvoiceSums(rows.order_by().count(), gross, left)


@dataclass(frozen=True)
class ProviderMoney:
    """How a provider stands with us, in pence: earned and on no invoice yet (before VAT), waiting for customers, on
    invoices that are checked, to be paid, and to be taken from what is paid."""

    not_invoiced: int
    waiting: int
    in_check: int
    to_pay: int
    to_take: int

    @property
    def next_payment(self) -> int:
        return max(0, self.to_pay - self.to_take)


def money_of(actor: Actor, provider: Organisation) -> ProviderMoney:
    """A constant number of queries; NotFound for anybody but finance, the auditor and the provider's staff."""
    if provider.pk not in actor.organisations(Role.PROVIDER):
        require_finance_reader(actor)
    moves = PayableMove.objects.filter(payable__provider=provider, invoiced__isnull=True)
    left = F("net_pence") - F("reduced_pence") - F("owed_pence")
    rows = ProviderInvoice.objects.filter(provider=provider)
    sums = rows.aggregate(
        check=Sum("gross_pence", filter=Q(state__in=[_STATE.RECEIVED, _STATE.QUERIED]), default=0),
        pay=Sum("outstanding_pence", filter=~Q(kind__in=CREDITS), default=0),
        take=Sum("outstanding_pence", filter=Q(kind__in=CREDITS), default=0),
    )
    return ProviderMoney(
        not_invoiced=int(moves.aggregate(pence=Sum("pence", default=0))["pence"]),
        waiting=int(Payable.objects.filter(provider=provider).aggregate(pence=Sum(left, default=0))["pence"]),
        in_check=int(sums["check"]), to_pay=int(sums["pay"]), to_take=int(sums["take"]),
    )  # fmt: skip


def earned_for(actor: Actor, provider: Organisation, *, start: date, end: date) -> QuerySet[PayableMove]:
    """Every change of what a provider earned from ``start`` up to but not including ``end``, oldest first."""
    if provider.pk not in actor.organisations(Role.PROVIDER):
        require_finance_reader(actor)
    rows = PayableMove.objects.filter(payable__provider=provider, made_on__gte=start, made_on__lt=end)
    return rows.select_related("payable", "invoiced__line__invoice").order_by("made_on", "pk")


def on_no_invoice(source_keys: Collection[str]) -> set[str]:
    """Of these amounts due, by their source, those that no invoice carries yet. The caller has seen what they are for."""
    free = Sum("moves__pence", filter=Q(moves__invoiced__isnull=True), default=0)
    waiting = Payable.objects.filter(source_key__in=source_keys).annotate(free=free).filter(free__gt=0)
    return set(waiting.values_list("source_key", flat=True))
