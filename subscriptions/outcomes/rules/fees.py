"""What a contract by heads pays: a service part on time and an output part for what is achieved. Unrounded, in pounds.

Figures are exact fractions until a statement is frozen: only then they become pence, once.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

Pounds = Fraction


@dataclass(frozen=True)
class Band:
    """Heads up to ``capacity`` of this band at a ``price`` a head in pounds. ``ratio`` is the part paid as service fee."""

    capacity: int
    price: Fraction
    ratio: Fraction


def heads_in_bands(bands: Sequence[Band], heads: int) -> list[int]:
    """How the heads of a recruitment target lie in the bands, the lowest first; beyond the last they are left out."""
    found = []
    for band in bands:
        found.append(min(band.capacity, heads))
        heads -= found[-1]
    return found


def service_fee(
    bands: Sequence[Band], *, target: int, set_up: Fraction, instalments: int, per_head: bool
) -> tuple[Fraction, Fraction]:
    """The service part in all and of each instalment: heads at the target × price × ratio, less the set-up fee.

    ``per_head``: the set-up fee is shared over the first band's capacity and taken off each head in it; otherwise it comes
    off as far as the first band is filled. The two agree; they name the steps of two generations of contracts.
    """
    if instalments <= 0:
        raise ValueError("A fee is paid in at least one instalment")
    filled = heads_in_bands(bands, target)
    if per_head:
        each = set_up / bands[0].capacity
        parts = [
            heads * (band.price * band.ratio - (each if index == 0 else 0))
            for index, (heads, band) in enumerate(zip(filled, bands, strict=True))
        ]
        whole = sum(parts, Fraction(0))
    else:
        whole = sum((heads * band.price * band.ratio for heads, band in zip(filled, bands, strict=True)), Fraction(0))
        whole -= set_up * Fraction(filled[0], bands[0].capacity)
    return whole, whole / instalments


def monthly_per_head(price: Fraction, *, percent: Fraction, instalments: int) -> Fraction:
    """The service part a head and month: price × percent / (100 × instalments)."""
    return price * percent / (100 * instalments)


def output_per_head(price: Fraction, *, percent: Fraction, periods: int) -> Fraction:
    """The output part a head and milestone: price × percent / (100 × milestones)."""
    return price * percent / (100 * periods)


def output(price: Fraction, *, ratio: Fraction, share: Fraction, count: int) -> Fraction:
    """What ``count`` heads (below zero where more came back) at one milestone pay: its share of the output part."""
    return price * ratio * share * count


def check_shares(shares: Mapping[str, Fraction]) -> None:
    """The shares of a contract's milestones must make up the whole, exactly."""
    if sum(shares.values(), Fraction(0)) != 1:
        raise ValueError("The shares of all milestones must add up to exactly 1")


def flat(fee: Fraction, *, share: Fraction) -> Fraction:
    """A milestone's share of one flat fee."""
    return fee * share


def uplift(fee: Fraction, *, billable: int, refundable: int) -> Fraction:
    """A fee beside the price for each head at the start, given back with it."""
    return fee * (billable - refundable)


def statement(parts: Sequence[Fraction], *, vat_percent: Fraction, registered: bool) -> tuple[Fraction, Fraction]:
    """Net and VAT of a statement; VAT on the whole where the provider is registered, below zero too."""
    net = sum(parts, Fraction(0))
    return net, net * vat_percent / 100 if registered else Fraction(0)
