"""What an achievement earns of an amount: all of it, its share, or what the steps say. Pure; exact until the last line.

| partial | short of the target it earns |
|---|---|
| whole | nothing |
| proportional | its share of the way to the target |
| steps | the share of the highest step that it reached |

The way runs from the baseline to the target where there is a baseline, otherwise from nought. Lower is better exactly where
the baseline lies above the target. What is missing within the tolerance counts as met; more than the target earns no more.
£2,000.00 in proportion, baseline 60, target 80: 75 earns 15/20 = £1,500.00; 79.5 with a tolerance of 0.5 earns £2,000.00.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from math import floor

WHOLE, PROPORTIONAL, STEPS = "whole", "proportional", "steps"
_EXACT_PLACES = Decimal("0.000001")


@dataclass(frozen=True)
class Yardstick:
    """What an achievement is measured by, in the measure's unit. ``steps``: (share of the way, share of the amount)."""

    partial: str = WHOLE
    baseline: Fraction | None = None
    target: Fraction | None = None
    tolerance: Fraction = Fraction(0)
    steps: tuple[tuple[Fraction, Fraction], ...] = ()

    @property
    def lower_is_better(self) -> bool:
        return self.baseline is not None and self.target is not None and self.baseline > self.target


def yardstick(
    *,
    partial: str,
    baseline: Decimal | None,
    target: Decimal | None,
    tolerance: Decimal,
    steps: Sequence[Sequence[str]] = (),
) -> Yardstick:
    """As a measure keeps it. Raises ValueError for an unknown rule, a step outside 0 to 1, or one without a target."""
    if partial not in (WHOLE, PROPORTIONAL, STEPS):
        raise ValueError(f"there is no rule called {partial}")
    if partial != WHOLE and target is None:
        raise ValueError("a part is a part of a target, and there is none")
    pairs = tuple(sorted((Fraction(from_), Fraction(share)) for from_, share in steps))
    if any(not 0 <= figure <= 1 for pair in pairs for figure in pair):
        raise ValueError("steps lie between 0 and 1")
    return Yardstick(
        partial,
        None if baseline is None else Fraction(baseline),
        None if target is None else Fraction(target),
        Fraction(tolerance),
        pairs,
    )


def way_gone(stick: Yardstick, accepted: Fraction) -> Fraction:
    """The share of the way to the target that was gone, from 0 to 1; the whole way where there is no target."""
    if is_met(stick, accepted):
        return Fraction(1)
    start = stick.baseline if stick.baseline is not None else Fraction(0)
    length = (stick.target or Fraction(0)) - start
    if length == 0:
        return Fraction(0)
    return min(max((accepted - start) / length, Fraction(0)), Fraction(1))


def is_met(stick: Yardstick, accepted: Fraction) -> bool:
    """Whether the target is reached, what the tolerance allows left out; always where there is none."""
    if stick.target is None:
        return True
    if stick.lower_is_better:
        return accepted <= stick.target + stick.tolerance
    return accepted >= stick.target - stick.tolerance


def share_earned(stick: Yardstick, accepted: Decimal | Fraction | None) -> Fraction:
    """The share of the amount that is earned, from 0 to 1. Without a target it is done, unless the figure says nought."""
    if stick.target is None:
        return Fraction(0) if accepted is not None and accepted <= 0 else Fraction(1)
    if accepted is None:
        raise ValueError("a target needs a figure")
    way = way_gone(stick, Fraction(accepted))
    if way == 1 or stick.partial == WHOLE:
        return Fraction(int(way == 1))
    if stick.partial == PROPORTIONAL:
        return way
    return max((share for start, share in stick.steps if way >= start), default=Fraction(0))


@dataclass(frozen=True)
class Earned:
    """``exact`` in pounds, unrounded (kept to six places); ``pence`` rounded once, half up."""

    exact: Decimal
    pence: int


def earned(pence: int, share: Fraction, cut_places: int | None = None) -> Earned:
    """What ``share`` of an amount of ``pence`` comes to. With ``cut_places`` the pounds are cut there first (contract data)."""
    pounds = Fraction(pence, 100) * share
    if cut_places is not None:
        pounds = Fraction(floor(pounds * 10**cut_places), 10**cut_places)
    exact = (Decimal(pounds.numerator) / Decimal(pounds.denominator)).quantize(_EXACT_PLACES, rounding=ROUND_HALF_UP)
    return Earned(exact, floor(pounds * 100 + Fraction(1, 2)))
