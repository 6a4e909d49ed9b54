"""From items to invoice to invoices: pure rules, no database, no clock."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from operator import attrgetter
from typing import NamedTuple

from invoicing.documents.drafts import DraftDocument, DraftLine, with_vat
from invoicing.vat.treatment import VatTreatment


class ChargeFacts(NamedTuple):
    """One item that waits, with what its customer's terms say. ``due_pence`` is what is left to invoice."""

    id: int
    invoice_to_id: int
    invoice_to_name: str
    invoice_to_number: str
    consumer_id: int
    consumer_name: str
    supplier_id: int
    description: str
    quantity: Decimal
    unit_price_pence: int
    due_pence: int
    vat: VatTreatment
    account: str
    stream: str
    analysis_code: str
    cfr_code: str
    aar_code: str
    service_from: date | None
    service_to: date | None
    purchase_order: str
    held_reason: str
    steps: tuple[str, ...]
    needs_purchase_order: bool
    payer_reference_name: str
    payment_days: int

    @property
    def hold(self) -> str:
        """Why this item waits, in words; empty when it may be invoiced."""
        if self.held_reason:
            return self.held_reason
        if self.needs_purchase_order and not self.purchase_order:
            return f"{self.payer_reference_name} missing"
        return ""

    @property
    def group(self) -> tuple[int, int, str, bool]:
        """One invoice per legal supplier, customer and purchase order; outside the scope never mixes."""
        return (self.supplier_id, self.invoice_to_id, self.purchase_order, self.vat.category == "O")


@dataclass(frozen=True)
class HeldItem:
    """An item that is due but waits, and why."""

    charge_id: int
    customer: str
    description: str
    pence: int
    reason: str


@dataclass(frozen=True)
class Proposal:
    """What a run on a day would issue and what it would leave. The run issues exactly these drafts."""

    on: date
    invoices: list[DraftDocument]
    held: list[HeldItem]

    @property
    def net_pence(self) -> int:
        return sum(draft.net_pence for draft in self.invoices)

    @property
    def vat_pence(self) -> int:
        return sum(draft.vat_pence for draft in self.invoices)

    @property
    def gross_pence(self) -> int:
        return self.net_pence + self.vat_pence

    def by_rate(self) -> list[tuple[str, Decimal, int, int]]:
        """(category, rate, net pence, VAT pence) over all invoices."""
        totals: dict[tuple[str, Decimal], list[int]] = {}
        for draft in self.invoices:
            for group in draft.groups:
                sums = totals.setdefault((group.category, group.rate), [0, 0])
                sums[0] += group.net_pence
                sums[1] += group.vat_pence
        return [(category, rate, net, vat) for (category, rate), (net, vat) in sorted(totals.items())]


def propose(facts: Iterable[ChargeFacts], *, on: date) -> Proposal:
    """Groups the items due on a day into invoices, customers in the order of their names."""
    groups, held = gathered(facts)
    return Proposal(on=on, invoices=[invoice_of(group, on=on) for group in groups], held=held)


def gathered(facts: Iterable[ChargeFacts]) -> tuple[list[list[ChargeFacts]], list[HeldItem]]:
    """The items of each invoice to be, customers in the order of their names, and those that are held."""
    groups: dict[tuple[int, int, str, bool], list[ChargeFacts]] = {}
    held = []
    for fact in facts:
        if hold := fact.hold:
            held.append(HeldItem(fact.id, fact.invoice_to_name, fact.description, fact.due_pence, hold))
        else:
            groups.setdefault(fact.group, []).append(fact)
    return sorted(groups.values(), key=lambda g: (g[0].invoice_to_name, g[0].invoice_to_number, g[0].group)), held


def invoice_of(facts: list[ChargeFacts], *, on: date) -> DraftDocument:
    """The invoice of items that ``gathered`` put together."""
    first = facts[0]
    several = len({fact.consumer_id for fact in facts}) > 1
    facts = sorted(facts, key=attrgetter("consumer_name", "consumer_id", "id") if several else attrgetter("id"))
    lines, groups = with_vat([line_of(fact) for fact in facts])
    return DraftDocument(
        kind="invoice",
        supplier_id=first.supplier_id,
        customer_id=first.invoice_to_id,
        issued_on=on,
        tax_point=on,
        due_on=on + timedelta(days=first.payment_days),
        lines=lines,
        groups=groups,
        purchase_order=first.purchase_order,
        payer_reference_name=first.payer_reference_name,
    )


def line_of(fact: ChargeFacts) -> DraftLine:
    """The line that an item becomes, with its working."""
    (
        charge, _, _, _, consumer, consumer_name, _, description, quantity, price, net, vat, account, stream, analysis,
        cfr, aar, start, end, purchase_order, _, steps, *_,
    ) = fact  # fmt: skip
    return DraftLine(
        description, consumer, consumer_name, quantity, price, net, vat, account, stream, analysis, cfr, aar, start,
        end, purchase_order, steps, charge,
    )  # fmt: skip
