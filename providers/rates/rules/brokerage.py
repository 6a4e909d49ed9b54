"""How the school's price and the provider's fee follow from one another. One of the two is agreed; brokerage gives the other.

| brokerage | what is agreed | a day at 15% (or £63.00) | school | provider | margin |
|---|---|---|---|---|---|
| inclusive: a share of the price | the school's price | £450.00 | £450.00 | £382.50 | £67.50 |
| additive: a share on top | the provider's fee | £420.00 | £483.00 | £420.00 | £63.00 |
| fixed: a sum on top | the provider's fee | £420.00 | £483.00 | £420.00 | £63.00 |

Pence before VAT. The margin is rounded once, half up; the other side is what is left, so the three always add up.
"""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from marketplace.core.errors import WrongInput
from marketplace.core.money import round_half_up


class Brokerage(StrEnum):
    """The three ways; the values are those kept with each rate."""

    INCLUSIVE = "inclusive"
    ADDITIVE = "additive"
    FIXED = "fixed"


@dataclass(frozen=True)
class Terms:
    """One unit of a consultant's time: what the school pays, what the provider earns, what stays with the partnership."""

    sell_pence: int
    buy_pence: int
    margin_pence: int

    def __post_init__(self) -> None:
        if self.buy_pence + self.margin_pence != self.sell_pence:
            raise ValueError(f"{self.buy_pence} and {self.margin_pence} do not add up to {self.sell_pence}")


def split(
    *,
    brokerage: str,
    sell_pence: int | None = None,
    buy_pence: int | None = None,
    share: Decimal = Decimal(0),
    fixed_pence: int = 0,
) -> Terms:
    """Both sides of one unit from the one that is given.

    Raises WrongInput where nothing would be left for the provider, for a share outside of nought to under one, and unless
    exactly one side is given.
    """
    if not 0 <= share < 1 or fixed_pence < 0:
        raise WrongInput("Brokerage must be from 0% to under 100%, or a sum of £0.00 or more")
    if sell_pence is not None and buy_pence is None:
        margin = _of_price(Brokerage(brokerage), sell_pence, share, fixed_pence)
        terms = Terms(sell_pence, sell_pence - margin, margin)
    elif buy_pence is not None and sell_pence is None:
        margin = _of_fee(Brokerage(brokerage), buy_pence, share, fixed_pence)
        terms = Terms(buy_pence + margin, buy_pence, margin)
    else:
        raise WrongInput("State either the school's price or the provider's fee")
    if terms.buy_pence <= 0:
        raise WrongInput("The provider's fee must be more than £0.00 once brokerage is taken off")
    return terms


def _of_price(brokerage: Brokerage, sell_pence: int, share: Decimal, fixed_pence: int) -> int:
    """The margin within a school's price."""
    match brokerage:
        case Brokerage.INCLUSIVE:
            return round_half_up(sell_pence * share)
        case Brokerage.ADDITIVE:
            return sell_pence - round_half_up(sell_pence / (1 + share))
        case Brokerage.FIXED:
            return fixed_pence


def _of_fee(brokerage: Brokerage, buy_pence: int, share: Decimal, fixed_pence: int) -> int:
    """The margin on top of a provider's fee."""
    match brokerage:
        case Brokerage.INCLUSIVE:
            return round_half_up(buy_pence / (1 - share)) - buy_pence
        case Brokerage.ADDITIVE:
            return round_half_up(buy_pence * share)
        case Brokerage.FIXED:
            return fixed_pence
