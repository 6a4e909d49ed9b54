"""From items to invoice to invoices: pure rules, no database, no clock."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from operator import attrgetter
from typing import NamedTuple

from invoicing.documents.drafts import DraftDocument, DraftLine, with_vat
from invoicing.documents.instalment_plan import plan, waiting_vat
from invoicing.recognition.rules import deferred
from invoicing.vat.treatment import VatTreatment
from marketplace.core.periods import days_in_month

Group = tuple[int, int, str, bool, str, int, str]


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
    label: str
    recognition: str
    instalments: int
    bill_on: date
    grouping: str
    rhythm: str
    supplier_name: str = ""
    agency: bool = False
    mandate_id: int | None = None
    fund: int | None = None

    @property
    def hold(self) -> str:
        """Why this item waits, in words; empty when it may be invoiced."""
        if self.held_reason:
            return self.held_reason
        if self.agency and not self.mandate_id:
            return f"{self.supplier_name[:60]} has no mandate: we may not invoice in its name"
        if self.needs_purchase_order and not self.purchase_order:
            return f"{self.payer_reference_name} missing"
        return ""

    @property
    def waits_until(self) -> date:
        """The first day on which it may be invoiced: its own, or the last of its month for a monthly invoice."""
        if self.rhythm == "monthly":
            return self.bill_on.replace(day=days_in_month(self.bill_on.year, self.bill_on.month))
        return self.bill_on

    @property
    def group(self) -> Group:
        """What stands on one invoice: one legal supplier, one customer, one month of a monthly invoice, one plan of
        instalments, and what the customer's terms keep together. Outside the scope of VAT never mixes with the rest
        (EN 16931 BR-O-11 and after).
        """
        together: str | int = ""
        if self.grouping == "purchase_order":
            together = self.purchase_order
        elif self.grouping == "order":
            together = self.label or self.purchase_order
        elif self.grouping == "school":
            together = self.consumer_id
        month = self.waits_until if self.rhythm == "monthly" else None
        begins = self.bill_on if self.instalments > 1 else None
        return (
            self.supplier_id, self.invoice_to_id, str(together), self.vat.category == "O", str(month or ""),
            self.instalments, str(begins or ""),
        )  # fmt: skip


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
    """What a run on a day would issue and what it would leave. The run issues exactly these drafts.

    ``held`` waits for somebody; ``later`` waits for the end of its month.
    """

    on: date
    invoices: list[DraftDocument]
    held: list[HeldItem]
    later: list[HeldItem] = field(default_factory=list)

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
    found = gathered(facts, on=on)
    return Proposal(
        on=on,
        invoices=[invoice_of(group, on=on) for group in found.groups],
        held=found.held,
        later=found.later,
    )


class Gathered(NamedTuple):
    """The items of each invoice to be, customers in the order of their names; those that are held, and those that wait."""

    groups: list[list[ChargeFacts]]
    held: list[HeldItem]
    later: list[HeldItem]


def gathered(facts: Iterable[ChargeFacts], *, on: date) -> Gathered:
    """Puts together what goes on one invoice. An item that is held holds no other."""
    groups: dict[Group, list[ChargeFacts]] = {}
    held, later = [], []
    for fact in facts:
        if hold := fact.hold:
            held.append(_left(fact, hold))
        elif fact.waits_until > on:
            later.append(_left(fact, f"On the monthly invoice of {fact.waits_until:%-d %B %Y}"))
        else:
            groups.setdefault(fact.group, []).append(fact)
    in_order = sorted(groups.values(), key=lambda g: (g[0].invoice_to_name, g[0].invoice_to_number, g[0].group))
    return Gathered(in_order, held, later)


def _left(fact: ChargeFacts, reason: str) -> HeldItem:
    return HeldItem(fact.id, fact.invoice_to_name, fact.description, fact.due_pence, reason)


def invoice_of(facts: list[ChargeFacts], *, on: date) -> DraftDocument:
    """The invoice of items that ``gathered`` put together."""
    first = facts[0]
    several = len({fact.consumer_id for fact in facts}) > 1
    facts = sorted(facts, key=attrgetter("consumer_name", "consumer_id", "id") if several else attrgetter("id"))
    lines, groups = with_vat([line_of(fact, on=on) for fact in facts])
    due_on = on + timedelta(days=first.payment_days)
    orders = {fact.purchase_order for fact in facts}
    instalments = plan(groups, count=first.instalments, first_due=due_on) if first.instalments > 1 else ()
    return DraftDocument(
        kind="invoice",
        supplier_id=first.supplier_id,
        customer_id=first.invoice_to_id,
        issued_on=on,
        tax_point=on,
        due_on=due_on,
        lines=lines,
        groups=groups,
        purchase_order=first.purchase_order if len(orders) == 1 else "",
        payer_reference_name=first.payer_reference_name,
        instalments=instalments,
        future_vat=waiting_vat(instalments, on=on),
        mandate_id=first.mandate_id,
    )


def line_of(fact: ChargeFacts, *, on: date) -> DraftLine:
    """The line that an item becomes on an invoice of that day, with its working and what of it is income later."""
    (
        charge, _, _, _, consumer, consumer_name, _, description, quantity, price, net, vat, account, stream, analysis,
        cfr, aar, start, end, purchase_order, _, steps, _, _, _, _, recognition, *_,
    ) = fact  # fmt: skip
    later = net if recognition != "at_once" and deferred(recognition, start, end, on) else 0
    return DraftLine(
        description, consumer, consumer_name, quantity, price, net, vat, account, stream, analysis, cfr, aar, start,
        end, purchase_order, steps, charge, None, recognition, later, fact.fund,
    )  # fmt: skip
