"""Who comes first: points by criterion, weighted, exact, with ties broken by the heaviest criterion or said. Pure.

An application's total is 100 × (sum of weight × points ÷ most points) ÷ (sum of weights), never rounded while it is compared.
For a criterion the agreed points count; without them the mean of the members who are not barred. Equal totals are decided
by the points for the heaviest criterion, then the next; where all are equal the place is shared, and said to be.

| weights 50, 30, 20, of 5 points each | points | total |
|---|---|---|
| A | 4, 5, 3 | 40 + 30 + 12 = 82 |
| B | 5, 4, 2 | 50 + 24 + 8 = 82: before A, by the heaviest criterion |
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction


@dataclass(frozen=True)
class Criterion:
    """What is looked at; ``key`` names it."""

    key: int
    weight: Decimal
    most: int


@dataclass(frozen=True)
class Spread:
    """What the members gave for one criterion: lowest, highest, the mean, and how many they are."""

    lowest: int
    highest: int
    mean: Fraction
    members: int

    @property
    def width(self) -> int:
        return self.highest - self.lowest


@dataclass(frozen=True)
class Ranked:
    """One application's place. ``total`` is of 100; none where a criterion has no points. ``tied`` where the place is shared."""

    key: int
    total: Fraction | None
    place: int | None
    tied: bool = False
    by_heaviest: bool = False


def spread(points: Sequence[int]) -> Spread | None:
    """None where nobody gave any."""
    if not points:
        return None
    return Spread(min(points), max(points), Fraction(sum(points), len(points)), len(points))


def counted(given: Sequence[int], agreed: Decimal | None) -> Fraction | None:
    """What counts for one criterion: the agreed points, else the mean; None where there is neither."""
    if agreed is not None:
        return Fraction(agreed)
    found = spread(given)
    return found.mean if found else None


def total(criteria: Sequence[Criterion], points: Mapping[int, Fraction | None]) -> Fraction | None:
    """The weighted total of 100, or None while a criterion has no points."""
    sum_of_weights = sum((Fraction(one.weight) for one in criteria), Fraction(0))
    whole = Fraction(0)
    for one in criteria:
        given = points.get(one.key)
        if given is None:
            return None
        whole += Fraction(one.weight) * given / one.most
    return 100 * whole / sum_of_weights if sum_of_weights else None


def rank(criteria: Sequence[Criterion], points: Mapping[int, Mapping[int, Fraction | None]]) -> list[Ranked]:
    """All applications by place, those without a total last. ``points`` are by application and criterion."""
    heaviest = sorted(criteria, key=lambda one: (-one.weight, one.key))
    totals = {key: total(criteria, given) for key, given in points.items()}

    def order(key: int) -> tuple[Fraction, ...]:
        shares = [Fraction(points[key][one.key] or 0) / one.most for one in heaviest]
        return (totals[key] or Fraction(0), *shares)

    whole = sorted((key for key, found in totals.items() if found is not None), key=lambda key: (order(key), -key))
    whole.reverse()
    found = []
    for key in whole:
        same = [other for other in whole if order(other) == order(key)]
        equal = any(totals[other] == totals[key] and order(other) != order(key) for other in whole)
        found.append(Ranked(key, totals[key], whole.index(same[0]) + 1, tied=len(same) > 1, by_heaviest=equal))
    return [*found, *(Ranked(key, None, None) for key in sorted(points) if totals[key] is None)]
