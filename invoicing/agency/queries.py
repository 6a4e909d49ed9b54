"""Reads over what is sold in other suppliers' names: for finance and the auditor; others are told nothing."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, QuerySet

from invoicing.agency.models import AgencySettlement
from invoicing.agency.standing import Sale, sales_by_supplier
from invoicing.mandates.granting import series_of
from invoicing.mandates.models import SalesMandate
from invoicing.queries import require_finance_reader
from marketplace.core.actors import FINANCE, Actor, Role
from marketplace.core.errors import NotFound
from marketplace.core.models import NumberSeries
from marketplace.organisations.models import Organisation

State = AgencySettlement.State


@dataclass(frozen=True)
class Supplier:
    """One supplier as it stands. Amounts in pence with VAT, before our fee.

    ``mandate`` is the latest one, over or not; ``waiting`` the settlement that is not paid yet, the newest first.
    """

    organisation: Organisation
    prefix: str
    mandate: SalesMandate
    collected: int
    due: int
    waiting: AgencySettlement | None


def suppliers_for(actor: Actor) -> QuerySet[Organisation]:
    """Suppliers in whose name we sell or have sold, by name: nothing is sold without a mandate."""
    require_finance_reader(actor)
    mandates = SalesMandate.objects.filter(supplier=OuterRef("pk"))
    return Organisation.objects.filter(Exists(mandates)).order_by("name", "pk")


def supplier_for(actor: Actor, number: str) -> Organisation:
    """One of them by its customer number, or NotFound."""
    found = suppliers_for(actor).filter(number=number).first()
    if found is None:
        raise NotFound(f"We sell for no supplier {number}.")
    return found


def standing_for(actor: Actor, suppliers: Sequence[Organisation]) -> list[Supplier]:
    """Each of the suppliers as it stands now, in their order. Four queries, however many there are."""
    require_finance_reader(actor)
    ids = [supplier.pk for supplier in suppliers]
    latest = {row.supplier_id: row for row in SalesMandate.objects.filter(supplier__in=ids).order_by("valid_from")}
    codes = {series_of(pk, "invoice"): pk for pk in ids}
    series = NumberSeries.objects.filter(code__in=codes).values_list("code", "prefix")
    prefixes = {codes[code]: prefix for code, prefix in series}
    unpaid = AgencySettlement.objects.filter(supplier__in=ids, state__in=[State.PREPARED, State.APPROVED])
    waiting = {row.supplier_id: row for row in unpaid.order_by("pk")}
    sales = sales_by_supplier(ids)
    return [
        Supplier(
            supplier, prefixes.get(supplier.pk, ""), latest[supplier.pk], _sum(sales[supplier.pk], "owed"),
            _sum(sales[supplier.pk], "due"), waiting.get(supplier.pk),
        )
        for supplier in suppliers
    ]  # fmt: skip


def _sum(sales: Sequence[Sale], figure: str) -> int:
    return sum(getattr(sale, figure) for sale in sales)


def mandates_for(actor: Actor) -> QuerySet[SalesMandate]:
    """Mandates, the latest first."""
    require_finance_reader(actor)
    return SalesMandate.objects.select_related("supplier").order_by("-valid_from", "-pk")


def mandate_for(actor: Actor, pk: int) -> SalesMandate:
    """One mandate, or NotFound."""
    found = mandates_for(actor).filter(pk=pk).first()
    if found is None:
        raise NotFound("There is no such mandate.")
    return found


def open_mandate(actor: Actor, supplier: Organisation) -> SalesMandate | None:
    """The mandate that could still be ended: the one without an end."""
    return mandates_for(actor).filter(supplier=supplier, valid_to__isnull=True).first()


def settlements_for(actor: Actor) -> QuerySet[AgencySettlement]:
    """Settlements, the newest first."""
    require_finance_reader(actor)
    rows = AgencySettlement.objects.select_related("supplier", "prepared_by", "decided_by", "fee_invoice", "paid_from")
    return rows.order_by("-pk")


def settlement_for(actor: Actor, number: str) -> AgencySettlement:
    """One settlement by its number, or NotFound."""
    found = settlements_for(actor).filter(number=number).first()
    if found is None:
        raise NotFound(f"There is no settlement {number}.")
    return found


def may_approve(actor: Actor, settlement: AgencySettlement) -> bool:
    """Whether the actor may approve it now: a finance manager who did not prepare it."""
    waits = settlement.state == State.PREPARED and not actor.system and actor.has(Role.FINANCE_MANAGER)
    return waits and actor.person_id != settlement.prepared_by_id


def may_withdraw(actor: Actor, settlement: AgencySettlement) -> bool:
    """Whether the actor may take it back now."""
    return settlement.state == State.PREPARED and actor.has(*FINANCE)
