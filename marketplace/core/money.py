"""Money in whole pence, and the two rules by which it is rounded and shared out.

Rounding policy: an unrounded figure (``Decimal`` pounds or pence) becomes pence once, half up, when a charge, a
payable or a line is made. Half up means away from zero at exactly half a penny: 0.5p → 1p, -0.5p → -1p.

Sharing policy: largest remainder. Each share gets its whole pence; the pennies left over go one each to the
largest remainders, the earlier share first on a tie.

| total | weights | shares |
|---|---|---|
| 10.00 | 1 1 1 | 3.34 3.33 3.33 |
| 20.00 | 33.33 33.33 33.33 | 6.67 6.67 6.66 |
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from functools import total_ordering

from marketplace.core.errors import WrongInput

MAX_PENCE = 10**15  # ten trillion pounds: far above any real figure, far below the database's bigint

_POUNDS = re.compile(r"^[-−]?£?(\d{1,3}(,\d{3})+|\d+)(\.\d{1,2})?$", re.ASCII)  # the digits 0 to 9 only


def round_half_up(figure: Decimal) -> int:
    """Pence from an unrounded figure in pence, half a penny away from zero."""
    return int(figure.quantize(Decimal(1), rounding=ROUND_HALF_UP))


def share_out(total: int, weights: Sequence[int | Decimal]) -> list[int]:
    """``total`` pence shared by ``weights`` by largest remainder, earlier shares first on a tie.

    Refuses an empty or negative list of weights, and weights that are all zero while there is something to share.
    """
    if not weights or any(weight < 0 for weight in weights):
        raise ValueError("weights must be given and not negative")
    whole = sum(weights)
    if whole == 0:
        if total:
            raise ValueError("weights are all zero")
        return [0] * len(weights)
    sign, size = (-1, -total) if total < 0 else (1, total)
    if isinstance(whole, int):  # whole weights need no fractions, and lines are shared out by the thousand
        parts = [divmod(size * weight, whole) for weight in weights]
        shares = [int(part) for part, _ in parts]
        order = sorted(range(len(parts)), key=lambda i: (-parts[i][1], i))
        for index in order[: size - sum(shares)]:
            shares[index] += 1
        return [sign * share for share in shares]
    exact = [Decimal(size) * Decimal(weight) / whole for weight in weights]
    shares = [int(part) for part in exact]
    order = sorted(range(len(exact)), key=lambda i: (shares[i] - exact[i], i))
    for index in order[: size - sum(shares)]:
        shares[index] += 1
    return [sign * share for share in shares]


@total_ordering
@dataclass(frozen=True)
class Money:
    """An amount in whole pence. Arithmetic with anything but Money (or a whole multiplier) raises TypeError."""

    pence: int

    def __post_init__(self) -> None:
        if type(self.pence) is not int:
            raise TypeError(f"Money takes whole pence, not {type(self.pence).__name__}")
        if abs(self.pence) > MAX_PENCE:
            raise ValueError("Money is out of range")

    @classmethod
    def parse(cls, text: str, *, what: str = "Amount") -> "Money":
        """Pounds as people write them: ``1234.5``, ``£1,234.50``, ``−£19.75``. Refuses a tenth of a penny."""
        cleaned = text.strip().replace(" ", "")
        if not _POUNDS.match(cleaned):
            raise WrongInput(f"{what} must be pounds and pence, like 1234.50")
        negative = cleaned[0] in "-−"
        try:
            pounds = Decimal(cleaned.lstrip("-−").lstrip("£").replace(",", ""))
        except InvalidOperation:
            raise WrongInput(f"{what} must be pounds and pence, like 1234.50") from None
        pence = int(pounds * 100)
        if pence > MAX_PENCE:
            raise WrongInput(f"{what} must be less than £10,000,000,000,000")
        return cls(-pence if negative else pence)

    @classmethod
    def of_pounds(cls, pounds: Decimal) -> "Money":
        """Rounds unrounded pounds once, half up."""
        return cls(round_half_up(pounds * 100))

    def __add__(self, other: "Money") -> "Money":
        return Money(self.pence + self._same(other))

    def __sub__(self, other: "Money") -> "Money":
        return Money(self.pence - self._same(other))

    def __neg__(self) -> "Money":
        return Money(-self.pence)

    def __mul__(self, times: int) -> "Money":
        if type(times) is not int:
            raise TypeError("Money is multiplied by whole numbers; use Decimal and round once for the rest")
        return Money(self.pence * times)

    def __lt__(self, other: "Money") -> bool:
        return self.pence < self._same(other)

    def __bool__(self) -> bool:
        return self.pence != 0

    def __str__(self) -> str:
        sign = "−" if self.pence < 0 else ""
        pounds, pence = divmod(abs(self.pence), 100)
        return f"{sign}£{pounds:,}.{pence:02d}"

    def split(self, weights: Sequence[int | Decimal]) -> "list[Money]":
        """Shares by largest remainder: ``Money(1000).split([1, 1, 1])`` → 334, 333, 333."""
        return [Money(share) for share in share_out(self.pence, weights)]

    @staticmethod
    def _same(other: object) -> int:
        if not isinstance(other, Money):
            raise TypeError(f"Money and {type(other).__name__} cannot be combined")
        return other.pence


def plain_pounds(pence: int) -> str:
    """Pounds for files: no symbol, no separators, a hyphen for minus, two decimals: ``-1234.50``."""
    sign = "-" if pence < 0 else ""
    return f"{sign}{abs(pence) // 100}.{abs(pence) % 100:02d}"


def vat_on(net_pence: int, rate: Decimal) -> int:
    """VAT in pence on the net of one rate group, half up (EN 16931 BR-CO-17). ``rate`` is a fraction: 0.20."""
    return round_half_up(net_pence * rate)


@dataclass(frozen=True)
class TaxedAmount:
    """Net, VAT and gross that agree: refuses to exist unless net + vat = gross. All in pence."""

    net: Money
    vat: Money
    gross: Money

    def __post_init__(self) -> None:
        if self.net + self.vat != self.gross:
            raise ValueError(f"{self.net} + {self.vat} is not {self.gross}")

    @classmethod
    def at(cls, net: Money, rate: Decimal) -> "TaxedAmount":
        """The taxed amount of one rate group."""
        vat = Money(vat_on(net.pence, rate))
        return cls(net, vat, net + vat)
