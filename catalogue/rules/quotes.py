"""A quote: what something costs, and the sentences that say why."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from catalogue.rules.facts import FundedShare
from invoicing.vat.treatment import VatTreatment
from marketplace.core.money import Money, TaxedAmount


@dataclass(frozen=True)
class Step:
    """One sentence of the working; ``pence`` is what it adds to the price, None where it only explains."""

    text: str
    pence: int | None = None

    @property
    def sentence(self) -> str:
        return self.text if self.pence is None else f"{self.text}: {Money(self.pence)}"

    def as_json(self) -> dict[str, Any]:
        return {"text": self.text, "pence": self.pence}


@dataclass(frozen=True)
class Share:
    """Who keeps how much of a price, in pence before VAT."""

    name: str
    pence: int


@dataclass(frozen=True)
class Worked:
    """What a rule comes to before VAT: the steps' pence and the shares each add up to ``net``.

    Of ``quantity`` the rule charged ``charged``; where it does not count, both are 1. ``shares`` is empty where the rule
    divides nothing.
    """

    net: Money
    steps: Sequence[Step]
    quantity: Decimal
    charged: Decimal
    counted: bool
    shares: Sequence[Share] = ()


@dataclass(frozen=True)
class Quote:
    """A price with its working. The steps' pence always add up to ``net``.

    ``quantity`` is what was asked for; ``included`` of it comes from a subscription and is no item to
    invoice; ``charged`` is the rest. ``unit_price`` × ``line_quantity`` is ``net`` to the penny: where no
    unit price says it exactly, the line is 1 × net and the steps carry the working. ``vat_rule_id`` is the VAT
    rule that decided, None where a person did. ``pinned`` says that its price row and that rule were used before, and so
    are frozen already. ``funded`` is what a funder pays of it, where it does: ``charged`` units of its package.
    """

    net: Money
    steps: Sequence[Step]
    unit_price: Money
    line_quantity: Decimal
    quantity: Decimal
    included: int
    vat: VatTreatment
    on: date
    price_id: int | None = None
    vat_rule_id: int | None = None
    pinned: bool = False
    shares: Sequence[Share] = ()
    funded: FundedShare | None = None

    @property
    def charged(self) -> Decimal:
        return self.quantity - self.included

    @property
    def taxed(self) -> TaxedAmount:
        """Net, VAT and gross of this line alone; an invoice works out VAT on its whole rate group."""
        return TaxedAmount.at(self.net, self.vat.rate)

    @property
    def vat_step(self) -> Step:
        """The sentence about VAT, with its amount for this line alone."""
        return Step(self.vat.words, self.taxed.vat.pence)
