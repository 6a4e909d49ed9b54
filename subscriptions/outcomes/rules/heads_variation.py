"""Other bands or milestones from a day on, where a contract pays by heads: what may change and what stands.

| | what stands |
|---|---|
| heads accepted on earlier statements | paid as they were; they fill the new bands from the lowest up (``rules.bands``) |
| a statement for which heads were returned | its terms: the variation begins after it |
| a milestone that heads have reached | it stays, under its code, so that heads can be given back; its share may change |
| the part paid on time | reckoned anew for the whole target, less what is paid, over the statements left |
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from fractions import Fraction

from marketplace.core.wording import long_date
from subscriptions.outcomes.rules import fees


class NotPossible(ValueError):
    """The variation cannot be, in a sentence that says what to do."""


@dataclass(frozen=True)
class HeadsBand:
    """So many heads at so many pence each; ``service`` is the part of it that is paid on time."""

    capacity: int
    price_pence: int
    service: Decimal = Decimal(0)


@dataclass(frozen=True)
class HeadsPoint:
    """A milestone and its share of what is not paid on time."""

    code: str
    name: str
    share: Decimal


@dataclass(frozen=True)
class HeadsPrices:
    """What heads pay by one version of the terms."""

    bands: Sequence[HeadsBand] = ()
    points: Sequence[HeadsPoint] = ()

    def on_time_pence(self, target: int, set_up_pence: int) -> int:
        """The part paid on time in all for the target of heads, in pence."""
        if not target or not self.bands:
            return 0
        bands = [fees.Band(one.capacity, Fraction(one.price_pence, 100), Fraction(one.service)) for one in self.bands]
        whole, _ = fees.service_fee(
            bands, target=target, set_up=Fraction(set_up_pence, 100), instalments=1, per_head=False
        )
        return max(round(whole * 100), 0)


@dataclass(frozen=True)
class ByHeads:
    """A contract's prices by heads as they stand; ``returned_to`` is the last statement's day for which heads were returned and
    not sent back, ``reached`` the codes of the milestones that such heads reached."""

    prices: HeadsPrices = field(default_factory=HeadsPrices)
    target: int = 0
    set_up_pence: int = 0
    returned_to: date | None = None
    reached: frozenset[str] = frozenset()


def check_heads(standing: ByHeads, wished: HeadsPrices, valid_from: date) -> None:
    """Raises NotPossible with the first reason why the heads cannot be paid so from that day on."""
    if not standing.prices.bands:
        raise NotPossible("This contract does not pay by heads, so it has no bands. Add amounts instead.")
    if standing.returned_to is not None and standing.returned_to >= valid_from:
        raise NotPossible(
            f"Heads were returned for the statement to {long_date(standing.returned_to)}, so its bands stay. Begin the "
            "variation after that day, or have them sent back first."
        )
    check_prices(wished)
    codes = {one.code for one in wished.points}
    for one in standing.prices.points:
        if one.code in standing.reached and one.code not in codes:
            raise NotPossible(f"Heads were returned for “{one.name}”, so it stays. Give it a share.")


def check_prices(prices: HeadsPrices) -> None:
    """Raises NotPossible where bands or milestones cannot be, whatever stood before."""
    if any(one.capacity <= 0 or one.price_pence <= 0 or not 0 <= one.service < 1 for one in prices.bands):
        raise NotPossible("Each band needs heads and a price above nought, and less than 100% of it paid on time")
    if len({one.code for one in prices.points}) != len(prices.points):
        raise NotPossible("Two milestones have the same code. Give each its own.")
    if any(one.share <= 0 for one in prices.points) or sum(one.share for one in prices.points) != 1:
        raise NotPossible("The shares of all milestones must come to exactly 100%, each more than 0%")
