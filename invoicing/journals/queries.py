"""Reads over journals, purchases and the opening position: for finance and the auditor; others are told nothing."""

from dataclasses import dataclass
from datetime import date

from django.db.models import BigIntegerField, Case, Count, F, QuerySet, Sum, When

from invoicing.journals.models import ManualJournal, OpeningPosition, Purchase, PurchaseLine, RecoveryRate
from invoicing.journals.models.two_people import TwoPeople
from invoicing.provider_invoices.models import CREDITS, ProviderInvoice
from invoicing.queries import require_finance_reader
from marketplace.core.actors import FINANCE, Actor, Role
from marketplace.core.errors import NotFound

APPROVED = TwoPeople.State.APPROVED


def journals_for(actor: Actor) -> QuerySet[ManualJournal]:
    """Manual journals, latest first."""
    require_finance_reader(actor)
    return ManualJournal.objects.select_related("prepared_by", "approved_by").order_by("-on", "-pk")


def journal_for(actor: Actor, number: str) -> ManualJournal:
    """One manual journal by its number, or NotFound."""
    found = journals_for(actor).filter(number=number).first()
    if found is None:
        raise NotFound(f"There is no journal {number}.")
    return found


def purchases_for(actor: Actor) -> QuerySet[Purchase]:
    """Suppliers' invoices for overheads, latest first."""
    require_finance_reader(actor)
    rows = Purchase.objects.select_related("supplier", "prepared_by", "approved_by")
    return rows.order_by("-dated_on", "-pk")


def purchase_for(actor: Actor, number: str) -> Purchase:
    """One purchase by its number, or NotFound."""
    found = purchases_for(actor).filter(number=number).first()
    if found is None:
        raise NotFound(f"There is no purchase {number}.")
    return found


def openings_for(actor: Actor) -> QuerySet[OpeningPosition]:
    """Files handed in as the opening position, latest first, without their content."""
    require_finance_reader(actor)
    rows = OpeningPosition.objects.select_related("prepared_by", "approved_by").defer("content")
    return rows.order_by("-pk")


def recovery_rates_for(actor: Actor) -> QuerySet[RecoveryRate]:
    """The dated shares of residual VAT that come back, latest first."""
    require_finance_reader(actor)
    return RecoveryRate.objects.order_by("-valid_from")


PROVIDERS = "providers"
"""In place of a tag: what providers of consultants, courses and royalties invoiced."""


@dataclass(frozen=True)
class InputVat:
    """VAT on the purchases of a period by what they are used for, and on providers' invoices; pence."""

    tag: str
    count: int
    net_pence: int
    vat_pence: int
    recovered_pence: int


def input_vat(actor: Actor, *, start: date, end: date) -> list[InputVat]:
    """Approved purchases and agreed providers' invoices dated from ``start`` up to but not including ``end``, for a return.

    One row for each tag, then one for providers.
    """
    require_finance_reader(actor)
    lines = PurchaseLine.objects.filter(
        purchase__state=APPROVED, purchase__dated_on__gte=start, purchase__dated_on__lt=end
    )
    found = {
        row["tag"]: row
        for row in lines.order_by().values("tag").annotate(
            count=Count("pk"), net=Sum("net_pence"), vat=Sum("vat_pence"), back=Sum("recovered_pence")
        )
    }  # fmt: skip
    empty = {"count": 0, "net": 0, "vat": 0, "back": 0}
    rows = [(tag, found.get(tag, empty)) for tag in PurchaseLine.Tag.values]
    of_tags = [InputVat(tag, row["count"], row["net"], row["vat"], row["back"]) for tag, row in rows]
    return [*of_tags, _of_providers(start, end)]


def _of_providers(start: date, end: date) -> InputVat:
    """What providers invoiced, less their credit notes: all of its VAT was taken (``self_billing.billing`` says why)."""
    agreed = ProviderInvoice.objects.filter(
        state=ProviderInvoice.State.AGREED, dated_on__gte=start, dated_on__lt=end
    )  # fmt: skip
    signed = [
        Sum(Case(When(kind__in=CREDITS, then=-F(field)), default=F(field), output_field=BigIntegerField()), default=0)
        for field in ("net_pence", "vat_pence")
    ]
    sums = agreed.aggregate(count=Count("pk"), net=signed[0], vat=signed[1])
    return InputVat(PROVIDERS, sums["count"], sums["net"], sums["vat"], sums["vat"])


def may_decide(actor: Actor, row: TwoPeople) -> bool:
    """Whether the actor may approve it or send it back now."""
    return (
        row.state == TwoPeople.State.SUBMITTED
        and not actor.system
        and actor.has(Role.FINANCE_MANAGER)
        and actor.person_id != row.prepared_by_id
    )


def may_change(actor: Actor, row: TwoPeople) -> bool:
    """Whether the actor may change it now: whoever prepared it, until it is handed in."""
    return (
        row.state in (TwoPeople.State.DRAFT, TwoPeople.State.SENT_BACK)
        and actor.has(*FINANCE)
        and actor.person_id == row.prepared_by_id
    )
