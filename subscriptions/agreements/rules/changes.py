"""What a change comes to: shown before it is decided, and done as it was shown."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from marketplace.core.money import Money, vat_on
from marketplace.core.periods import Period


@dataclass(frozen=True)
class Part:
    """So many pence for so many days of one thing; without days it is charged beside them. ``rate`` is its VAT rate."""

    title: str
    period: Period | None
    pence: int
    rate: Decimal


@dataclass(frozen=True)
class Change:
    """What is charged now, what is charged later, what comes back, what stays due though it is given up. Before VAT.

    ``sentences`` tell it in a school's words. The net, VAT and gross are of now: what is charged less what comes back.
    """

    charged: tuple[Part, ...] = ()
    later: tuple[Part, ...] = ()
    given_back: tuple[Part, ...] = ()
    kept: tuple[Part, ...] = ()
    sentences: tuple[str, ...] = ()

    @property
    def net_pence(self) -> int:
        return _net(self.charged) - _net(self.given_back)

    @property
    def vat_pence(self) -> int:
        """As an invoice for what is charged and a credit note for what comes back would have it."""
        return _vat(self.charged) - _vat(self.given_back)

    @property
    def gross_pence(self) -> int:
        return self.net_pence + self.vat_pence

    @property
    def committed_pence(self) -> int:
        """What the customer takes on by it over the whole term, with VAT; 0 where more comes back."""
        both = (*self.charged, *self.later)
        return max(0, _net(both) + _vat(both) - _net(self.given_back) - _vat(self.given_back))


def told(parts: Iterable[Part], verb: str) -> list[str]:
    """``Gold, 1 February 2027 to 31 August 2027: £466.67 to pay.``"""
    return [
        f"{part.title}{f', {part.period.start:%-d %B %Y} to {part.period.last_day:%-d %B %Y}' if part.period else ''}: "
        f"{Money(part.pence)} {verb}."
        for part in parts
    ]


def _net(parts: Iterable[Part]) -> int:
    return sum(part.pence for part in parts)


def _vat(parts: Iterable[Part]) -> int:
    nets: dict[Decimal, int] = {}
    for part in parts:
        nets[part.rate] = nets.get(part.rate, 0) + part.pence
    return sum(vat_on(net, rate) for rate, net in nets.items())
