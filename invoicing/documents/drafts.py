"""Documents before they are issued: pure figures, no database.

VAT policy: lines are rounded to a penny once, where they were made. VAT is worked out per category and rate of the
whole document, half up, and that figure is authoritative (EN 16931 BR-CO-17). The group's VAT is then shared to its
lines by largest remainder, so that any subtotal of lines adds up.

| lines at 20% | group net | group VAT | lines' VAT |
|---|---|---|---|
| 33.33, 33.33, 33.33 | 99.99 | 20.00 | 6.67, 6.67, 6.66 |
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import NamedTuple

from invoicing.vat.treatment import VatTreatment
from marketplace.core.money import share_out, vat_on

VatKey = tuple[str, Decimal]


class DraftLine(NamedTuple):
    """A line to be; ``vat_pence`` is set when its document is put together. Amounts in pence.

    ``deferred_pence`` of the net goes to deferred income instead of income, or comes from it on a credit note.
    """

    description: str
    consumer_id: int
    consumer_name: str
    quantity: Decimal
    unit_price_pence: int
    net_pence: int
    vat: VatTreatment
    account: str
    stream: str
    analysis_code: str = ""
    cfr_code: str = ""
    aar_code: str = ""
    service_from: date | None = None
    service_to: date | None = None
    purchase_order: str = ""
    working: tuple[str, ...] = ()
    charge_id: int | None = None
    credits_line_id: int | None = None
    recognition: str = "at_once"
    deferred_pence: int = 0
    fund: int | None = None
    vat_pence: int = 0

    @property
    def key(self) -> VatKey:
        return (self.vat.category, self.vat.rate)


class DraftGroup(NamedTuple):
    """The VAT of one category and rate."""

    category: str
    rate: Decimal
    reason: str
    net_pence: int
    vat_pence: int


class DraftInstalment(NamedTuple):
    """One payment of an invoice that is paid in instalments, for one VAT category and rate; ``position`` from 1."""

    position: int
    due_on: date
    category: str
    rate: Decimal
    net_pence: int
    vat_pence: int


@dataclass(frozen=True)
class DraftDocument:
    """An invoice or credit note that adds up, not yet numbered.

    ``instalments`` are empty where an invoice is due at once. ``future_vat`` is VAT in pence, by category and rate, whose
    tax point has not come: an invoice's of its later instalments, a credit note's of those it takes back. With a
    ``mandate_id`` the partnership issues it in the name of the supplier, whose supply it is. A self-billed one prints
    ``seller_vat_number``, that of the provider's agreement, whatever stands with its name: a maintained school's is its
    council's.
    """

    kind: str
    supplier_id: int
    customer_id: int
    issued_on: date
    tax_point: date
    due_on: date | None
    lines: tuple[DraftLine, ...]
    groups: tuple[DraftGroup, ...]
    purchase_order: str = ""
    payer_reference_name: str = "Purchase order"
    credits_id: int | None = None
    credits_number: str = ""
    reason: str = ""
    instalments: tuple[DraftInstalment, ...] = ()
    future_vat: tuple[tuple[VatKey, int], ...] = ()
    mandate_id: int | None = None
    seller_vat_number: str | None = None

    @property
    def self_billed(self) -> bool:
        """Whether it is a provider's to us, written by us: nothing is posted with it."""
        return self.kind in ("self_billed", "self_billed_credit")

    @cached_property
    def net_pence(self) -> int:
        return sum(group.net_pence for group in self.groups)

    @cached_property
    def vat_pence(self) -> int:
        return sum(group.vat_pence for group in self.groups)

    @property
    def gross_pence(self) -> int:
        return self.net_pence + self.vat_pence


def tidy_quantity(line: DraftLine) -> DraftLine:
    """Where quantity × price is not the net (a discount, a reduction), the line says 1 × net with its working."""
    if line.quantity * line.unit_price_pence == line.net_pence:
        return line
    return line._replace(quantity=Decimal(1), unit_price_pence=line.net_pence)


def with_vat(
    lines: Sequence[DraftLine], group_vat: dict[VatKey, int] | None = None
) -> tuple[tuple[DraftLine, ...], tuple[DraftGroup, ...]]:
    """The lines with their share of VAT, and the VAT groups.

    ``group_vat`` gives the VAT of a group in pence where it is not simply net × rate (a credit's VAT is what is left
    of the invoice's). Refuses a document without lines.
    """
    if not lines:
        raise ValueError("A document has at least one line")
    taxed = [tidy_quantity(line) for line in lines]
    by_key: dict[VatKey, list[int]] = {}
    for index, line in enumerate(taxed):
        by_key.setdefault(line.key, []).append(index)
    groups = []
    for key in sorted(by_key):
        places = by_key[key]
        nets = [taxed[index].net_pence for index in places]
        net = sum(nets)
        vat = vat_on(net, key[1]) if group_vat is None else group_vat[key]
        reasons = sorted({taxed[index].vat.reason for index in places} - {""})
        groups.append(DraftGroup(key[0], key[1], "; ".join(reasons)[:240], net, vat))
        for index, share in zip(places, share_out(vat, nets), strict=True):
            taxed[index] = DraftLine(*taxed[index][:-1], share)  # the last field is vat_pence
    return tuple(taxed), tuple(groups)
