"""A scheme's commission on what its supplier reports: a percentage of each line, cut, not rounded.

Each line's commission is cut at four decimal places. A line that matches no rate is charged nothing and reported, as the
Crown Commercial Service does it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_DOWN, Decimal

PLACES = 4


@dataclass(frozen=True)
class Commission:
    """So many pounds on one line; ``known`` is False where no rate fits and somebody must look at it."""

    pounds: Decimal
    known: bool = True


def cut(figure: Decimal, places: int = PLACES) -> Decimal:
    """The figure without anything behind its last place: never more than was earned, whichever its sign."""
    return figure.quantize(Decimal(1).scaleb(-places), rounding=ROUND_DOWN)


def flat_rate(*, percent: Decimal, value: Decimal, places: int = PLACES) -> Commission:
    return Commission(cut(value * percent / 100, places))


def by_column(*, rates: Mapping[str, Decimal], key: str, value: Decimal, places: int = PLACES) -> Commission:
    """The rate of the line's own word, whatever its letter case and whether it was a number or text."""
    known = {name.strip().casefold(): percent for name, percent in rates.items()}
    percent = known.get(key.strip().casefold())
    return (
        Commission(Decimal(0), known=False)
        if percent is None
        else flat_rate(percent=percent, value=value, places=places)
    )
